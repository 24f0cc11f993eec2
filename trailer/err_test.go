package trailer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// TestStatusOf: how a handler returned, and what its client then sees.
func TestStatusOf(t *testing.T) {
	app := &status.Error{Kind: status.Application, Code: 1, Message: "unknown method"}
	for _, c := range []struct {
		err    error
		client string
	}{
		{nil, "<nil>"},
		{status.NewBiz(10001, "low"), "type:business, code:10001, msg:low"},
		{fmt.Errorf("wrapped: %w", status.NewBizWithExtra(10001, "low", map[string]string{"b": "2", "a": "1"})), "type:business, code:10001, msg:low"},
		{errors.New("test error"), "[ttstream error, code=12001] biz error: test error"},
		{io.EOF, "[ttstream error, code=12001] biz error: EOF"},
		{context.Canceled, "[ttstream error, code=12001] biz error: context canceled"},
		{status.NewBiz(0, "zero"), "[ttstream error, code=12001] biz error: type:business, code:0, msg:zero"},
		{status.NewFramework(status.RetServerLimited, "slow down"), "[ttstream error, code=12001] slow down"},
		{status.NewCallee(status.RetServerLimited, "slow down"), "[ttstream error, code=12001] slow down"},
		{app.Err(), "[ttstream error, code=12001] unknown method"},
		{invalid{"name", "age"}, "[ttstream error, code=12001] biz error: invalid: name, age"},
		{fmt.Errorf("wrapped: %w", invalid{"name"}), "[ttstream error, code=12001] biz error: wrapped: invalid: name"},
		{status.NewStream(status.Canceled, "c"), "[ttstream error, code=12001] biz error: [ttstream error, code=12007] c"},
	} {
		s := trailer.StatusOf(c.err)
		out, err := trailer.AppendTrailer(nil, &bidi, &s, nil)
		if err != nil {
			t.Errorf("%v: %v", c.err, err)
			continue
		}
		got, err := trailer.Parse(parseFrame(t, out))
		if text := fmt.Sprint(trailer.Err(&got, 0)); err != nil || text != c.client {
			t.Errorf("%v: the client sees %s, %v; want %s", c.err, text, err, c.client)
		}
	}
	s := trailer.StatusOf(status.NewBizWithExtra(1, "", map[string]string{"c": "3", "b": "2", "a": "1"}))
	if len(s.Pairs) != 3 || s.Pairs[0].Key != "a" || s.Pairs[2].Key != "c" {
		t.Errorf("pairs %v are in no order", s.Pairs)
	}
	for _, c := range []struct {
		extra map[string]string
		sent  bool
	}{{nil, false}, {map[string]string{}, true}, {map[string]string{"": ""}, true}} {
		if s := trailer.StatusOf(status.NewBizWithExtra(1, "", c.extra)); (s.Pairs != nil) != c.sent {
			t.Errorf("of %v are sent %v", c.extra, s.Pairs)
		}
	}
	if s := trailer.StatusOf(status.NewFramework(23, "m")); s.Ret != 23 {
		t.Errorf("ret %d, want 23", s.Ret)
	}
	if s := trailer.StatusOf(io.EOF); s.Ret != 6 {
		t.Errorf("type id %d of a handler's error, want 6 as of live servers", s.Ret)
	}
}

// invalid is an error of a type that cannot be compared, as validators return.
type invalid []string

func (i invalid) Error() string { return "invalid: " + strings.Join(i, ", ") }

// TestBothCodes: of an ending with ret and func_ret the user gets both, and no
// business error (rule 6.6).
func TestBothCodes(t *testing.T) {
	for _, code := range []int32{9, 1, -1} {
		s, _ := trailer.Parse(parseFrame(t, build(t, frame.Trailer, exception(t, 12, "m"), "trpc-ret", "12", "trpc-func-ret", strconv.Itoa(int(code)))))
		err := trailer.Err(&s, 0)
		var biz *status.BizError
		rec := status.FromError(err)
		cause := status.FromError(rec.Cause)
		if errors.As(err, &biz) || rec.Partial == nil || rec.Partial.Code != code || cause.Code != 12 || !cause.Remote || !rec.Partial.Remote {
			t.Errorf("%+v: business error %v, want code %d beside", err, biz, code)
		}
	}
}

