package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	quoteTime    = 2 * time.Second
	shutdownTime = 5 * time.Second
)

// serve answers until ctx ends, then finishes the requests in flight.
func serve(ctx context.Context, from settings) error {
	bus, err := connect(from.natsURL)
	if err != nil {
		return err
	}
	defer bus.Close()
	listener, err := net.Listen("tcp", from.address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: routes(from, bus), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	log.Printf("app1 %s serves on %s", version, from.address)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	return server.Shutdown(finish)
}

func routes(from settings, bus *nats.Conn) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, map[string]string{"version": version})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !bus.IsConnected() {
			refuse(w, http.StatusServiceUnavailable, errors.New("not connected to NATS"))
			return
		}
		write(w, http.StatusOK, map[string]string{"version": version})
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), quoteTime)
		defer cancel()
		said, err := askQuote(ctx, bus)
		if err != nil {
			refuse(w, http.StatusServiceUnavailable, err)
			return
		}
		composed, err := compose(from, said)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err)
			return
		}
		write(w, http.StatusOK, composed)
	})
	return mux
}

func refuse(w http.ResponseWriter, status int, err error) {
	log.Printf("app1 %s: %v", version, err)
	write(w, status, map[string]string{"version": version, "error": err.Error()})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nobody is left to tell
}
