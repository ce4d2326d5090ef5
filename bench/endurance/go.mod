module symbolon.test/bench/endurance

go 1.25.0

require symbolon.test/race v0.0.0

replace symbolon.test/race => ../../tests/race
