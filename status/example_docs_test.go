package status_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// The bodies of the examples in this file are the code of docs/errors.md; run
// go test ./status -run TestErrorsDoc -update after a change.

// answer is what a transport makes of a handler's error: the server writes a
// trailer frame, the client reads it, and err is what the client's Recv returns
// in place of io.EOF.
func answer(handlerErr error) (err error) {
	s := trailer.StatusOf(handlerErr)
	b, err := trailer.AppendTrailer(nil, &trailer.Stream{ID: 1, Method: "Pay", Protocol: header.ThriftStruct}, &s, nil)
	if err != nil {
		return err
	}
	return received(b, status.SideClient)
}

// hangUp is what a transport makes of a cancel that went through the services
// of path: err is what the handler's Recv returns at the last server.
func hangUp(code status.StreamCode, message string, path ...string) (err error) {
	var s status.Status
	for _, name := range path {
		s = trailer.Cancel(code, message, s.CancelPath, name)
	}
	b, err := trailer.AppendRst(nil, &trailer.Stream{ID: 1, Method: "Pay", Protocol: header.ThriftStruct}, &s)
	if err != nil {
		return err
	}
	return received(b, status.SideServer)
}

// received is the error that comes out of the frame that ends a stream.
func received(b []byte, side status.Side) error {
	var f frame.Frame
	if _, err := f.Parse(b); err != nil {
		return err
	}
	s, _ := trailer.Parse(&f) // Err tells what could not be read, too
	return trailer.Err(&s, side)
}

// The server of the guides' low-balance case.
func Example_lowBalanceServer() {
	// A handler. That the balance is too low is the business's answer and no
	// failure, so it is a business error: with a code over 10000, and with what
	// the client needs to act on it.
	pay := func(balance, price int) error {
		if balance < price {
			return status.NewBizWithExtra(10001, "insufficient user balance",
				map[string]string{"missing": strconv.Itoa(price - balance)})
		}
		return nil
	}

	// Layers above may wrap it: the client gets code, message and extra all the
	// same, and never the text around it.
	err := fmt.Errorf("order 77: %w", pay(5, 12))
	fmt.Println(err)
	fmt.Println(errors.Is(err, status.BizCode(10001)))
	// Output:
	// order 77: type:business, code:10001, msg:insufficient user balance
	// true
}

// Its client.
func Example_lowBalanceClient() {
	// err is what Recv returned, and it is not io.EOF, which means that the
	// stream ended well.
	act := func(err error) {
		var biz *status.BizError
		switch {
		case errors.As(err, &biz) && biz.Code == 10001:
			fmt.Println("ask the user for", biz.Extra["missing"], "more:", biz.Message)
		case errors.As(err, &biz):
			fmt.Println("refused with", biz.Code)
		default:
			fmt.Println("not an answer of the business:", err)
		}
	}

	act(answer(status.NewBizWithExtra(10001, "insufficient user balance", map[string]string{"missing": "7"})))
	act(answer(status.NewBiz(10002, "account closed")))
	act(answer(errors.New("database is down")))
	// Output:
	// ask the user for 7 more: insufficient user balance
	// refused with 10002
	// not an answer of the business: [ttstream error, code=12001] [client-side stream] biz error: database is down
}

// The other kinds, as a client asks for them.
func Example_kindsAtTheClient() {
	kind := func(err error) string {
		var biz *status.BizError
		switch {
		case errors.As(err, &biz):
			return "the business said no"
		case status.IsTimeout(err):
			return "time ran out"
		case status.IsCanceled(err):
			return "somebody stopped waiting"
		case errors.Is(err, status.ApplicationException):
			return "the server's handler failed"
		case errors.Is(err, status.CalleeFramework):
			return "the server's framework failed"
		case errors.Is(err, status.TransportClosing):
			return "the connection was lost: the server may have acted or not"
		case errors.Is(err, status.ClassProtocol):
			return "the two sides do not understand each other"
		}
		return "this side failed"
	}

	fmt.Println(kind(answer(status.NewBiz(10001, "insufficient user balance"))))
	fmt.Println(kind(answer(errors.New("database is down"))))
	fmt.Println(kind(status.NewStream(status.StreamTimeout, "")))
	fmt.Println(kind(context.Canceled))
	fmt.Println(kind(status.NewCallee(status.RetServerLimited, "rate limited")))
	fmt.Println(kind(status.NewStream(status.TransportClosing, "")))
	fmt.Println(kind(status.NewStream(status.IllegalFrame, "")))
	fmt.Println(kind(status.NewFramework(status.RetClientRoute, "no instance")))
	// Output:
	// the business said no
	// the server's handler failed
	// time ran out
	// somebody stopped waiting
	// the server's framework failed
	// the connection was lost: the server may have acted or not
	// the two sides do not understand each other
	// this side failed
}

