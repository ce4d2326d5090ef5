// What only large numbers show: a family that turns for years stays one row, and keeps no more access tokens than live.
// Whether it gets slower is measured in bench/endurance.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"symbolon.test/race/app"
)

var rotations = flag.Int("rotations", 20_000, "turns of one token family")

const (
	// Access tokens of the app live for five seconds, and the sweep runs every five: this is for any machine, however busy.
	guard = 3 * time.Minute
	// So many may be left of what was made last.
	left = 500
)

const counting = `import sqlite3, sys
print(*(sqlite3.connect(sys.argv[1]).execute("SELECT (SELECT count(*) FROM families f JOIN grants g ON g.id = f.grant_id
JOIN apps a ON a.id = g.app_id WHERE a.client_id = 'brief'), (SELECT count(*) FROM access_tokens)").fetchone()))`

// The rows of families of the app, and of all access tokens.
func rows() (families, tokens int, err error) {
	file := strings.TrimPrefix(os.Getenv("SYMBOLON_STORAGE"), "sqlite:")
	printed, err := exec.Command("python3", "-c", strings.ReplaceAll(counting, "\nJOIN", " JOIN"), file).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("counting rows: %w", err)
	}
	_, err = fmt.Sscan(string(printed), &families, &tokens)
	return families, tokens, err
}

func turns() error {
	brief := app.New("brief", "/brief")
	tokens, err := brief.Turn(*rotations, func(time.Duration) {})
	if err != nil {
		return err
	}
	if err := brief.Alive(tokens.Access); err != nil {
		return err
	}
	return bounded()
}

func bounded() error {
	for until := time.Now().Add(guard); ; time.Sleep(time.Second) {
		families, tokens, err := rows()
		if err != nil {
			return err
		}
		if families != 1 {
			return fmt.Errorf("a family grows: %d rows", families)
		}
		if tokens <= left {
			fmt.Printf("%d turns: one row of a family, %d of access tokens\n", *rotations, tokens)
			return nil
		}
		if time.Now().After(until) {
			return fmt.Errorf("%d access tokens are kept of %d that ended", tokens, *rotations)
		}
	}
}

func main() {
	flag.Parse()
	if err := turns(); err != nil {
		fmt.Println(err)
		fmt.Println("0 passed, 1 failed")
		os.Exit(1)
	}
	fmt.Println("1 passed, 0 failed")
}
