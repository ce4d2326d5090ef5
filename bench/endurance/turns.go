package main

import (
	"fmt"
	"slices"
	"time"

	"symbolon.test/race/app"
)

const block = 500

// One family turns many times and gets no slower.
func turns() error {
	times := make([]time.Duration, 0, *rotations)
	brief := app.New("brief", "/brief")
	if _, err := brief.Turn(*rotations, func(took time.Duration) { times = append(times, took) }); err != nil {
		return err
	}
	return steady(times)
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
