package status_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/ttwire/ttwire/status"
)

// What existing user code asks errors for: Kitex's biz error interface, and the
// two spellings of an exception's type id.
type (
	bizIface interface {
		BizStatusCode() int32
		BizMessage() string
		BizExtra() map[string]string
		Error() string
	}
	typeID interface{ TypeID() int32 }
	typeId interface{ TypeId() int32 }
	msger  interface{ Msg() string }
)

var (
	_ bizIface = (*status.BizError)(nil)
	_ typeID   = (*status.Exception)(nil)
	_ typeId   = (*status.Exception)(nil)
	_ msger    = (*status.Exception)(nil)
)

// asks is which of those interfaces errors.As finds in err.
func asks(err error) (biz, exception bool) {
	var (
		b  bizIface
		t1 typeID
		t2 typeId
		m  msger
	)
	biz = errors.As(err, &b)
	exception = errors.As(err, &t1)
	if errors.As(err, &t2) != exception || errors.As(err, &m) != exception {
		return biz, !exception // cannot be right
	}
	return biz, exception
}

func TestKindsToInterfaces(t *testing.T) {
	for _, kind := range []status.Kind{0, status.Framework, status.CalleeFramework, status.Business, status.Stream, status.Application} {
		e := &status.Error{Kind: kind, Code: 10001, Message: "m"}
		want := kind == status.Business
		for name, err := range map[string]error{
			"Err()": e.Err(), "wrapped": fmt.Errorf("a: %w", e.Err()), "record": e, "wrapped record": fmt.Errorf("a: %w", e),
		} {
			if biz, ex := asks(err); biz != want || ex == want {
				t.Errorf("kind %v, %s: found as business %v, as exception %v", kind, name, biz, ex)
			}
			var found *status.Error
			if !errors.As(err, &found) || found != e {
				t.Errorf("kind %v, %s: errors.As finds %v, not the record", kind, name, found)
			}
			var b *status.BizError
			var x *status.Exception
			if errors.As(err, &b) != want || errors.As(err, &x) == want || (b != nil) != want || (x != nil) == want {
				t.Errorf("kind %v, %s: found as *BizError %v, as *Exception %v", kind, name, b, x)
			}
		}
		if _, ok := e.Err().(bizIface); ok != want {
			t.Errorf("kind %v: Err() is %T", kind, e.Err())
		}
		if _, ok := e.Err().(typeId); ok == want {
			t.Errorf("kind %v: Err() is %T", kind, e.Err())
		}
	}
}

// What has no name says so, whatever the number is.
func TestNamesOfAnyNumber(t *testing.T) {
	for i := range 256 {
		if s := status.Kind(i).String(); (s == "unknown") != (i == 0 || i > 5) {
			t.Errorf("Kind(%d) is %q", i, s)
		}
		if s := status.Class(i).String(); (s == "none") != (i == 0 || i > 11) {
			t.Errorf("Class(%d) is %q", i, s)
		}
		if s := status.Ending(i).String(); (s == "none") != (i == 0 || i > 5) {
			t.Errorf("Ending(%d) is %q", i, s)
		}
	}
}

func TestAsRefuses(t *testing.T) {
	e := &status.Error{Kind: status.Business}
	for _, target := range []any{nil, 1, (*bizIface)(nil), new(typeID), new(int)} {
		if e.As(target) {
			t.Errorf("As(%T) says yes", target)
		}
	}
	if e.Err().(*status.BizError).As(new(typeID)) {
		t.Error("a *BizError is found as an exception")
	}
	if (&status.Exception{}).As(new(bizIface)) {
		t.Error("an *Exception is found as a business error")
	}
}

func TestMethodsOfUserCode(t *testing.T) {
	extra := map[string]string{"testKey": "testVal"}
	b := status.NewBizWithExtra(10001, "insufficient user balance", extra)
	if b.BizStatusCode() != 10001 || b.BizMessage() != "insufficient user balance" || b.BizExtra()["testKey"] != "testVal" {
		t.Errorf("got %d %q %v", b.BizStatusCode(), b.BizMessage(), b.BizExtra())
	}
	x := status.NewStream(status.CanceledByUpstream, "")
	if x.TypeID() != 12010 || x.TypeId() != 12010 || x.Msg() != "canceled by upstream" {
		t.Errorf("got %d %d %q", x.TypeID(), x.TypeId(), x.Msg())
	}
	x = status.WrapStream(io.EOF, status.TransportClosing).(*status.Exception)
	if x.Msg() != "EOF" {
		t.Errorf("Msg is %q, not the cause's text", x.Msg())
	}
	x = status.WrapFramework(io.EOF, status.RetClientNetwork, "m").(*status.Exception)
	if x.Msg() != "m" {
		t.Errorf("Msg is %q", x.Msg())
	}
}

