package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"symbolon.test/race/app"
)

const (
	// The medians of two kinds may be apart by this share of themselves.
	share = 0.05
	// Welch's t of two kinds, from which on they are told apart.
	told = 4.5
	// The connections that ask at once: an answer is mostly waited for.
	lines = 50
)

// A kind of guess. All are refused alike, and are equally long.
type guess struct {
	name  string
	pair  func() (id, secret string)
	times []float64
}

// A connection on which one request follows the other.
type line struct {
	conn   net.Conn
	reader *bufio.Reader
}

// Where it is guessed, and how.
type place struct {
	path   string
	header bool
}

var places = []place{{"/oauth/token", false}, {"/oauth/introspect", true}}

// A request with this guess.
func (p place) request(id, secret string) string {
	form, authorization := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "token": {"x"}}, ""
	if p.header {
		authorization = "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret)) + "\r\n"
	} else {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	body := form.Encode()
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\n\r\n%s",
		p.path, strings.TrimPrefix(app.Base, "http://"), authorization, len(body), body)
}

// The microseconds from the last byte of a request to the first of its answer.
func (l line) ask(request string) (float64, error) {
	began := time.Now()
	if _, err := io.WriteString(l.conn, request); err != nil {
		return 0, err
	}
	if _, err := l.reader.Peek(1); err != nil {
		return 0, err
	}
	took := time.Since(began)
	answer, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		return 0, err
	}
	said, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != 401 || !strings.Contains(string(said), "invalid_client")) {
		err = fmt.Errorf("a guess was answered %d %s", answer.StatusCode, said)
	}
	return float64(took.Nanoseconds()) / 1000, err
}

func kinds() []*guess {
	always := func(id, secret string) func() (string, string) {
		return func() (string, string) { return id, secret }
	}
	anew := func() (string, string) { return fmt.Sprintf("%04x", rand.IntN(1<<16)), "race-secret" }
	return []*guess{
		{name: "an unknown app", pair: always("rice", "race-secret")},
		{name: "a known app, a wrong secret", pair: always("race", "xyzw-qqqqqq")},
		{name: "a known app, all but the end of its secret", pair: always("race", "race-secreX")},
		{name: "unknown apps, each asked for once", pair: anew},
	}
}

// Time tells nobody which app exists, nor how much of a secret is right. The kinds are asked in turns, in another order
// each time, so that whatever else the machine does meets them all alike.
func guesses() error {
	for _, at := range places {
		if err := guessesAt(at); err != nil {
			return fmt.Errorf("%s: %w", at.path, err)
		}
	}
	return nil
}

func guessesAt(place place) error {
	all := kinds()
	var asking sync.WaitGroup
	failures := make(chan error, lines)
	took := make([][][]float64, lines)
	for at := range lines {
		asking.Go(func() {
			var err error
			if took[at], err = turnsOf(place, all); err != nil {
				failures <- err
			}
		})
	}
	asking.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return err
	}
	for _, one := range took {
		for kind, times := range one {
			all[kind].times = append(all[kind].times, times...)
		}
	}
	fmt.Println(place.path)
	return judge(all)
}

// What one connection measures, for each kind.
func turnsOf(place place, all []*guess) ([][]float64, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(app.Base, "http://"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	l, times := line{conn, bufio.NewReader(conn)}, make([][]float64, len(all))
	const warming = 20
	for round := range *samples/lines + warming {
		for _, kind := range rand.Perm(len(all)) {
			took, err := l.ask(place.request(all[kind].pair()))
			if err != nil {
				return nil, err
			}
			if round >= warming {
				times[kind] = append(times[kind], took)
			}
		}
	}
	return times, nil
}

func judge(all []*guess) error {
	var pooled []float64
	for _, kind := range all {
		pooled = append(pooled, kind.times...)
	}
	slices.Sort(pooled)
	limit := pooled[len(pooled)*95/100]
	kept := func(kind *guess) []float64 {
		return slices.DeleteFunc(slices.Clone(kind.times), func(took float64) bool { return took > limit })
	}
	least, most, furthest := math.Inf(1), 0.0, 0.0
	for _, kind := range all {
		t, middle := welch(kept(kind), kept(all[1])), median(kind.times)
		least, most, furthest = min(least, middle), max(most, middle), max(furthest, math.Abs(t))
		fmt.Printf("%-42s median %.1f µs, Welch's t against the second %+.1f\n", kind.name, middle, t)
	}
	if most-least > share*least || furthest >= told {
		return fmt.Errorf("time tells them apart: medians from %.1f to %.1f µs, Welch's t up to %.1f", least, most, furthest)
	}
	return nil
}

func median(times []float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func welch(a, b []float64) float64 {
	meanA, errorA := spread(a)
	meanB, errorB := spread(b)
	if errorA+errorB == 0 {
		return 0
	}
	return (meanA - meanB) / math.Sqrt(errorA+errorB)
}

// The mean, and the square of its standard error.
func spread(times []float64) (mean, squared float64) {
	count := float64(len(times))
	for _, took := range times {
		mean += took / count
	}
	for _, took := range times {
		squared += (took - mean) * (took - mean) / (count - 1) / count
	}
	return mean, squared
}
