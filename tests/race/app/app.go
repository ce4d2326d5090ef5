// Package app is an app of tests/world, seen from its own side of the wire, and the browser of somebody who has
// consented to it.
package app

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Verifier is the PKCE verifier of every request.
const Verifier = "a-verifier-that-is-long-enough-for-the-rule-of-43"

var (
	// Base is the issuer.
	Base = os.Getenv("SYMBOLON_BASE")
	// Bases are the addresses of every process.
	Bases = strings.Split(os.Getenv("SYMBOLON_BASES"), ",")
)

// App is an app: its client_id, where its endpoints stand, and how it reaches them.
type App struct {
	ID, Prefix string
	Client     *http.Client
}

// New is an app that is patient and keeps its connections.
func New(id, prefix string) App {
	return App{id, prefix, &http.Client{
		Timeout:       2 * time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Answer is what the token endpoint said.
type Answer struct {
	Status  int
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Error   string `json:"error"`
}

// Sends to one process what is addressed to the issuer, as a load balancer would.
func (a App) send(request *http.Request) (*http.Response, error) {
	issuer, err := url.Parse(Base)
	if err != nil {
		return nil, err
	}
	request.Host = issuer.Host
	return a.Client.Do(request)
}

func (a App) token(at string, form url.Values) (Answer, error) {
	request, err := http.NewRequest(http.MethodPost, at+a.Prefix+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(a.ID, a.ID+"-secret")
	response, err := a.send(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	got := Answer{Status: response.StatusCode}
	return got, json.NewDecoder(response.Body).Decode(&got)
}

// Exchange redeems a code at a process.
func (a App) Exchange(at, code, verifier string) (Answer, error) {
	return a.token(at, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier},
		"redirect_uri": {os.Getenv("SYMBOLON_REDIRECT_URI")},
	})
}

// Refresh uses a refresh token at a process.
func (a App) Refresh(at, refreshToken string) (Answer, error) {
	return a.token(at, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}})
}

// Turn connects the app and then refreshes its token family so many times, one refresh after the other. The last answer is
// returned; turned is told how long each took.
func (a App) Turn(times int, turned func(took time.Duration)) (Answer, error) {
	browser, err := a.SignIn()
	if err != nil {
		return Answer{}, err
	}
	tokens, err := browser.Connect(Base)
	if err != nil {
		return Answer{}, err
	}
	for number := range times {
		began := time.Now()
		tokens, err = a.Refresh(Base, tokens.Refresh)
		if err := tokens.Must(200, "", fmt.Sprintf("turn %d", number), err); err != nil {
			return Answer{}, err
		}
		turned(time.Since(began))
	}
	return tokens, nil
}

// Must expects this status and this error, or none.
func (got Answer) Must(be int, code, sentence string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", sentence, err)
	}
	if got.Status != be || got.Error != code {
		return fmt.Errorf("%s: the answer was %d %s", sentence, got.Status, got.Error)
	}
	return nil
}

func (a App) status(at, accessToken string) (int, error) {
	request, err := http.NewRequest(http.MethodGet, at+"/v1/me", nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+accessToken)
	response, err := a.send(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// Dead expects that every process refuses the token when it is asked a second from now, however long the answer takes.
func (a App) Dead(accessToken string) error {
	deadline := time.Now().Add(time.Second)
	for _, at := range Bases {
		for {
			late := time.Now().After(deadline)
			code, err := a.status(at, accessToken)
			if err != nil {
				return err
			}
			if code == 401 {
				break
			}
			if late {
				return fmt.Errorf("%s answers %d to a token that must be dead", at, code)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}

// Alive expects that every process accepts the token, now.
func (a App) Alive(accessToken string) error {
	for _, at := range Bases {
		code, err := a.status(at, accessToken)
		if err != nil {
			return err
		}
		if code != 200 {
			return fmt.Errorf("%s answers %d to a token that lives", at, code)
		}
	}
	return nil
}

// Browser is signed in and has consented: a code costs one request.
type Browser struct {
	app              App
	cookies, address string
}

// SignIn makes one.
func (a App) SignIn() (Browser, error) {
	challenge := sha256.Sum256([]byte(Verifier))
	query := url.Values{
		"client_id": {a.ID}, "redirect_uri": {os.Getenv("SYMBOLON_REDIRECT_URI")}, "response_type": {"code"},
		"scope": {"forms:read"}, "state": {"s"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}
	address := Base + a.Prefix + "/oauth/authorize?" + query.Encode()
	printed, err := exec.Command(os.Getenv("SYMBOLON_AUTHORIZE"), address, "--json").Output()
	if err != nil {
		return Browser{}, fmt.Errorf("signing in: %w", err)
	}
	var got struct{ Cookies string }
	err = json.Unmarshal(printed, &got)
	return Browser{a, got.Cookies, address}, err
}

// Code asks for a code, without a page.
func (b Browser) Code() (string, error) {
	request, err := http.NewRequest(http.MethodGet, b.address+"&prompt=none", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Cookie", b.cookies)
	response, err := b.app.send(request)
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

// Connect asks for a code and redeems it at a process.
func (b Browser) Connect(at string) (Answer, error) {
	code, err := b.Code()
	if err != nil {
		return Answer{}, err
	}
	got, err := b.app.Exchange(at, code, Verifier)
	return got, got.Must(200, "", "the exchange", err)
}
