package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"symbolon.test/race/app"
)

// When the proxy cuts a connection.
type cut int

const (
	never cut = iota
	// The request has been passed on, whole, and the client is left; the server is heard to its end.
	afterTheRequest
	// The answer has begun, so whatever it says is done.
	afterTheFirstByte
	// A part of the answer has been passed on.
	midAnswer
)

// A proxy in front of one process. It takes one connection at a time, because one refresh follows the other.
type proxy struct {
	listener net.Listener
	upstream string
	next     chan cut
}

func newProxy(base string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener, strings.TrimPrefix(base, "http://"), make(chan cut, 1)}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.carry(client, <-p.next)
			client.Close()
		}
	}()
	return p, nil
}

func (p *proxy) carry(client net.Conn, when cut) {
	server, err := net.Dial("tcp", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	// Small enough to come in one piece.
	request := make([]byte, 64*1024)
	length, err := client.Read(request)
	if err != nil {
		return
	}
	if _, err := server.Write(request[:length]); err != nil {
		return
	}
	if when == afterTheRequest {
		// The second try may overtake this one, a third may not: whoever comes after two successors is no latecomer.
		client.Close()
		_, _ = io.Copy(io.Discard, server)
		return
	}
	part := make([]byte, 1)
	if when == midAnswer {
		part = make([]byte, 150)
	}
	if _, err := io.ReadFull(server, part); err != nil || when == afterTheFirstByte {
		return
	}
	if _, err := client.Write(part); err != nil || when == midAnswer {
		return
	}
	_, _ = io.Copy(client, server)
}

// A client that reaches the server through the proxy, with a new connection for every request.
func (p *proxy) app() app.App {
	through := app.New("race", "")
	through.Client = &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	return through
}

func (p *proxy) base() string { return "http://" + p.listener.Addr().String() }

var errArrived = errors.New("an answer came through the proxy that cuts")

// Answers that are lost cost nobody anything: a refresh is tried again, an exchange is begun again.
func lost(t *tally, b app.Browser) error {
	p, err := newProxy(app.Bases[0])
	if err != nil {
		return err
	}
	defer p.listener.Close()
	through, number := p.app(), 0
	held, err := b.Connect(app.Bases[0])
	if err != nil {
		return err
	}
	// Where it is cut, and where it is tried again.
	next := func() (cut, string) {
		number++
		return cut(number%3) + 1, app.Bases[number%len(app.Bases)]
	}
	t.run("an answer that arrives", 1, b, func(app.Browser) error {
		p.next <- never
		got, err := through.Refresh(p.base(), held.Refresh)
		held = got
		return got.Must(200, "", "a refresh through the proxy", err)
	})
	t.run("a refresh whose answer is lost", *answers, b, func(app.Browser) error {
		when, at := next()
		p.next <- when
		if _, err := through.Refresh(p.base(), held.Refresh); err == nil {
			return errArrived
		}
		again, err := race.Refresh(at, held.Refresh)
		if err := again.Must(200, "", fmt.Sprintf("the second try after cut %d", when), err); err != nil {
			// One lost session is one failure: the next round begins with another.
			held, _ = b.Connect(app.Bases[0])
			return err
		}
		held = again
		return race.Alive(held.Access)
	})
	t.run("an exchange whose answer is lost", *answers/5, b, func(b app.Browser) error {
		code, err := b.Code()
		if err != nil {
			return err
		}
		when, at := next()
		p.next <- when
		if _, err := through.Exchange(p.base(), code, app.Verifier); err == nil {
			return errArrived
		}
		again, err := b.Connect(at)
		if err != nil {
			return err
		}
		return race.Alive(again.Access)
	})
	return nil
}