func TestIs(t *testing.T) {
	biz := status.NewBiz(12007, "m")
	stream := status.NewStream(12007, "")
	callee := status.NewCallee(23, "")
	own := status.NewFramework(23, "")
	for _, test := range []struct {
		err, target error
		want        bool
	}{
		{stream, status.Stream, true},
		{stream, status.Business, false},
		{stream, status.Canceled, true},
		{stream, status.IllegalFrame, false},
		{stream, status.RetCode(12007), false},
		{stream, status.BizCode(12007), false},
		{stream, status.ClassCancel, true},
		{stream, status.ClassProtocol, false},
		{biz, status.Business, true},
		{biz, status.Canceled, false}, // the kind tells, not the number
		{biz, status.RetCode(12007), false},
		{biz, status.BizCode(12007), true},
		{biz, status.BizCode(12008), false},
		{biz, status.ClassCancel, false},
		{biz, status.ClassBusiness, true},
		{callee, status.CalleeFramework, true},
		{callee, status.Framework, false},
		{callee, status.RetServerLimited, true},
		{callee, status.RetServerOverload, false},
		{own, status.Framework, true},
		{own, status.RetServerLimited, true},
		{own, status.ClassServer, true},
		{own, status.StreamCode(23), false},
		{own, callee, false},
		{own, status.NewFramework(23, "another text"), true},
		{own, status.NewFramework(22, ""), false},
		{biz, status.NewBiz(12007, ""), true},
		{biz, (*status.Error)(stream), false},
		{biz, &status.Error{Kind: status.Business, Code: 12007}, true},
		{biz, (*status.BizError)(nil), false},
		{(*status.Error)(biz), biz, true},
		{biz, io.EOF, false},
		{fmt.Errorf("a: %w", biz), status.Business, true},
		{status.WrapBiz(io.EOF, 1, ""), io.EOF, true},
		{status.WrapStream(context.Canceled, status.Canceled), context.Canceled, true},
		{status.WrapFramework(callee, 351, ""), status.CalleeFramework, true},
		{(*status.Error)(status.WrapFramework(io.EOF, 351, "").(*status.Exception)), io.EOF, true},
	} {
		if got := errors.Is(test.err, test.target); got != test.want {
			t.Errorf("errors.Is(%v, %v) = %v", test.err, test.target, got)
		}
	}
}

// X10: what a peer says stays marked as such, and does not turn into what this
// side found out by itself.
func TestRemote(t *testing.T) {
	peer := &status.Error{Kind: status.Application, Remote: true, Code: 12006, Message: "transport is closing"}
	err := status.WrapStream(peer.Err(), status.ApplicationException)
	if errors.Is(err, status.TransportClosing) {
		t.Error("a type id of 12006 poses as a lost connection")
	}
	if !errors.Is(err, status.Application) || !errors.Is(err, status.ApplicationException) {
		t.Error("the exception is not found below the 12001")
	}
	if got, want := err.Error(), "[ttstream error, code=12001] transport is closing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if status.NewStream(12006, "").Remote || !status.NewCallee(23, "").Remote {
		t.Error("Remote is set where the code is ours, or not where it is the peer's")
	}
}

func TestWrapNil(t *testing.T) {
	for _, err := range []error{status.WrapBiz(nil, 1, ""), status.WrapFramework(nil, 1, ""), status.WrapStream(nil, 12006)} {
		if err != nil {
			t.Errorf("wrapping nil gives %#v", err)
		}
	}
}

func TestNewStreamMessage(t *testing.T) {
	if got := status.NewStream(status.RecvTimeout, "stream Recv timeout, timeout config=1s").Message; got != "stream Recv timeout, timeout config=1s" {
		t.Errorf("got %q", got)
	}
	if got := status.NewStream(12099, "").Message; got != "" {
		t.Errorf("an unknown code has the message %q", got)
	}
}

func TestTargetTexts(t *testing.T) {
	for target, want := range map[error]string{
		status.CalleeFramework:  "callee framework",
		status.Kind(99):         "unknown",
		status.ClassProtocol:    "protocol",
		status.Class(99):        "none",
		status.UnexpectedHeader: "[ttstream error, code=12002] unexpected header frame",
		status.RetServerAuth:    "type:framework, code:41, msg:authentication failed",
		status.BizCode(10001):   "type:business, code:10001, msg:",
	} {
		if target.Error() != want {
			t.Errorf("got %q, want %q", target, want)
		}
	}
	if got := status.Side(9).String() + status.SideClient.String() + status.SideServer.String(); got != "unknownclientserver" {
		t.Errorf("sides are %q", got)
	}
}

// A nil pointer to one of our types is an error that says nothing, not a crash.
func TestNilError(t *testing.T) {
	for _, err := range []error{(*status.BizError)(nil), (*status.Exception)(nil), (*status.Error)(nil)} {
		if err.Error() != "<nil>" || errors.Is(err, status.Business) || errors.Is(err, status.BizCode(0)) {
			t.Errorf("%T: %q", err, err.Error())
		}
	}
}
