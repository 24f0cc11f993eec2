package status_test

import (
	"errors"
	"fmt"

	"github.com/ttwire/ttwire/status"
)

// The server's handler says no: a business error, with a pair for the client to
// act on. A trailer carries its code, message and extra.
func ExampleNewBizWithExtra() {
	handler := func(balance int) error {
		if balance <= 0 {
			return status.NewBizWithExtra(10001, "insufficient user balance", map[string]string{"testKey": "testVal"})
		}
		return nil
	}
	fmt.Println(handler(0))
	// Output: type:business, code:10001, msg:insufficient user balance
}

// The client tells the kinds apart. io.EOF, by which Recv says that the stream
// ended well, does not come here.
func Example() {
	explain := func(err error) {
		var biz *status.BizError
		switch {
		case errors.As(err, &biz):
			fmt.Println("the business said no:", biz.Code, biz.Message, biz.Extra["testKey"])
		case status.IsTimeout(err):
			fmt.Println("too late:", err)
		case status.IsCanceled(err):
			fmt.Println("nobody waits any more:", status.FromError(err).CancelPath)
		case errors.Is(err, status.CalleeFramework):
			fmt.Println("the peer's framework failed:", err)
		default:
			fmt.Println("failed:", err)
		}
	}
	explain(status.NewBizWithExtra(10001, "insufficient user balance", map[string]string{"testKey": "testVal"}))
	explain(status.NewStream(status.StreamTimeout, "stream timeout, timeout in ctx: 100ms"))
	explain((&status.Error{Kind: status.Stream, Code: 12007, Remote: true, CancelPath: []string{"ServiceA", "ServiceB"}}).Err())
	explain(status.NewCallee(status.RetServerLimited, "rate limited"))
	explain(status.NewStream(status.TransportClosing, ""))
	// Output:
	// the business said no: 10001 insufficient user balance testVal
	// too late: [ttstream error, code=12015] stream timeout, timeout in ctx: 100ms
	// nobody waits any more: [ServiceA ServiceB]
	// the peer's framework failed: type:callee framework, code:23, msg:rate limited
	// failed: [ttstream error, code=12006] transport is closing
}

// Code written for Kitex asks an error for these methods. Only business errors
// have them, so no other error is taken for one.
func ExampleBizError() {
	var biz interface {
		BizStatusCode() int32
		BizMessage() string
		BizExtra() map[string]string
		Error() string
	}
	err := fmt.Errorf("call: %w", status.NewBiz(10001, "insufficient user balance"))
	fmt.Println(errors.As(err, &biz), biz.BizStatusCode())
	err = fmt.Errorf("call: %w", status.NewStream(status.TransportClosing, ""))
	fmt.Println(errors.As(err, &biz))
	// Output:
	// true 10001
	// false
}

func ExampleParseText() {
	e, ok := status.ParseText("2024-11-22 06:47:01 ERROR biz error: " +
		"[ttstream error, code=12010] [server-side stream] [canceled path: ServiceA -> ServiceB] canceled by upstream")
	fmt.Println(ok, e.Kind, e.Code, e.Side, e.CancelPath, e.Message)
	info, _ := e.Info()
	fmt.Println(info.Meaning)
	// Output:
	// true stream 12010 server [ServiceA ServiceB] canceled by upstream
	// The client side reset the stream and gave no code of its own.
}

func ExampleLookup() {
	info, _ := status.Lookup(status.FamilyTRPC, 111)
	fmt.Println(info.Name, "is raised by the", info.RaisedBy())
	fmt.Println(info.Meaning)
	fmt.Println("check", info.Checks[0])
	if _, ok := status.Lookup(status.FamilyTRPC, 113); !ok {
		for r := range status.Ranges(113) {
			fmt.Println("113 is among the", r.Meaning)
		}
	}
	// Output:
	// client-connect is raised by the client
	// The client could not open a connection to the server.
	// check that the server is up and listens there
	// 113 is among the framework codes of a tRPC client
}
