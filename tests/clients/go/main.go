// Go's golang.org/x/oauth2: finds out by itself how the client authenticates, and refreshes when a token has expired.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

var (
	base           = os.Getenv("SYMBOLON_BASE")
	passed, failed int
)

func check(sentence string, holds bool, seen ...any) {
	if holds {
		passed++
		return
	}
	failed++
	fmt.Println("not so:", sentence, seen)
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		fmt.Printf("%d passed, %d failed\n", passed, failed+1)
		os.Exit(1)
	}
	return value
}

// The person opens the address, signs in, decides, and is sent back to the app.
func person(address string) url.Values {
	printed := must(exec.Command(os.Getenv("SYMBOLON_AUTHORIZE"), address).Output())
	return must(url.Parse(strings.TrimSpace(string(printed)))).Query()
}

func status(client *http.Client) int {
	answer := must(client.Get(base + "/v1/me"))
	answer.Body.Close()
	return answer.StatusCode
}

func isInvalidGrant(err error) bool {
	var retrieve *oauth2.RetrieveError
	return errors.As(err, &retrieve) && retrieve.ErrorCode == "invalid_grant" && retrieve.Response.StatusCode == 400
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var server struct {
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
		Revoke    string `json:"revocation_endpoint"`
	}
	metadata := must(http.Get(base + "/.well-known/oauth-authorization-server"))
	must(0, json.NewDecoder(metadata.Body).Decode(&server))

	asked := []string{"bookings:read", "forms:read"}
	config := &oauth2.Config{
		ClientID:     "go-oauth2",
		ClientSecret: "go-oauth2-secret",
		RedirectURL:  os.Getenv("SYMBOLON_REDIRECT_URI"),
		Scopes:       asked,
		Endpoint:     oauth2.Endpoint{AuthURL: server.Authorize, TokenURL: server.Token},
	}
	verifier := oauth2.GenerateVerifier()
	answer := person(config.AuthCodeURL("some state", oauth2.S256ChallengeOption(verifier)))
	check("state and issuer come back", answer.Get("state") == "some state" && answer.Get("iss") == base, answer)
	token := must(config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier)))
	check("it is a bearer token", token.Type() == "Bearer" && token.Valid(), token)
	left := time.Until(token.Expiry)
	check("it lasts an hour", left > 58*time.Minute && left <= time.Hour, left)
	scopes, _ := token.Extra("scope").(string)
	granted := strings.Fields(scopes)
	slices.Sort(granted)
	check("its scopes are those asked for", slices.Equal(granted, asked), scopes)
	check("the extras say for whom", token.Extra("tenant_id") == "north", token.Extra("tenant_id"))
	check("the API accepts it", status(config.Client(ctx, token)) == 200)
	_, err := config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	check("a code works once", isInvalidGrant(err), err)
	check("a wrong second use harms nobody", status(config.Client(ctx, token)) == 200)

	// An expired token makes the library refresh by itself.
	expired := *token
	expired.Expiry = time.Now().Add(-time.Hour)
	source := config.TokenSource(ctx, &expired)
	next := must(source.Token())
	check("both tokens turned", next.AccessToken != token.AccessToken && next.RefreshToken != token.RefreshToken)
	check("the API accepts the new one", status(oauth2.NewClient(ctx, source)) == 200)

	// It knows no revocation; its users post by hand.
	form := strings.NewReader(url.Values{"token": {next.RefreshToken}}.Encode())
	request := must(http.NewRequestWithContext(ctx, http.MethodPost, server.Revoke, form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(config.ClientID, config.ClientSecret)
	done := must(http.DefaultClient.Do(request))
	check("revocation answers 200", done.StatusCode == 200, done.Status)
	check("a revoked family is dead", status(config.Client(ctx, next)) == 401)
	expired = *next
	expired.Expiry = time.Now().Add(-time.Hour)
	_, err = config.TokenSource(ctx, &expired).Token()
	check("a revoked refresh token is refused", isInvalidGrant(err), err)

	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
