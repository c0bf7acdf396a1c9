// Command probe is the one program of all test images: environment variables say how it behaves.
//
//	PORT            where it listens (8080)
//	TCP_PORT        where it echoes bytes (unset: nowhere)
//	LISTEN_DELAY_S  seconds before it listens (0)
//	NEVER_LISTEN    anything: it runs and never listens
//	CRASH_AFTER_S   seconds after which it exits (unset: never)
//	EXIT_CODE       the status it then exits with (1)
//	STATUS          the status of every answer (200)
//	FLAP_S          answers 200 and 500 in turn, each for so many seconds (unset: no)
//	IGNORE_TERM     anything: SIGTERM does nothing
//	LOG_LINES       how many lines it writes at start (1)
//	BODY            what it answers (probe)
//	STATUS_FILE     a file that, while it exists, holds the status of every answer
//
// Commands instead: `probe get URL` exits 0 on 200, `probe exit N`, `probe sleep SECONDS`,
// `probe load URL RATE` (what came back, and in which time, as a JSON line each 100 ms and at SIGTERM),
// `probe write FILE TEXT`, `probe append FILE TEXT`, `probe is FILE TEXT`.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func seconds(name string) (time.Duration, bool) {
	text, set := os.LookupEnv(name)
	if !set || text == "" {
		return 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		fmt.Println(name, "is no number:", text)
		os.Exit(2)
	}
	return time.Duration(number * float64(time.Second)), true
}

func number(name string, otherwise int) int {
	if value, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return value
	}
	return otherwise
}

func main() {
	if len(os.Args) > 1 {
		os.Exit(command(os.Args[1:]))
	}
	for line := 0; line < number("LOG_LINES", 1); line++ {
		fmt.Println("probe begins, line", line+1)
	}
	if after, set := seconds("CRASH_AFTER_S"); set {
		time.AfterFunc(after, func() {
			fmt.Println("probe gives up after", after)
			os.Exit(number("EXIT_CODE", 1))
		})
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	if delay, set := seconds("LISTEN_DELAY_S"); set {
		time.Sleep(delay)
	}
	server := &http.Server{Addr: ":" + strconv.Itoa(number("PORT", 8080)), Handler: handler(time.Now())}
	if os.Getenv("NEVER_LISTEN") == "" {
		go serve(server)
		if port := os.Getenv("TCP_PORT"); port != "" {
			go echo(port)
		}
	}
	for range signals {
		if os.Getenv("IGNORE_TERM") == "" {
			break
		}
	}
	fmt.Println("probe is asked to end")
	bounded, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_ = server.Shutdown(bounded)
}

func serve(server *http.Server) {
	if err := server.ListenAndServe(); err != nil && err != http.ErrServerClosed {
		fmt.Println(err)
		os.Exit(1)
	}
}

func echo(port string) {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() { defer connection.Close(); _, _ = io.Copy(connection, connection) }()
	}
}

func status(began time.Time) int {
	if text, err := os.ReadFile(os.Getenv("STATUS_FILE")); err == nil {
		if value, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return value
		}
	}
	if every, set := seconds("FLAP_S"); set && int(time.Since(began)/every)%2 == 1 {
		return 500
	}
	return number("STATUS", 200)
}

func handler(began time.Time) http.Handler {
	body := os.Getenv("BODY")
	if body == "" {
		body = "probe"
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status(began))
		fmt.Fprint(w, body)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		milliseconds, _ := strconv.Atoi(r.URL.Query().Get("ms"))
		time.Sleep(time.Duration(milliseconds) * time.Millisecond)
		fmt.Fprint(w, body)
	})
	mux.HandleFunc("/env", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, os.Getenv(r.URL.Query().Get("name")))
	})
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile(r.URL.Query().Get("path"))
		if err != nil {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write(text)
	})
	mux.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if err := os.WriteFile(query.Get("path"), []byte(query.Get("text")), 0o644); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, err)
		}
	})
	mux.HandleFunc("/exit", func(_ http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.URL.Query().Get("code"))
		os.Exit(code)
	})
	mux.HandleFunc("/fetch", func(w http.ResponseWriter, r *http.Request) {
		client := http.Client{Timeout: 5 * time.Second}
		answer, err := client.Get(r.URL.Query().Get("url"))
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, err)
			return
		}
		defer answer.Body.Close()
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	})
	return mux
}

func command(arguments []string) int {
	switch {
	case arguments[0] == "get" && len(arguments) == 2:
		client := http.Client{Timeout: 5 * time.Second}
		answer, err := client.Get(arguments[1])
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer answer.Body.Close()
		fmt.Println(arguments[1], "answered", answer.StatusCode)
		if answer.StatusCode != http.StatusOK {
			return 1
		}
		return 0
	case arguments[0] == "exit" && len(arguments) == 2:
		code, _ := strconv.Atoi(arguments[1])
		fmt.Println("probe exits with", code)
		return code
	case arguments[0] == "sleep" && len(arguments) == 2:
		howLong, _ := strconv.ParseFloat(arguments[1], 64)
		time.Sleep(time.Duration(howLong * float64(time.Second)))
		return 0
	case arguments[0] == "load" && len(arguments) == 3:
		rate, _ := strconv.Atoi(arguments[2])
		return load(arguments[1], rate)
	case arguments[0] == "write" && len(arguments) == 3:
		return fileCommand(arguments, os.O_TRUNC)
	case arguments[0] == "append" && len(arguments) == 3:
		return fileCommand(arguments, os.O_APPEND)
	case arguments[0] == "is" && len(arguments) == 3:
		text, err := os.ReadFile(arguments[1])
		if err != nil || strings.TrimSpace(string(text)) != arguments[2] {
			return 1
		}
		return 0
	}
	fmt.Println("unknown command:", strings.Join(arguments, " "))
	return 2
}

func fileCommand(arguments []string, how int) int {
	file, err := os.OpenFile(arguments[1], os.O_CREATE|os.O_WRONLY|how, 0o644)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer file.Close()
	fmt.Fprintln(file, arguments[2])
	return 0
}

// load asks a URL `rate` times a second, in turn on kept connections and on new ones, until SIGTERM.
func load(url string, rate int) int {
	kept := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	fresh := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	var lock sync.Mutex
	var asked sync.WaitGroup
	counts := map[string]int{}
	began := time.Now()
	tell := func() {
		lock.Lock()
		defer lock.Unlock()
		line, _ := json.Marshal(map[string]any{"answers": counts, "seconds": time.Since(began).Seconds()})
		fmt.Println(string(line))
	}
	next, told := time.NewTicker(time.Second/time.Duration(rate)), time.NewTicker(100*time.Millisecond)
	for sent := 0; ; {
		select {
		case <-signals:
			asked.Wait()
			tell()
			return 0
		case <-told.C:
			tell()
		case <-next.C:
			client := kept
			if sent++; sent%2 == 0 {
				client = fresh
			}
			asked.Add(1)
			go func() {
				defer asked.Done()
				came := once(client, url)
				lock.Lock()
				defer lock.Unlock()
				counts[came]++
			}()
		}
	}
}

func once(client *http.Client, url string) string {
	answer, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	if answer.StatusCode != http.StatusOK {
		return strconv.Itoa(answer.StatusCode)
	}
	return string(body)
}
