// Many at once: fifty exchanges of one code, twenty refreshes of one token, over every process of the server.
//
// A round of codes holds when exactly one exchange wins, every other is told invalid_grant, and what the winner got is
// dead afterwards. A round of refreshes holds when all get the same successor and that successor works.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	clientID     = "race"
	clientSecret = "race-secret"
	verifier     = "a-verifier-that-is-long-enough-for-the-rule-of-43"
)

var (
	rounds = flag.Int("rounds", 200, "rounds of parallel exchanges")
	width  = flag.Int("width", 50, "parallel exchanges of one code")
	turns  = flag.Int("refresh-rounds", 50, "rounds of 20 parallel refreshes")

	base   = os.Getenv("SYMBOLON_BASE")
	bases  = strings.Split(os.Getenv("SYMBOLON_BASES"), ",")
	client = &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
)

type answer struct {
	status  int
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string `json:"error"`
}

// Sends to one process what is addressed to the issuer, as a load balancer would.
func send(request *http.Request) (*http.Response, error) {
	issuer, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	request.Host = issuer.Host
	return client.Do(request)
}

func token(at string, form url.Values) (answer, error) {
	request, err := http.NewRequest(http.MethodPost, at+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(clientID, clientSecret)
	response, err := send(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode}
	return got, json.NewDecoder(response.Body).Decode(&got)
}

func exchange(at, code, verifier string) (answer, error) {
	return token(at, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier},
		"redirect_uri": {os.Getenv("SYMBOLON_REDIRECT_URI")},
	})
}

func refresh(at, refreshToken string) (answer, error) {
	return token(at, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}})
}

// The answer must have this status and this error, or none.
func (got answer) must(be int, code, sentence string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", sentence, err)
	}
	if got.status != be || got.Error != code {
		return fmt.Errorf("%s: the answer was %d %s", sentence, got.status, got.Error)
	}
	return nil
}

