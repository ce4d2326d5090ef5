// Many at once, and answers that are lost, over every process of the server.
//
// A round of codes holds when exactly one exchange wins, every other is told invalid_grant, and what the winner got is
// dead afterwards. A round of refreshes holds when all get the same successor and that successor works; without a grace,
// when one wins and nothing lives. A lost answer holds when the next try works.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"symbolon.test/race/app"
)

var (
	rounds   = flag.Int("rounds", 1000, "rounds of parallel exchanges")
	width    = flag.Int("width", 50, "parallel exchanges of one code")
	turns    = flag.Int("refresh-rounds", 1000, "rounds of 20 parallel refreshes, with a grace and without")
	answers  = flag.Int("lost-answers", 1000, "refreshes whose answer is lost, and a fifth as many exchanges")
	race     = app.New("race", "")
	parallel = 20
)

// Runs `act` for 0..count at the same moment, spread over the processes.
func together(count int, act func(number int, at string) (app.Answer, error)) ([]app.Answer, error) {
	answers, failures := make([]app.Answer, count), make([]error, count)
	start := make(chan struct{})
	var all sync.WaitGroup
	for number := range count {
		all.Add(1)
		go func() {
			defer all.Done()
			<-start
			answers[number], failures[number] = act(number, app.Bases[number%len(app.Bases)])
		}()
	}
	close(start)
	all.Wait()
	return answers, errors.Join(failures...)
}

// The winners among answers of which the others must be invalid_grant.
func winners(answers []app.Answer) ([]app.Answer, error) {
	var winners []app.Answer
	for _, got := range answers {
		switch {
		case got.Status == 200:
			winners = append(winners, got)
		case got.Status != 400 || got.Error != "invalid_grant":
			return nil, fmt.Errorf("a loser was told %d %s", got.Status, got.Error)
		}
	}
	return winners, nil
}

// Of all these answers exactly one won, and what it won is dead.
func oneWonInVain(a app.App, answers []app.Answer) error {
	won, err := winners(answers)
	if err != nil {
		return err
	}
	if len(won) != 1 {
		return fmt.Errorf("%d of %d won", len(won), len(answers))
	}
	if err := a.Dead(won[0].Access); err != nil {
		return fmt.Errorf("after a second use: %w", err)
	}
	got, err := a.Refresh(app.Bases[0], won[0].Refresh)
	return got.Must(400, "invalid_grant", "the winner's refresh token", err)
}

func codeRound(b app.Browser) error {
	code, err := b.Code()
	if err != nil {
		return err
	}
	answers, err := together(*width, func(_ int, at string) (app.Answer, error) {
		return race.Exchange(at, code, app.Verifier)
	})
	if err != nil {
		return err
	}
	return oneWonInVain(race, answers)
}

// The twin that must succeed: a code used once works, and second uses with a wrong verifier harm nobody.
func control(b app.Browser) error {
	code, err := b.Code()
	if err != nil {
		return err
	}
	first, err := race.Exchange(app.Bases[0], code, app.Verifier)
	if err := first.Must(200, "", "a single exchange", err); err != nil {
		return err
	}
	answers, err := together(10, func(number int, at string) (app.Answer, error) {
		return race.Exchange(at, code, fmt.Sprintf("wrong-%d-%s", number, app.Verifier))
	})
	for _, got := range answers {
		if err := got.Must(400, "invalid_grant", "a wrong verifier on a used code", err); err != nil {
			return err
		}
	}
	return race.Alive(first.Access)
}

func refreshRound(b app.Browser) error {
	first, err := b.Connect(app.Bases[0])
	if err != nil {
		return err
	}
	answers, err := together(parallel, func(_ int, at string) (app.Answer, error) {
		return race.Refresh(at, first.Refresh)
	})
	if err != nil {
		return err
	}
	successor := answers[0]
	for _, got := range answers {
		if err := got.Must(200, "", "a parallel refresh", nil); err != nil {
			return err
		}
		if got.Access != successor.Access || got.Refresh != successor.Refresh {
			return errors.New("parallel refreshes led to different successors")
		}
	}
	if err := race.Alive(successor.Access); err != nil {
		return err
	}
	// Using the successor ends the grace: from now on the first token is a stolen one.
	second, err := race.Refresh(app.Bases[len(app.Bases)-1], successor.Refresh)
	if err := second.Must(200, "", "the successor's refresh token", err); err != nil {
		return err
	}
	stolen, err := race.Refresh(app.Bases[0], first.Refresh)
	if err := stolen.Must(400, "invalid_grant", "a refresh token of two turns ago", err); err != nil {
		return err
	}
	return race.Dead(second.Access)
}

// Without a grace the second use looks like a thief's, so the one that wins wins in vain.
func strictRound(strict app.App) func(app.Browser) error {
	return func(b app.Browser) error {
		first, err := b.Connect(app.Bases[0])
		if err != nil {
			return err
		}
		answers, err := together(parallel, func(_ int, at string) (app.Answer, error) {
			return strict.Refresh(at, first.Refresh)
		})
		if err != nil {
			return err
		}
		return oneWonInVain(strict, answers)
	}
}

type tally struct{ passed, failed int }

func (t *tally) run(name string, count int, b app.Browser, round func(app.Browser) error) {
	began := time.Now()
	for number := range count {
		if err := round(b); err != nil {
			t.failed++
			fmt.Printf("%s, round %d: %v\n", name, number+1, err)
			continue
		}
		t.passed++
	}
	fmt.Printf("%s: %d rounds on %d processes in %.1f s\n", name, count, len(app.Bases), time.Since(began).Seconds())
}

func all(t *tally) error {
	b, err := race.SignIn()
	if err != nil {
		return err
	}
	strict := app.New("strict", "/strict")
	other, err := strict.SignIn()
	if err != nil {
		return err
	}
	t.run("one code, one exchange", 1, b, control)
	t.run(fmt.Sprintf("one code, %d exchanges", *width), *rounds, b, codeRound)
	t.run("one code, one exchange", 1, b, control)
	t.run(fmt.Sprintf("one refresh token, %d refreshes", parallel), *turns, b, refreshRound)
	t.run(fmt.Sprintf("one refresh token, %d refreshes, no grace", parallel), *turns, other, strictRound(strict))
	return lost(t, b)
}

func main() {
	flag.Parse()
	var t tally
	if err := all(&t); err != nil {
		t.failed++
		fmt.Println(err)
	}
	fmt.Printf("%d passed, %d failed\n", t.passed, t.failed)
	if t.failed > 0 {
		os.Exit(1)
	}
}
