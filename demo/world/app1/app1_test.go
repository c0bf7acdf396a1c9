package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func environment(name string) string {
	return map[string]string{"NATS_URL": "nats://127.0.0.1:1"}[name]
}

func TestSettingsNameWhatIsMissing(t *testing.T) {
	if _, err := readSettings(func(string) string { return "" }); err == nil {
		t.Fatal("started without NATS_URL")
	}
}

func TestAnAnswerCarriesTheQuote(t *testing.T) {
	from, err := readSettings(environment)
	if err != nil {
		t.Fatal(err)
	}
	composed, err := compose(from, quote{Text: "Tides turn.", Version: "1.0.0"})
	if err != nil || composed.Version != version || composed.Greeting == "" {
		t.Fatalf("composed %+v, %v", composed, err)
	}
}

func TestWithoutNATSTheProcessIsFineButNotReady(t *testing.T) {
	from, err := readSettings(environment)
	if err != nil {
		t.Fatal(err)
	}
	bus, err := connect(from.natsURL)
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/other": 404} {
		seen := httptest.NewRecorder()
		routes(from, bus).ServeHTTP(seen, httptest.NewRequest(http.MethodGet, path, nil))
		if seen.Code != want {
			t.Errorf("%s answers %d, not %d", path, seen.Code, want)
		}
	}
}

func TestTheContractIsHeldAgainstEveryField(t *testing.T) {
	good := map[string]any{
		"version": "1.0.0", "greeting": "Hello",
		"quote": map[string]any{"text": "Tides turn.", "version": "1.0.0"},
	}
	if err := judge(good); err != nil {
		t.Fatal(err)
	}
	if judge(map[string]any{"version": "1.0.0", "greeting": "Hello"}) == nil {
		t.Fatal("an answer without a quote passed")
	}
}
