module symbolon.test/race

go 1.25.0
