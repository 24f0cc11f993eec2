module github.com/ttwire/ttwire

go 1.25.0

require (
	github.com/google/go-cmp v0.7.0
	pgregory.net/rapid v1.3.0
)

require (
	go.uber.org/goleak v1.3.0
	golang.org/x/net v0.24.0 // indirect
	golang.org/x/text v0.14.0 // indirect
)

require (
	github.com/bytedance/gopkg v0.1.1 // indirect
	github.com/cloudwego/gopkg v0.1.4
)
