package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"time"
)

// check asks a running app1 as its consumers do, again until it answers or time is up.
func check(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	for {
		seen, err := fetch(ctx, url)
		if err == nil {
			return judge(seen)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func fetch(ctx context.Context, url string) (map[string]any, error) {
	attempt, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(attempt, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, response.Status)
	}
	var seen map[string]any
	err = json.NewDecoder(http.MaxBytesReader(nil, response.Body, 1<<20)).Decode(&seen)
	return seen, err
}

// judge holds an answer against what was promised to consumers: these fields, each a text that says something.
func judge(seen map[string]any) error {
	said, _ := seen["quote"].(map[string]any)
	for name, value := range map[string]any{
		"version":       seen["version"],
		"greeting":      seen["greeting"],
		"quote.text":    said["text"],
		"quote.version": said["version"],
	} {
		if text, ok := value.(string); !ok || text == "" {
			return fmt.Errorf("the contract is broken: the answer has no %s", name)
		}
	}
	log.Print("the contract is kept")
	return nil
}
