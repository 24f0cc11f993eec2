package fuzz

import (
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// BizStatus: a biz-status is read as strconv reads an int32 in base 10, and
// what it cannot read is 12003 and never success (rule 6.3). The same for both
// trpc-* codes, which must agree with it (rule 6.6).
func BizStatus(t T, in []byte) {
	if len(in) > wire.MaxLen16 {
		return
	}
	code, err := strconv.ParseInt(string(in), 10, 32)
	f := trailerOf(t, header.KeyBizStatus, in, header.KeyBizMessage, []byte("m"))
	want := status.Status{Ending: status.EndBusiness, FuncRet: int32(code), Message: []byte("m")}
	switch {
	case err != nil:
		want = status.Status{Ending: status.EndIllegal, Err: wire.ErrBizStatus, Message: []byte("m")}
	case code == 0:
		want = status.Status{Ending: status.EndOK}
	}
	isStatus(t, f, trailer.Mode{}, want)
	isStatus(t, f, trailer.Mode{Strict: true}, want)
	if err != nil {
		want = status.Status{Ending: status.EndOK} // rule 6.5: what a live client makes of it
	}
	isStatus(t, f, trailer.Mode{Lenient: true}, want)
	var s status.Status
	allocates(t, in, 0, 0, func() { trailer.ParseInto(&s, f, trailer.Mode{}) })
	inTime(t, in, 1, func([]byte) { trailer.ParseInto(&s, f, trailer.Mode{}) })
	trpcCode(t, in, header.KeyTRPCRet, code, err)
	trpcCode(t, in, header.KeyTRPCFuncRet, code, err)
	if err == nil {
		again := trailerOf(t, header.KeyBizStatus, strconv.AppendInt(nil, code, 10))
		if s, _ := trailer.Parse(again); int64(s.FuncRet) != code {
			t.Fatalf("%d reads as %+v", code, s)
		}
	}
}

// trpcCode: one of the codes in a trailer that ended well otherwise.
func trpcCode(t T, in []byte, key string, code int64, err error) {
	t.Helper()
	want := status.Status{Ending: status.EndOK}
	switch {
	case err != nil:
		want = status.Status{Ending: status.EndIllegal, Err: wire.ErrTRPCCode}
	case code != 0:
		want = status.Status{Ending: status.EndIllegal, Err: wire.ErrContradiction}
	}
	f := trailerOf(t, key, in)
	isStatus(t, f, trailer.Mode{}, want)
	isStatus(t, f, trailer.Mode{Lenient: true}, want)
}

// trailerOf is a trailer frame with these string pairs.
func trailerOf(t T, pairs ...any) *frame.Frame {
	t.Helper()
	b := frame.Begin(nil, frame.Trailer, 1, header.ThriftStruct)
	for i := 0; i < len(pairs); i += 2 {
		b.StrBytes([]byte(pairs[i].(string)), pairs[i+1].([]byte))
	}
	in, err := b.Finish(nil)
	f := new(frame.Frame)
	if n, parseErr := f.Parse(in); err != nil || parseErr != nil || n != len(in) {
		t.Fatalf("a trailer: %v, parsed: %d, %v", err, n, parseErr)
	}
	return f
}

// isStatus asserts what a trailer comes to, and what its user gets.
func isStatus(t T, f *frame.Frame, m trailer.Mode, want status.Status) {
	t.Helper()
	var got status.Status
	err := trailer.ParseInto(&got, f, m)
	if got.Ending != want.Ending || got.Ret != want.Ret || got.FuncRet != want.FuncRet || got.Err != want.Err ||
		got.Offset != want.Offset || string(got.Message) != string(want.Message) {
		t.Fatalf("%+v, mode %+v, status %+v\nwant %+v", pairsOf(&f.Header), m, got, want)
	}
	isEnding(t, &got, err)
}

// isEnding asserts what holds for every status that was read: the error of
// Parse is in it, and nothing but a good end is no error to the user.
func isEnding(t T, s *status.Status, err error) {
	t.Helper()
	if (s.Ending == status.EndIllegal) != (err != nil) || err != nil && err != s.Err {
		t.Fatalf("Parse gives %v with ending %v, Err %v", err, s.Ending, s.Err)
	}
	for _, side := range []status.Side{status.SideClient, status.SideServer} {
		user := trailer.Err(s, side)
		if (user == nil) != (s.Ending == status.EndOK) {
			t.Fatalf("%v is %v to the user", s.Ending, user)
		}
		if user != nil {
			isUserError(t, user)
		}
	}
}

// isUserError asserts that an error's text can be printed and read back.
func isUserError(t T, err error) {
	t.Helper()
	e := status.FromError(err)
	text := err.Error()
	if e == nil || !printable(text) {
		t.Fatalf("%T: text %q", err, text)
		return
	}
	if got, ok := status.ParseText(text); e.Kind != status.Application && (!ok || got.Error() != text) {
		t.Fatalf("text %q\nreads as %+v", text, got)
	}
}