// A handler whose caller has hung up.
func Example_canceledAtTheServer() {
	// err is what Recv or Send returned to a handler. ServiceA cancelled, and
	// ServiceB, which calls us for it, passed the cancel on.
	err := hangUp(status.Canceled, "user is gone", "ServiceA", "ServiceB")

	if status.IsCanceled(err) || status.IsTimeout(err) {
		e := status.FromError(err)
		fmt.Println("nobody waits for this any more; it began at", e.CancelPath[0])
		fmt.Println("said by the peer:", e.Remote)
	}
	fmt.Println(err)
	// Output:
	// nobody waits for this any more; it began at ServiceA
	// said by the peer: true
	// [ttstream error, code=12007] [server-side stream] [canceled path: ServiceA -> ServiceB] user is gone
}

// A service in the middle.
func Example_passingOn() {
	// A handler that calls another service and got err from it. Returned as it
	// is, a business error would reach our caller as our own; and anything else
	// as a plain 12001.
	handler := func(err error) error {
		switch {
		case errors.Is(err, status.BizCode(10001)):
			return err // our caller knows this code
		case errors.Is(err, status.Business):
			return status.WrapBiz(err, 20001, "payment refused") // the cause stays here
		case err != nil:
			return fmt.Errorf("payment: %w", err)
		}
		return nil
	}

	fmt.Println(answer(handler(answer(status.NewBiz(10001, "insufficient user balance")))))
	fmt.Println(answer(handler(answer(status.NewBiz(10077, "internal to payment")))))
	fmt.Println(answer(handler(status.NewStream(status.TransportClosing, ""))))
	// Output:
	// type:business, code:10001, msg:insufficient user balance
	// type:business, code:20001, msg:payment refused
	// [ttstream error, code=12001] [client-side stream] biz error: payment: [ttstream error, code=12006] transport is closing
}

// Code that was written for Kitex.
func Example_kitexCode() {
	// kerrors.FromBizStatusError(err) asks for these methods, and so finds our
	// business errors. No other kind has them.
	var biz interface {
		BizStatusCode() int32
		BizMessage() string
		BizExtra() map[string]string
	}
	fmt.Println(errors.As(answer(status.NewBiz(10001, "insufficient user balance")), &biz))
	fmt.Println(biz.BizStatusCode(), biz.BizMessage())
	fmt.Println(errors.As(answer(errors.New("database is down")), &biz))
	// Output:
	// true
	// 10001 insufficient user balance
	// false
}

// Everything that is known.
func Example_everything() {
	err := answer(status.NewBizWithExtra(10001, "insufficient user balance", map[string]string{"missing": "7"}))

	fmt.Printf("%+v\n", err)
	// Output:
	// type:business, code:10001, msg:insufficient user balance
	// 	kind: business
	// 	code: 10001
	// 	side: client
	// 	said by: the peer
	// 	extra: "missing" = "7"
}

// A text from a log.
func Example_fromText() {
	line := `2024/11/22 06:47:01 ERROR pay: type:framework, code:351, msg:stream is already closed, ` +
		`caused by type:callee framework, code:23, msg:rate limited`

	if e, ok := status.ParseText(line); ok {
		fmt.Println(errors.Is(e, status.RetServerLimited)) // the cause counts too
		info, _ := e.Info()
		fmt.Println(info.Meaning)
	}
	// Output:
	// true
	// The server has ended the stream; the cause, where there is one, says how.
}