// TestPartial: what could be read of an illegal ending is kept as what was sent.
// No business error is made up where none was.
func TestPartial(t *testing.T) {
	boom := exception(t, 6, "boom")
	for _, c := range []struct {
		name    string
		payload string
		pairs   []string
		want    *status.Error
	}{
		{"exception contradicted", boom, []string{"trpc-ret", "7"}, &status.Error{Kind: status.Application, Code: 6, Message: "boom"}},
		{"exception beside no number", boom, []string{"trpc-func-ret", "x"}, &status.Error{Kind: status.Application, Code: 6, Message: "boom"}},
		{"exception of type 0", exception(t, 0, "boom"), []string{"trpc-ret", "7"}, &status.Error{Kind: status.Application, Message: "boom"}},
		{"exception without a message", exception(t, 6, ""), []string{"trpc-ret", "7"}, &status.Error{Kind: status.Application, Code: 6, Message: "unknown internal error"}},
		{"exception beside biz-status", boom, []string{"biz-status", "9", "biz-message", "m", "trpc-ret", "7"}, &status.Error{Kind: status.Application, Code: 6, Message: "boom"}},
		{"business contradicted", "", []string{"biz-status", "9", "biz-message", "m", "trpc-ret", "7"}, &status.Error{Kind: status.Business, Code: 9, Message: "m"}},
		{"business without a message", "", []string{"biz-status", "9", "trpc-func-ret", "7"}, &status.Error{Kind: status.Business, Code: 9}},
		{"biz-status", "", []string{"biz-status", "x", "biz-message", "m"}, &status.Error{Kind: status.Business, Message: "m"}},
		{"biz-status alone", "", []string{"biz-status", "x"}, nil},
		{"biz-extra", "", []string{"biz-status", "9", "biz-extra", "["}, &status.Error{Kind: status.Business, Code: 9}},
		{"success contradicted", "", []string{"biz-status", "0", "biz-message", "m", "trpc-ret", "7"}, nil},
		{"no exception", "x", []string{"biz-status", "9"}, nil},
	} {
		s, err := trailer.Parse(parseFrame(t, build(t, frame.Trailer, c.payload, c.pairs...)))
		if err == nil {
			t.Errorf("%s: legal", c.name)
		}
		if c.want != nil {
			c.want.Remote = true
		}
		user := trailer.Err(&s, 0)
		if diff := cmp.Diff(c.want, status.FromError(user).Partial); diff != "" {
			t.Errorf("%s: Partial (-want +got):\n%s", c.name, diff)
		}
		var biz *status.BizError
		if errors.As(user, &biz) || errors.Is(user, status.Application) {
			t.Errorf("%s: %v passes for what it is not", c.name, user)
		}
	}
}

