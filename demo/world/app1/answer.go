package main

// quote is what app2 answers on oneconnect.quote.
type quote struct {
	Text    string `json:"text"`
	Version string `json:"version"` // app2's
}

// answer is what consumers of app1 rely on: fields may be added, never renamed or removed.
type answer struct {
	Service  string `json:"service"`
	Version  string `json:"version"`
	Region   string `json:"region"`
	Greeting string `json:"greeting"`
	Quote    quote  `json:"quote"`
}

func compose(from settings, said quote) (answer, error) {
	return answer{
		Service:  "app1",
		Version:  version,
		Region:   from.region,
		Greeting: from.greeting,
		Quote:    said,
	}, nil
}