func status(at, accessToken string) (int, error) {
	request, err := http.NewRequest(http.MethodGet, at+"/v1/me", nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+accessToken)
	response, err := send(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// Every process refuses the token, at the latest one second from now.
func dead(accessToken string) error {
	deadline := time.Now().Add(time.Second)
	for _, at := range bases {
		for {
			code, err := status(at, accessToken)
			if err != nil {
				return err
			}
			if code == 401 {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s answers %d to a token that must be dead", at, code)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}

// Every process accepts the token, now.
func alive(accessToken string) error {
	for _, at := range bases {
		code, err := status(at, accessToken)
		if err != nil {
			return err
		}
		if code != 200 {
			return fmt.Errorf("%s answers %d to a token that lives", at, code)
		}
	}
	return nil
}

// Runs `act` for 0..count at the same moment, spread over the processes.
func together(count int, act func(number int, at string) (answer, error)) ([]answer, error) {
	answers, failures := make([]answer, count), make([]error, count)
	start := make(chan struct{})
	var all sync.WaitGroup
	for number := range count {
		all.Add(1)
		go func() {
			defer all.Done()
			<-start
			answers[number], failures[number] = act(number, bases[number%len(bases)])
		}()
	}
	close(start)
	all.Wait()
	return answers, errors.Join(failures...)
}

// A browser that is signed in and has consented: a code costs one request.
type browser struct{ cookies, address string }

func signIn() (browser, error) {
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"client_id": {clientID}, "redirect_uri": {os.Getenv("SYMBOLON_REDIRECT_URI")}, "response_type": {"code"},
		"scope": {"forms:read"}, "state": {"s"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}
	address := base + "/oauth/authorize?" + query.Encode()
	printed, err := exec.Command(os.Getenv("SYMBOLON_AUTHORIZE"), address, "--json").Output()
	if err != nil {
		return browser{}, fmt.Errorf("signing in: %w", err)
	}
	var got struct{ Cookies string }
	err = json.Unmarshal(printed, &got)
	return browser{got.Cookies, address}, err
}

func (b browser) code() (string, error) {
	request, err := http.NewRequest(http.MethodGet, b.address, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Cookie", b.cookies)
	response, err := send(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	location, err := response.Location()
	if err != nil || location.Query().Get("code") == "" {
		return "", fmt.Errorf("remembered consent gave %s to %v, not a code", response.Status, location)
	}
	return location.Query().Get("code"), nil
}

func codeRound(b browser) error {
	code, err := b.code()
	if err != nil {
		return err
	}
	answers, err := together(*width, func(_ int, at string) (answer, error) { return exchange(at, code, verifier) })
	if err != nil {
		return err
	}
	var winners []answer
	for _, got := range answers {
		switch {
		case got.status == 200:
			winners = append(winners, got)
		case got.status != 400 || got.Error != "invalid_grant":
			return fmt.Errorf("a loser was told %d %s", got.status, got.Error)
		}
	}
	if len(winners) != 1 {
		return fmt.Errorf("%d of %d exchanges won", len(winners), *width)
	}
	if err := dead(winners[0].Access); err != nil {
		return fmt.Errorf("after a code was used twice: %w", err)
	}
	got, err := refresh(bases[0], winners[0].Refresh)
	return got.must(400, "invalid_grant", "the winner's refresh token", err)
}

// The twin that must succeed: a code used once works, and second uses with a wrong verifier harm nobody.
func control(b browser) error {
	code, err := b.code()
	if err != nil {
		return err
	}
	first, err := exchange(bases[0], code, verifier)
	if err := first.must(200, "", "a single exchange", err); err != nil {
		return err
	}
	answers, err := together(10, func(number int, at string) (answer, error) {
		return exchange(at, code, fmt.Sprintf("wrong-%d-%s", number, verifier))
	})
	for _, got := range answers {
		if err := got.must(400, "invalid_grant", "a wrong verifier on a used code", err); err != nil {
			return err
		}
	}
	return alive(first.Access)
}

func refreshRound(b browser) error {
	code, err := b.code()
	if err != nil {
		return err
	}
	first, err := exchange(bases[0], code, verifier)
	if err := first.must(200, "", "the exchange", err); err != nil {
		return err
	}
	answers, err := together(20, func(_ int, at string) (answer, error) { return refresh(at, first.Refresh) })
	if err != nil {
		return err
	}
	successor := answers[0]
	for _, got := range answers {
		if err := got.must(200, "", "a parallel refresh", nil); err != nil {
			return err
		}
		if got.Access != successor.Access || got.Refresh != successor.Refresh {
			return errors.New("parallel refreshes led to different successors")
		}
	}
	if err := alive(successor.Access); err != nil {
		return err
	}
	// Using the successor ends the grace: from now on the first token is a stolen one.
	second, err := refresh(bases[len(bases)-1], successor.Refresh)
	if err := second.must(200, "", "the successor's refresh token", err); err != nil {
		return err
	}
	stolen, err := refresh(bases[0], first.Refresh)
	if err := stolen.must(400, "invalid_grant", "a refresh token of two turns ago", err); err != nil {
		return err
	}
	return dead(second.Access)
}

func main() {
	flag.Parse()
	b, err := signIn()
	if err != nil {
		fmt.Printf("%v\n0 passed, 1 failed\n", err)
		os.Exit(1)
	}
	passed, failed := 0, 0
	run := func(name string, count int, round func(browser) error) {
		began := time.Now()
		for number := range count {
			if err := round(b); err != nil {
				failed++
				fmt.Printf("%s, round %d: %v\n", name, number+1, err)
				continue
			}
			passed++
		}
		fmt.Printf("%s: %d rounds on %d processes in %.1f s\n", name, count, len(bases), time.Since(began).Seconds())
	}
	run("one code, one exchange", 1, control)
	run(fmt.Sprintf("one code, %d exchanges", *width), *rounds, codeRound)
	run("one code, one exchange", 1, control)
	run("one refresh token, 20 refreshes", *turns, refreshRound)
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