// TestErrOfNoEnding: what is no ending is an error like any that cannot be read.
func TestErrOfNoEnding(t *testing.T) {
	for _, s := range []status.Status{{}, {Ending: 99}, {Ending: status.EndIllegal}, {Err: wire.ErrBizExtra}} {
		err := trailer.Err(&s, status.SideClient)
		if !errors.Is(err, status.IllegalFrame) || status.FromError(err).Partial != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	s := status.Status{Ending: status.EndIllegal, Err: wire.ErrContradiction, Ret: 7}
	if rec := status.FromError(trailer.Err(&s, 0)); rec.Code != 12004 && rec.Code != 12003 || rec.Partial == nil || rec.Partial.Code != 7 {
		t.Errorf("%+v: Partial is %v", s, rec.Partial)
	}
}

// TestErrWithoutPath: an rst without a path gives an error without one.
func TestErrWithoutPath(t *testing.T) {
	for _, path := range [][]byte{nil, {}} {
		s := status.Status{Ending: status.EndCanceled, Ret: 12007, CancelPath: path}
		if rec := status.FromError(trailer.Err(&s, 0)); rec.CancelPath != nil {
			t.Errorf("path %q", rec.CancelPath)
		}
	}
}

// TestErrOfPairs: a status that was made here, not parsed, gives the same error.
func TestErrOfPairs(t *testing.T) {
	s := trailer.StatusOf(status.NewBizWithExtra(7, "m", map[string]string{"k": "v"}))
	var biz *status.BizError
	if err := trailer.Err(&s, 0); !errors.As(err, &biz) || biz.Extra["k"] != "v" {
		t.Errorf("%v: %v", err, biz)
	}
	s = status.Status{Ending: status.EndBusiness, FuncRet: 7, Extra: []byte("[")}
	if err := trailer.Err(&s, 0); !errors.As(err, &biz) || biz.Extra != nil {
		t.Errorf("%v: %v", err, biz)
	}
}

// TestRemote (X10): the peer's word is marked as such; what we find is ours.
func TestRemote(t *testing.T) {
	for _, c := range []struct {
		raw    []byte
		remote bool
	}{
		{build(t, frame.Rst, exception(t, 12006, "x")), true},
		{build(t, frame.Rst, ""), false},
		{build(t, frame.Trailer, "", "biz-status", "7"), true},
		{build(t, frame.Trailer, "", "biz-status", "x"), false},
		{build(t, frame.Trailer, exception(t, 12006, "x")), false},
	} {
		s, _ := trailer.Parse(parseFrame(t, c.raw))
		err := trailer.Err(&s, 0)
		if rec := status.FromError(err); rec.Remote != c.remote {
			t.Errorf("%v: remote %v", err, rec.Remote)
		}
		if errors.Is(err, status.TransportClosing) && !status.FromError(err).Remote {
			t.Errorf("%v poses as our own finding", err)
		}
	}
}

// TestCancel: A -> B -> C ends as "A,B" at C (rule 8.4), and a name that cannot
// be carried does not keep the rst from going out.
func TestCancel(t *testing.T) {
	a := trailer.Cancel(status.Canceled, "stop", nil, "A")
	b := trailer.Cancel(status.Canceled, "stop", a.CancelPath, "B")
	out, err := trailer.AppendRst(nil, &bidi, &b)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := trailer.Parse(parseFrame(t, out))
	const want = "[ttstream error, code=12007] [server-side stream] [canceled path: A -> B] stop"
	if got := trailer.Err(&c, status.SideServer).Error(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	for _, name := range []string{"", "a,b", "a\n", strings.Repeat("x", wire.MaxLen16)} {
		s := trailer.Cancel(status.Canceled, "stop", a.CancelPath, name)
		if string(s.CancelPath) != "A" {
			t.Errorf("%.20q: path %.40q, want the one received", name, s.CancelPath)
		}
	}
}

func Example() {
	// A server's handler says that the balance is too low.
	s := trailer.StatusOf(status.NewBizWithExtra(10001, "insufficient user balance", map[string]string{"testKey": "testVal"}))
	buf, err := trailer.AppendTrailer(nil, &trailer.Stream{ID: 4, Method: "Pay", Protocol: 0x10}, &s, nil)
	if err != nil {
		fmt.Println(err)
	}

	// Its client reads the frame.
	var f frame.Frame
	if _, err := f.Parse(buf); err != nil {
		fmt.Println(err)
	}
	ending, err := trailer.Parse(&f)
	if err != nil {
		fmt.Println(err)
	}
	err = trailer.Err(&ending, status.SideClient)
	var biz *status.BizError
	if errors.As(err, &biz) {
		fmt.Println(biz.BizStatusCode(), biz.BizMessage(), biz.BizExtra()["testKey"])
	}
	fmt.Println(err)
	// Output:
	// 10001 insufficient user balance testVal
	// type:business, code:10001, msg:insufficient user balance
}
