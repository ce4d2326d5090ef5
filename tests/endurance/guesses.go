package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"symbolon.test/race/app"
)

// The medians of two kinds may be apart by this, or by this share of themselves.
const (
	apart = 20 * time.Microsecond
	share = 0.05
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

// The microseconds from the last byte of a request to the first of its answer.
func (l line) ask(id, secret string) (float64, error) {
	body := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {id}, "client_secret": {secret},
	}.Encode()
	host := strings.TrimPrefix(app.Base, "http://")
	request := fmt.Sprintf("POST /oauth/token HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\n\r\n%s", host, len(body), body)
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
	conn, err := net.Dial("tcp", strings.TrimPrefix(app.Base, "http://"))
	if err != nil {
		return err
	}
	defer conn.Close()
	l, all := line{conn, bufio.NewReader(conn)}, kinds()
	for round := range *samples + 200 {
		for _, place := range rand.Perm(len(all)) {
			id, secret := all[place].pair()
			took, err := l.ask(id, secret)
			if err != nil {
				return err
			}
			// The first warm everything up.
			if round >= 200 {
				all[place].times = append(all[place].times, took)
			}
		}
	}
	return judge(all)
}

func judge(all []*guess) error {
	var pooled []float64
	for _, kind := range all {
		pooled = append(pooled, kind.times...)
	}
	slices.Sort(pooled)
	limit := pooled[len(pooled)*95/100]
	least, most := math.Inf(1), 0.0
	for _, kind := range all {
		kept := slices.DeleteFunc(slices.Clone(kind.times), func(took float64) bool { return took > limit })
		t := welch(kept, slices.DeleteFunc(slices.Clone(all[1].times), func(took float64) bool { return took > limit }))
		middle := median(kind.times)
		least, most = min(least, middle), max(most, middle)
		fmt.Printf("%-42s median %.1f µs, Welch's t against the second %+.1f\n", kind.name, middle, t)
	}
	if difference := most - least; difference > float64(apart.Microseconds()) && difference > share*least {
		return fmt.Errorf("time tells them apart: medians from %.1f to %.1f µs", least, most)
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
