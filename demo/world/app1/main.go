// Command app1 is OneConnect's front: it answers over HTTP with a quote that it asks app2 for over NATS.
//
//	app1               serve
//	app1 check URL     ask a running app1 as its consumers do; exit status 0 if it keeps the contract
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatalf("app1 %s: %v", version, err)
	}
}

func run(ctx context.Context, arguments []string) error {
	switch {
	case len(arguments) == 0:
		settings, err := readSettings(os.Getenv)
		if err != nil {
			return err
		}
		return serve(ctx, settings)
	case len(arguments) == 2 && arguments[0] == "check":
		return check(ctx, arguments[1])
	default:
		return fmt.Errorf("unknown arguments %q: want none, or check URL", arguments)
	}
}
