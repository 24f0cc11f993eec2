module github.com/ttwire/ttwire

go 1.25.0
