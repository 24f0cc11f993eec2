package fuzz

import (
	"maps"
	"slices"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/plain"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// PlainFrame: frame.Frame.Parse and the second decoder, which is slow and
// written from docs/wire.md alone, give the same verdict on any bytes, at the
// same offset, under any limits, and read a legal frame alike.
func PlainFrame(t T, in []byte) {
	for i := range script.Limits {
		lim := &script.Limits[i]
		v := judge(in, lim)
		want, verdict := plain.ParseFrame(in, plainLimits(lim))
		samePlain(t, v.n, v.err, verdict, lim)
		if v.err == nil {
			readsPlain(t, &v.f, &want)
		}
	}
}

// plainLimits are limits as numbers that a frame can reach. It does not ask lim
// which are in force: what that says is compared as well.
func plainLimits(lim *wire.Limits) plain.Limits {
	return plain.Limits{
		Header: min(lim.MaxHeader, 262140), Payload: min(lim.MaxPayload, 0x3FFFFFFF), Pairs: lim.MaxPairs,
		Strict: lim.Strict, UnknownTypes: lim.UnknownTypes,
	}
}

// samePlain compares verdicts. Where the size of the frame is not known, the
// second decoder does not say how many bytes to come back with.
func samePlain(t T, n int, err error, want plain.Verdict, lim *wire.Limits) {
	t.Helper()
	reason := ""
	if code, ok := err.(wire.Code); ok {
		reason = code.Reason()
	}
	if reason != want.Reason || n != want.At && !(reason == "short" && want.At == 0) {
		t.Fatalf("%d, %q; by the document: %d, %q (%+v)", n, reason, want.At, want.Reason, lim)
	}
}

// readsPlain compares all that a frame says.
func readsPlain(t T, f *frame.Frame, want *plain.Frame) {
	t.Helper()
	var got plain.Frame
	if f.Type.Valid() {
		got.Type = '0' + byte(f.Type)
	}
	got.Flags, got.Stream, got.Protocol = uint16(f.Flags), f.StreamID, byte(f.Header.Protocol())
	got.Transforms, got.Payload = string(f.Header.Transforms()), string(f.Payload)
	for k, v := range f.Header.Ints() {
		got.Ints = append(got.Ints, plain.IntPair{Key: uint16(k), Value: string(v)})
	}
	for k, v := range f.Header.Strs() {
		got.Strs = append(got.Strs, plain.Pair{Key: string(k), Value: string(v)})
	}
	var method, token, key []byte
	method, got.HasMethod = f.Header.Method()
	token, got.HasToken = f.Header.Token()
	key, got.HasKey = f.Header.Str(header.KeyToken)
	got.Method, got.Token, got.TokenKey = string(method), string(token), string(key)
	ints, strs := slices.Equal(got.Ints, want.Ints), slices.Equal(got.Strs, want.Strs)
	a, b := got, *want
	a.Ints, a.Strs, b.Ints, b.Strs = nil, nil, nil, nil
	if !ints || !strs || a.Type != b.Type || a.Flags != b.Flags || a.Stream != b.Stream || a.Protocol != b.Protocol ||
		a.Transforms != b.Transforms || a.Payload != b.Payload || a.Method != b.Method || a.HasMethod != b.HasMethod ||
		a.Token != b.Token || a.HasToken != b.HasToken || a.TokenKey != b.TokenKey || a.HasKey != b.HasKey {
		t.Fatalf("read as %+v\nby the document %+v", got, *want)
	}
}

// PlainEnding: trailer.ParseInto and the second decoder come to the same ending
// of any frame, in each mode, and the user gets the same of it at each end.
func PlainEnding(t T, in []byte) {
	f := parsed(in)
	if f == nil || f.Type != frame.Trailer && f.Type != frame.Rst {
		return
	}
	model, _ := plain.ParseFrame(in, plainLimits(&wire.Limits{}))
	for _, m := range []trailer.Mode{{}, {Strict: true}, {Lenient: true}} {
		var s status.Status
		err := trailer.ParseInto(&s, f, m)
		var want plain.Status
		var verdict plain.Verdict
		if f.Type == frame.Rst {
			want = plain.ParseRst(model, m.Strict)
			unreadPlain(t, &s, f.Payload, m.Strict)
		} else {
			want, verdict = plain.ParseTrailer(model, m.Strict, m.Lenient)
			samePlain(t, s.Offset, err, verdict, nil)
		}
		endsPlain(t, &s, &want, verdict)
		for _, side := range []status.Side{status.SideClient, status.SideServer} {
			userPlain(t, status.FromError(trailer.Err(&s, side)), &want, verdict, side)
		}
	}
}

// unreadPlain compares why the exception of an rst cannot be read, which is no
// fault of the rst (rule 8.2).
func unreadPlain(t T, s *status.Status, payload []byte, strict bool) {
	t.Helper()
	var verdict plain.Verdict
	if len(payload) > 0 {
		_, verdict = plain.ParseException(payload, strict)
	}
	if verdict.Legal() {
		verdict = plain.Verdict{}
	}
	var err error
	if s.Err != 0 {
		err = s.Err
	}
	samePlain(t, s.Offset, err, verdict, nil)
}

// plainEndings are the second decoder's words for endings.
var plainEndings = map[status.Ending]string{
	status.EndOK: "well", status.EndBusiness: "business", status.EndFramework: "exception",
	status.EndCanceled: "reset", status.EndIllegal: "illegal",
}

// endsPlain compares all that a status says. What an illegal one keeps counts
// too.
func endsPlain(t T, s *status.Status, want *plain.Status, v plain.Verdict) {
	t.Helper()
	if plainEndings[s.Ending] != want.Ending || s.Ret != want.TypeID || s.FuncRet != want.Biz || s.NoDetail != want.Bare {
		t.Fatalf("%+v\nby the document %+v, %+v", s, want, v)
	}
	if string(s.Message) != want.Message {
		t.Fatalf("message %q, by the document %q", s.Message, want.Message)
	}
	var x trailer.Extra
	if _, err := x.Parse(s.Extra, false); err != nil || x.Null() != (want.Extra == nil) || !slices.Equal(plainMembers(&x), want.Extra) {
		t.Fatalf("extra %q, %v, by the document %q", s.Extra, err, want.Extra)
	}
	hops := []string{}
	for hop := range trailer.Path(s.CancelPath).Nodes() {
		hops = append(hops, string(hop))
	}
	if !slices.Equal(hops, want.Path) {
		t.Fatalf("path %q, by the document %q", hops, want.Path)
	}
}

func plainMembers(x *trailer.Extra) []plain.Pair {
	var all []plain.Pair
	for k, v := range x.All(nil) {
		all = append(all, plain.Pair{Key: string(k), Value: string(v)})
	}
	return all
}

// userPlain compares the user's error, nil if there is none, with what the user
// is to be told.
func userPlain(t T, e *status.Error, want *plain.Status, v plain.Verdict, side status.Side) {
	t.Helper()
	if e == nil {
		e = &status.Error{}
	}
	code := want.Code(v, side.String())
	said := plainUser{e.Code, e.Message}
	var by plainUser
	switch want.Ending {
	case "business", "reset":
		by = plainUser{code, want.Text}
	case "exception":
		said, by = userOf(e.Cause), plainUser{want.TypeID, want.Text}
	case "illegal":
		said, by = partOf(e.Partial, want)
	}
	if e.Code != code || said != by || !slices.Equal(e.CancelPath, want.Path) {
		t.Fatalf("the %v's user gets %+v, which says %+v; by the document code %d, %+v, path %q", side, e, said, code, by, want.Path)
	}
	members := want.Extra
	if !v.Legal() {
		members = nil // of an error that is our own finding
	}
	if (e.Extra == nil) != (members == nil) || !maps.Equal(e.Extra, plainMap(members)) {
		t.Fatalf("the %v's user gets extra %q, by the document %q", side, e.Extra, members)
	}
}

// plainUser is what a user is told in words.
type plainUser struct {
	code int32
	text string
}

func userOf(err error) plainUser {
	if e := status.FromError(err); e != nil {
		return plainUser{e.Code, e.Message}
	}
	return plainUser{}
}

// partOf is what is kept of an ending that cannot be read, here and by the
// document: an exception that trpc-* pairs contradict, or else the word of the
// business.
func partOf(e *status.Error, want *plain.Status) (said, by plainUser) {
	if e != nil {
		said = plainUser{e.Code, e.Message}
	}
	if e != nil && e.Kind == status.Application {
		return said, plainUser{want.TypeID, want.Text}
	}
	return said, plainUser{want.Biz, want.Message}
}

// plainMap is members as a map, in which the last of a key counts (rule 7.3).
func plainMap(members []plain.Pair) map[string]string {
	all := map[string]string{}
	for _, m := range members {
		all[m.Key] = m.Value
	}
	return all
}

// plainException compares an exception with what the second decoder reads.
func plainException(t T, in []byte, strict bool) {
	t.Helper()
	var e trailer.Exception
	n, err := e.Parse(in, strict)
	want, v := plain.ParseException(in, strict)
	samePlain(t, n, err, v, nil)
	if err == nil && (string(e.Method) != want.Method || e.Seq != want.Seq || e.TypeID != want.TypeID || string(e.Message) != want.Message ||
		string(e.AppendText(nil)) != want.Text()) {
		t.Fatalf("%+v\nby the document %+v", &e, want)
	}
}

// plainExtra compares a biz-extra with what the second decoder reads.
func plainExtra(t T, in []byte, strict bool) {
	t.Helper()
	var x trailer.Extra
	n, err := x.Parse(in, strict)
	want, v := plain.ParseExtra(string(in), strict)
	samePlain(t, n, err, v, nil)
	if err != nil {
		return
	}
	if got := plainMembers(&x); !slices.Equal(got, want) || x.Null() != (want == nil) {
		t.Fatalf("members %q, by the document %q", got, want)
	}
}
