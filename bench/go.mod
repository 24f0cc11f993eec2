module github.com/ttwire/ttwire/bench

go 1.25.0
