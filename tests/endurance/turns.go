package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"symbolon.test/race/app"
)

// Access tokens of this app live for five seconds, and the janitor looks every five.
const (
	kept  = 15 * time.Second
	block = 500
)

const counting = `import sqlite3, sys
print(*(sqlite3.connect(sys.argv[1]).execute("SELECT (SELECT count(*) FROM families f JOIN grants g ON g.id = f.grant_id
JOIN apps a ON a.id = g.app_id WHERE a.client_id = 'brief'), (SELECT count(*) FROM access_tokens)").fetchone()))`

// One family turns many times: it stays one row, keeps no more access tokens than live, and gets no slower.
func turns() error {
	brief := app.New("brief", "/brief")
	browser, err := brief.SignIn()
	if err != nil {
		return err
	}
	tokens, err := browser.Connect(app.Base)
	if err != nil {
		return err
	}
	times, ends := make([]time.Duration, 0, *rotations), make([]time.Time, 0, *rotations)
	for number := range *rotations {
		began := time.Now()
		tokens, err = brief.Refresh(app.Base, tokens.Refresh)
		if err := tokens.Must(200, "", fmt.Sprintf("turn %d", number), err); err != nil {
			return err
		}
		times, ends = append(times, time.Since(began)), append(ends, time.Now())
	}
	if err := steady(times); err != nil {
		return err
	}
	if err := brief.Alive(tokens.Access); err != nil {
		return err
	}
	return bounded(ends)
}

// The slowest hundredth of the last tenth takes at most twice as long as that of the first. Both are taken block by
// block, and of the blocks the end of the fastest quarter: what grows makes all of them slower, what else the machine
// does only some.
func steady(times []time.Duration) error {
	tenth := len(times) / 10
	first, last := times[:tenth], times[len(times)-tenth:]
	fmt.Printf("%d turns: p99 of the first tenth %v (%v at once), of the last %v (%v at once)\n",
		len(times), slow(first), hundredth(first), slow(last), hundredth(last))
	if slow(last) > 2*slow(first) {
		return fmt.Errorf("a family gets slower: %v, then %v", slow(first), slow(last))
	}
	return nil
}

func slow(times []time.Duration) time.Duration {
	var blocks []time.Duration
	for part := range slices.Chunk(times, block) {
		blocks = append(blocks, hundredth(part))
	}
	slices.Sort(blocks)
	return blocks[len(blocks)/4]
}

func hundredth(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)*99/100]
}

func bounded(ends []time.Time) error {
	file := strings.TrimPrefix(os.Getenv("SYMBOLON_STORAGE"), "sqlite:")
	printed, err := exec.Command("python3", "-c", strings.ReplaceAll(counting, "\nJOIN", " JOIN"), file).Output()
	if err != nil {
		return fmt.Errorf("counting rows: %w", err)
	}
	var families, tokens int
	if _, err := fmt.Sscan(string(printed), &families, &tokens); err != nil {
		return err
	}
	recent := 0
	for _, end := range ends {
		if time.Since(end) < kept {
			recent++
		}
	}
	fmt.Printf("%d family, %d access tokens stored, %d made in the last %v\n", families, tokens, recent, kept)
	if families != 1 || tokens > recent+block {
		return fmt.Errorf("a family grows: %d rows of families, %d of access tokens", families, tokens)
	}
	return nil
}
