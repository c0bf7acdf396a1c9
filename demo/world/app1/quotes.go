package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	quoteSubject = "oneconnect.quote"
	attemptTime  = 500 * time.Millisecond
	retryPause   = 50 * time.Millisecond
)

// connect returns at once: a NATS server that is away is tried again for as long as app1 runs.
func connect(url string) (*nats.Conn, error) {
	return nats.Connect(url,
		nats.Name("app1"),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100*time.Millisecond),
		nats.ReconnectJitter(50*time.Millisecond, 50*time.Millisecond),
		nats.Timeout(attemptTime),
		// The dialer then looks the name up, within that time; else a slow answer holds up every request.
		nats.SkipHostLookup(),
	)
}

// askQuote asks until app2 answers or ctx ends, so that a change of app2 or of NATS fails no request.
func askQuote(ctx context.Context, bus *nats.Conn) (quote, error) {
	for {
		said, err := askOnce(ctx, bus)
		if err == nil {
			return said, nil
		}
		select {
		case <-ctx.Done():
			return quote{}, errors.Join(errors.New("app2 gave no quote in time"), err)
		case <-time.After(retryPause):
		}
	}
}

func askOnce(ctx context.Context, bus *nats.Conn) (quote, error) {
	attempt, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	message, err := bus.RequestWithContext(attempt, quoteSubject, nil)
	if err != nil {
		return quote{}, err
	}
	var said quote
	if err := json.Unmarshal(message.Data, &said); err != nil {
		return quote{}, fmt.Errorf("app2's quote cannot be read: %w", err)
	}
	return said, nil
}
