module github.com/ttwire/ttwire/cmd/ttwire

go 1.25.0
