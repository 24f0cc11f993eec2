package fuzz

import (
	"bytes"
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Trailer: trailer.Parse over any frame. What it reads of an ending can be
// appended and is read again as the same; an error never reads as success,
// neither whole nor cut; and strict only refuses more.
func Trailer(t T, in []byte) {
	var f frame.Frame
	if n, err := f.Parse(in); err != nil || n != len(in) {
		return
	}
	s, err := trailer.Parse(&f)
	if f.Type != frame.Trailer && f.Type != frame.Rst {
		if err != wire.ErrNotStatus {
			t.Fatalf("a %v frame is an ending: %v", f.Type, err)
		}
		return
	}
	isEnding(t, &s, err)
	if s.Ending == status.EndOK && saysError(&f) {
		t.Fatalf("an error reads as success: %q, payload %q", pairsOf(&f.Header), f.Payload)
	}
	for _, v := range [][]byte{s.Message, s.Extra, s.CancelPath} {
		isWindow(t, in, v)
	}
	endingStrict(t, &f, &s)
	endingCut(t, f)
	endingAgain(t, &f, &s)
	allocates(t, in, 0, 0, func() { trailer.Parse(&f) })
	inTime(t, in, 1, func([]byte) { trailer.Parse(&f) })
}

// saysError reports whether a frame says that something is wrong, in any of the
// places in which it can.
func saysError(f *frame.Frame) bool {
	if f.Type == frame.Rst || len(f.Payload) > 0 {
		return true
	}
	for _, key := range []string{header.KeyBizStatus, header.KeyTRPCRet, header.KeyTRPCFuncRet} {
		if v, ok := f.Header.Str(key); ok {
			if code, err := strconv.ParseInt(string(v), 10, 32); err != nil || code != 0 {
				return true
			}
		}
	}
	return false
}

// endingStrict: what strict reads, it reads as the default does; what the
// default refuses, so does strict.
func endingStrict(t T, f *frame.Frame, s *status.Status) {
	t.Helper()
	var strict status.Status
	err := trailer.ParseInto(&strict, f, trailer.Mode{Strict: true})
	isEnding(t, &strict, err)
	if s.Ending == status.EndIllegal && err == nil {
		t.Fatalf("strict reads what is %v otherwise: %+v", s.Err, strict)
	}
	if err == nil && !strict.NoDetail {
		sameStatus(t, s, &strict)
	}
	var lenient status.Status
	if err := trailer.ParseInto(&lenient, f, trailer.Mode{Lenient: true}); err == nil && s.Ending != status.EndIllegal {
		sameStatus(t, s, &lenient)
	}
}

// endingCut: a trailer whose exception is cut anywhere is never a success.
func endingCut(t T, f frame.Frame) {
	t.Helper()
	payload := f.Payload
	for i := range cuts(len(payload)) {
		f.Payload = payload[:i:i]
		if s, _ := trailer.Parse(&f); i > 0 && s.Ending == status.EndOK {
			t.Fatalf("%d of %d bytes of payload read as success", i, len(payload))
		}
	}
}

// endingAgain: what was read can be written, and is then read as the same.
func endingAgain(t T, f *frame.Frame, s *status.Status) {
	t.Helper()
	if s.Ending == status.EndIllegal {
		return
	}
	st := trailer.Stream{ID: f.StreamID, Method: string(f.Method()), Protocol: f.Header.Protocol()}
	out, err := appendEnding(t, f.Type, &st, s, nil)
	if err != nil {
		t.Fatalf("%+v cannot be written: %v", s, err)
	}
	g := judge(out, &frame.Limits{})
	again, parseErr := trailer.Parse(&g.f)
	if g.err != nil || parseErr != nil {
		t.Fatalf("%+v is written and then read: %v, %v", s, g.err, parseErr)
	}
	sameStatus(t, s, &again)
}

func appendEnding(t T, typ frame.Type, st *trailer.Stream, s *status.Status, user []status.Pair) ([]byte, error) {
	t.Helper()
	return appended(t, func(dst []byte) ([]byte, error) {
		if typ == frame.Rst {
			return trailer.AppendRst(dst, st, s)
		}
		return trailer.AppendTrailer(dst, st, s, user)
	})
}

// sameStatus compares what an ending says. An unreadable exception is said as
// none, and an empty path is none.
func sameStatus(t T, a, b *status.Status) {
	t.Helper()
	if a.Ending != b.Ending || a.Ret != b.Ret || a.FuncRet != b.FuncRet || a.NoDetail != b.NoDetail ||
		!bytes.Equal(a.Message, b.Message) || !bytes.Equal(a.CancelPath, b.CancelPath) ||
		(a.Extra == nil) != (b.Extra == nil) || !bytes.Equal(a.Extra, b.Extra) {
		t.Fatalf("status %+v\nis not %+v", a, b)
	}
}

// Status: any status and user's pairs to trailer.AppendTrailer and AppendRst.
// What they write is a frame within the limits that says the same, to a strict
// reader too where the limits are strict, and what a frame can say they do not
// refuse. Of a cancel path an rst says as many of the first hops as fit.
func Status(t T, in []byte) {
	e := script.NewReader(in).Ending()
	lim := &script.Limits[e.Limits]
	e.Stream.Limits = lim
	out, err := appendEnding(t, e.Type, &e.Stream, &e.Status, e.User)
	if err != nil {
		if canBeSaid(&e) {
			t.Fatalf("%v, but this can be said: %+v", err, e)
		}
		return
	}
	v := judge(out, lim)
	if v.err != nil || v.n != len(out) || v.f.Type != e.Type || v.f.StreamID != e.Stream.ID || string(v.f.Method()) != e.Stream.Method {
		t.Fatalf("%+v is written as %d bytes, and read: %d, %v, %v %d", e, len(out), v.n, v.err, v.f.Type, v.f.StreamID)
	}
	var got status.Status
	if err := trailer.ParseInto(&got, &v.f, trailer.Mode{Strict: lim.Strict}); err != nil {
		t.Fatalf("%+v is written, and read: %v", e.Status, err)
	}
	want := e.Status
	if isCut(want.CancelPath, got.CancelPath) && len(v.f.Header.Bytes())+12+len(want.CancelPath)-len(got.CancelPath) > lim.Header() {
		want.CancelPath = got.CancelPath
	}
	if e.Type == frame.Trailer { // which says nothing of these
		want.NoDetail, want.CancelPath = false, nil
	}
	if want.Pairs != nil {
		samePairsSaid(t, want.Pairs, got.Extra)
		want.Extra = got.Extra
	}
	sameStatus(t, &want, &got)
	if e.Type == frame.Trailer {
		userFirst(t, &v.f, e.User)
	}
}

// isCut reports whether part is a whole number of the first hops of path, and
// not all of them.
func isCut(path, part []byte) bool {
	return bytes.HasPrefix(path, part) && len(part) < len(path) && (len(part) == 0 || path[len(part)] == ',')
}

// samePairsSaid: the members of biz-extra are the pairs, in their order; what
// is not UTF-8 in them is U+FFFD.
func samePairsSaid(t T, want []status.Pair, extra []byte) {
	t.Helper()
	var x trailer.Extra
	if _, err := x.Parse(extra, false); err != nil || x.Len() != len(want) {
		t.Fatalf("%d pairs are written as %q, %v", len(want), extra, err)
	}
	i := 0
	for k, v := range x.All(nil) {
		if string(k) != string([]rune(want[i].Key)) || string(v) != string([]rune(want[i].Value)) {
			t.Fatalf("pair %d is %q: %q, want %q", i, k, v, want[i])
		}
		i++
	}
}

// userFirst: the user's own pairs stand first, in their order.
func userFirst(t T, f *frame.Frame, user []status.Pair) {
	t.Helper()
	i := 0
	for k, v := range f.Header.Strs() {
		if i == len(user) {
			return
		}
		if string(k) != user[i].Key || string(v) != user[i].Value {
			t.Fatalf("user's pair %d is %q: %q, want %q", i, k, v, user[i])
		}
		i++
	}
	if i != len(user) {
		t.Fatalf("%d of the user's %d pairs", i, len(user))
	}
}

// canBeSaid reports whether an ending is surely one that must not be refused:
// small, with the default limits, and by what the comments of status.Status say.
func canBeSaid(e *script.Ending) bool {
	s := &e.Status
	size := len(s.Message) + len(s.CancelPath) + len(s.Extra) + len(e.Stream.Method)
	for _, p := range append(e.User, s.Pairs...) {
		size += 6 * (len(p.Key) + len(p.Value))
	}
	if e.Limits != 0 || e.Stream.ID == 0 || !e.Stream.Protocol.Valid() || size > 4096 || len(e.User) > 900 {
		return false
	}
	for _, p := range e.User {
		switch p.Key {
		case "biz-status", "biz-message", "biz-extra", "trpc-ret", "trpc-func-ret", "trpc-error-msg":
			return false
		}
	}
	extra := s.Extra != nil || s.Pairs != nil
	var x trailer.Extra
	_, illegal := x.Parse(s.Extra, false)
	switch s.Ending {
	case status.EndOK:
		return e.Type == frame.Trailer && s.Ret == 0 && s.FuncRet == 0 && s.Message == nil && !extra && !s.NoDetail
	case status.EndBusiness:
		return e.Type == frame.Trailer && s.Ret == 0 && s.FuncRet != 0 && (s.Pairs != nil || illegal == nil) && !s.NoDetail
	case status.EndFramework:
		return e.Type == frame.Trailer && !extra && !s.NoDetail
	case status.EndCanceled:
		return e.Type == frame.Rst && s.FuncRet == 0 && !extra && (!s.NoDetail || s.Ret == 0 && s.Message == nil)
	}
	return false
}
