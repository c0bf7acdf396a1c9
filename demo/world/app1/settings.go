package main

import "errors"

// settings are what the place where app1 runs decides.
type settings struct {
	address  string // where HTTP is served
	natsURL  string
	greeting string
	region   string // empty where regions do not matter
}

func readSettings(getenv func(string) string) (settings, error) {
	read := settings{
		address:  ":8080",
		natsURL:  getenv("NATS_URL"),
		greeting: getenv("GREETING"),
		region:   getenv("REGION"),
	}
	if read.natsURL == "" {
		return settings{}, errors.New("NATS_URL is not set")
	}
	if read.greeting == "" {
		read.greeting = "Hello"
	}
	return read, nil
}
