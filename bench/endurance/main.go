// Verdicts by wall time that need large numbers: whether time tells which apps exist (a timing attack: medians within 5 %,
// Welch's t under 4.5), and whether a family that turns for years slows down. Run beside nothing else:
//
//	scripts/with-server sqlite -- go run -C bench/endurance .
package main

import (
	"flag"
	"fmt"
	"os"
)

var (
	samples   = flag.Int("samples", 20_000, "samples of each kind of guess")
	rotations = flag.Int("rotations", 100_000, "turns of one token family")
)

func main() {
	flag.Parse()
	passed, failed := 0, 0
	for _, prove := range []func() error{guesses, turns} {
		if err := prove(); err != nil {
			failed++
			fmt.Println(err)
			continue
		}
		passed++
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
