package trailer_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// TestAppendRefuses: what a reader could not be given, or would take for
// something else, is refused, and dst comes back as it was.
func TestAppendRefuses(t *testing.T) {
	long := strings.Repeat("x", wire.MaxLen16+1)
	bizOf := func(f func(*status.Status)) status.Status {
		s := status.Status{Ending: status.EndBusiness, FuncRet: 9}
		f(&s)
		return s
	}
	for _, c := range []struct {
		name string
		s    status.Status
		user []status.Pair
		want wire.Code
	}{
		{"zero", status.Status{}, nil, wire.ErrNotStatus},
		{"illegal", status.Status{Ending: status.EndIllegal}, nil, wire.ErrNotStatus},
		{"canceled", status.Status{Ending: status.EndCanceled}, nil, wire.ErrNotStatus},
		{"ok-with-ret", status.Status{Ending: status.EndOK, Ret: 1}, nil, wire.ErrNotStatus},
		{"ok-with-func-ret", status.Status{Ending: status.EndOK, FuncRet: 1}, nil, wire.ErrNotStatus},
		{"ok-with-message", status.Status{Ending: status.EndOK, Message: []byte("m")}, nil, wire.ErrNotStatus},
		{"ok-with-pairs", status.Status{Ending: status.EndOK, Pairs: []status.Pair{}}, nil, wire.ErrNotStatus},
		{"ok-with-extra", status.Status{Ending: status.EndOK, Extra: []byte{}}, nil, wire.ErrNotStatus},
		{"business-0", bizOf(func(s *status.Status) { s.FuncRet = 0 }), nil, wire.ErrNotStatus},
		{"business-with-ret", bizOf(func(s *status.Status) { s.Ret = 1 }), nil, wire.ErrNotStatus},
		{"framework-with-extra", status.Status{Ending: status.EndFramework, Extra: []byte("{}")}, nil, wire.ErrNotStatus},
		{"B10/message", bizOf(func(s *status.Status) { s.Message = []byte(long) }), nil, wire.ErrLongMessage},
		{"B10/extra", bizOf(func(s *status.Status) { s.Extra = []byte(long) }), nil, wire.ErrLongExtra},
		{"B10/pairs", bizOf(func(s *status.Status) { s.Pairs = []status.Pair{{Key: "k", Value: long}} }), nil, wire.ErrLongExtra},
		{"bad-extra", bizOf(func(s *status.Status) { s.Extra = []byte("[]") }), nil, wire.ErrBizExtra},
		{"user-key", status.Status{Ending: status.EndOK}, []status.Pair{{Key: "biz-status", Value: "0"}}, wire.ErrReservedKey},
		{"user-value", status.Status{Ending: status.EndOK}, []status.Pair{{Key: "k", Value: long}}, wire.ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			refuses(t, c.want, func(dst []byte) ([]byte, error) {
				return trailer.AppendTrailer(dst, &bidi, &c.s, c.user)
			})
		})
	}
	for _, c := range []struct {
		name string
		s    status.Status
		want wire.Code
	}{
		{"rst/ok", status.Status{Ending: status.EndOK}, wire.ErrNotStatus},
		{"rst/func-ret", status.Status{Ending: status.EndCanceled, FuncRet: 1}, wire.ErrNotStatus},
		{"rst/pairs", status.Status{Ending: status.EndCanceled, Pairs: []status.Pair{}}, wire.ErrNotStatus},
		{"rst/extra", status.Status{Ending: status.EndCanceled, Extra: []byte{}}, wire.ErrNotStatus},
		{"rst/no-detail-but", status.Status{Ending: status.EndCanceled, NoDetail: true, Ret: 1}, wire.ErrNotStatus},
		{"rst/long-path", status.Status{Ending: status.EndCanceled, CancelPath: []byte(long)}, wire.ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			refuses(t, c.want, func(dst []byte) ([]byte, error) { return trailer.AppendRst(dst, &bidi, &c.s) })
		})
	}
}

func refuses(t *testing.T, want wire.Code, appendTo func([]byte) ([]byte, error)) {
	t.Helper()
	dst := []byte("before")
	out, err := appendTo(dst)
	if err != want || !errors.Is(err, wire.ErrRefused) && !errors.Is(err, wire.ErrIllegalBiz) {
		t.Errorf("err %v, want %v", err, want)
	}
	if len(out) != len(dst) || &out[0] != &dst[0] || string(out) != "before" {
		t.Errorf("dst came back as %q", out)
	}
}

// TestAppendAtLimit: what is as long as a pair can hold goes out whole.
func TestAppendAtLimit(t *testing.T) {
	long := strings.Repeat("x", wire.MaxLen16)
	for name, s := range map[string]status.Status{
		"message": {Ending: status.EndBusiness, FuncRet: 9, Message: []byte(long)},
		"extra":   {Ending: status.EndBusiness, FuncRet: 9, Extra: []byte(`{"k":"` + long[8:] + `"}`)},
		"pairs":   {Ending: status.EndBusiness, FuncRet: 9, Pairs: []status.Pair{{Key: "k", Value: long[8:]}}},
		"both":    {Ending: status.EndFramework, Ret: 6, FuncRet: 9, Message: []byte(long)},
	} {
		out, err := trailer.AppendTrailer(nil, &bidi, &s, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f := parseFrame(t, out)
		got, err := trailer.Parse(f)
		extra, _ := f.Header.Str(header.KeyBizExtra)
		if err != nil || !bytes.Equal(got.Message, s.Message) || (s.Extra != nil || s.Pairs != nil) != (len(extra) == wire.MaxLen16) {
			t.Errorf("%s: %d bytes of message, %d of extra, %v", name, len(got.Message), len(extra), err)
		}
		if msg, _ := f.Header.Str(header.KeyTRPCErrorMsg); s.Ret != 0 && !bytes.Equal(msg, s.Message) {
			t.Errorf("%s: %d bytes of trpc-error-msg", name, len(msg))
		}
	}
}

// TestAppendExtra: an Extra goes out as it stands, unless there are Pairs.
func TestAppendExtra(t *testing.T) {
	for _, c := range []struct {
		extra string
		pairs []status.Pair
		want  string
	}{
		{` { "a" : "\u0062" } `, nil, ` { "a" : "\u0062" } `}, {"null", nil, "null"},
		{"[", []status.Pair{{Key: "k", Value: "v"}}, `{"k":"v"}`}, {"[", []status.Pair{}, "{}"},
	} {
		s := status.Status{Ending: status.EndBusiness, FuncRet: 9, Extra: []byte(c.extra), Pairs: c.pairs}
		out, err := trailer.AppendTrailer(nil, &bidi, &s, nil)
		if err != nil {
			t.Errorf("%s, %v: %v", c.extra, c.pairs, err)
			continue
		}
		if got, _ := parseFrame(t, out).Header.Str(header.KeyBizExtra); string(got) != c.want {
			t.Errorf("%s, %v: goes out as %s, want %s", c.extra, c.pairs, got, c.want)
		}
	}
}

// TestAppendAll: every ending goes out with its method, and both codes with all
// three trpc-* pairs (rules 4.2, 6.6).
func TestAppendAll(t *testing.T) {
	for name, c := range map[string]struct {
		typ  frame.Type
		s    status.Status
		trpc string
	}{
		"well":           {frame.Trailer, status.Status{Ending: status.EndOK}, ""},
		"business":       {frame.Trailer, status.Status{Ending: status.EndBusiness, FuncRet: 9}, ""},
		"framework":      {frame.Trailer, status.Status{Ending: status.EndFramework, Ret: 6, Message: []byte("m")}, ""},
		"both":           {frame.Trailer, status.Status{Ending: status.EndFramework, Ret: -6, FuncRet: 9, Message: []byte("m")}, "-6 9 m"},
		"rst":            {frame.Rst, status.Status{Ending: status.EndCanceled, Ret: 12007}, ""},
		"rst, no detail": {frame.Rst, status.Status{Ending: status.EndCanceled, NoDetail: true}, ""},
	} {
		out, err := appendAs(c.typ, nil, &bidi, &c.s)
		if err != nil {
			t.Fatal(err)
		}
		f := parseFrame(t, out)
		var trpc []string
		for _, k := range []string{header.KeyTRPCRet, header.KeyTRPCFuncRet, header.KeyTRPCErrorMsg} {
			if v, ok := f.Header.Str(k); ok {
				trpc = append(trpc, string(v))
			}
		}
		if string(f.Method()) != bidi.Method || strings.Join(trpc, " ") != c.trpc {
			t.Errorf("%s: method %q, trpc-* pairs %q", name, f.Method(), trpc)
		}
	}
}

// TestAppendLimits: the stream's limits are those of the frame, and an exception
// over them is refused.
func TestAppendLimits(t *testing.T) {
	st := bidi
	st.Limits = &wire.Limits{MaxPayload: 30}
	s := status.Status{Ending: status.EndFramework, Message: []byte("much too long")}
	refuses(t, wire.ErrPayloadTooLarge, func(dst []byte) ([]byte, error) { return trailer.AppendTrailer(dst, &st, &s, nil) })
}

// TestAppendRstCutsPath (P-6): a path that does not fit into the header does not
// keep the rst from going out. It goes out with the first hops, as many as fit.
func TestAppendRstCutsPath(t *testing.T) {
	whole := []byte(",A,Bcd,,E" + strings.Repeat(",hop", 30))
	for _, detail := range []bool{true, false} {
		for size := 32; size < 200; size++ {
			st := bidi
			st.Limits = &wire.Limits{MaxHeader: size, MaxPairs: 3}
			s := status.Status{Ending: status.EndCanceled, NoDetail: !detail, CancelPath: whole}
			if detail {
				s.Ret, s.Message = 12007, []byte("stop")
			}
			got := rstWithin(t, &st, &s)
			if !bytes.HasPrefix(whole, got) || len(got) < len(whole) && whole[len(got)] != ',' {
				t.Fatalf("header of %d bytes: path %q", size, got)
			}
			more := len(got) + 1 + bytes.IndexByte(append(whole[min(len(got)+1, len(whole)):], ','), ',')
			if len(got) < len(whole) && fitsPath(&st, whole[:more]) {
				t.Errorf("header of %d bytes: path %q, but %q fits", size, got, whole[:more])
			}
		}
	}
	st := bidi
	st.Limits = &wire.Limits{MaxPairs: 2}
	s := trailer.Cancel(status.Canceled, "stop", []byte("A"), "B")
	if got := rstWithin(t, &st, &s); len(got) != 0 {
		t.Errorf("path %q in a header of two pairs", got)
	}
	st.Limits = &wire.Limits{MaxHeader: 16}
	refuses(t, wire.ErrHeaderTooLarge, func(dst []byte) ([]byte, error) { return trailer.AppendRst(dst, &st, &s) })
}

// rstWithin is the path that a peer with the stream's limits reads from an rst
// that says s; all else must be as in s.
func rstWithin(t *testing.T, st *trailer.Stream, s *status.Status) []byte {
	t.Helper()
	out, err := trailer.AppendRst(nil, st, s)
	if err != nil {
		t.Fatal(err)
	}
	var f frame.Frame
	if _, err := f.ParseWithin(out, st.Limits); err != nil {
		t.Fatal(err)
	}
	got, _ := trailer.Parse(&f)
	want := *s
	want.CancelPath = got.CancelPath
	if diff := difference(&want, &got); diff != "" {
		t.Error(diff)
	}
	return got.CancelPath
}

// fitsPath asks the Builder whether an rst can have this path.
func fitsPath(st *trailer.Stream, path []byte) bool {
	b := frame.BeginWithin(nil, frame.Rst, st.ID, st.Protocol, st.Limits)
	b.StrBytes([]byte(header.KeyCancelPath), path)
	b.Method(st.Method)
	_, err := b.Finish(nil)
	return err == nil
}

// TestAppendRstOwnHop (P-6): with a lowered header limit a path that came in is
// passed on without the own name where only that does not fit.
func TestAppendRstOwnHop(t *testing.T) {
	st := trailer.Stream{ID: 1, Method: strings.Repeat("m", 100), Protocol: header.ThriftStruct, Limits: &wire.Limits{MaxHeader: 65536}}
	received := []byte(strings.Repeat("hop,", 16360) + "z")
	s := trailer.Cancel(status.Canceled, "stop", received, strings.Repeat("B", 60))
	if got := rstWithin(t, &st, &s); string(got) != string(received[:len(got)]) || len(got) < len(received)-120 {
		t.Errorf("%d bytes of path, received %d", len(got), len(received))
	}
	st.Method = "M"
	s = trailer.Cancel(status.Canceled, "stop", received, strings.Repeat("B", 80))
	if got := rstWithin(t, &st, &s); string(got) != string(received) {
		t.Errorf("%d bytes of path, received %d", len(got), len(received))
	}
}

// TestAppendStrict: what a strict reader refuses a strict writer does not write.
func TestAppendStrict(t *testing.T) {
	many := []status.Pair{}
	for i := range 20 {
		many = append(many, status.Pair{Key: strconv.Itoa(i % 19)})
	}
	for _, c := range []struct {
		name  string
		pairs []status.Pair
		extra string
		want  wire.Code
	}{
		{"B14/pairs", []status.Pair{{Key: "a"}, {Key: "a"}}, "", wire.ErrBizDuplicate},
		{"B14/many-pairs", many, "", wire.ErrBizDuplicate},
		{"B14/pairs-same-once-utf8", []status.Pair{{Key: "\xff"}, {Key: "\xfe"}}, "", wire.ErrBizDuplicate},
		{"B14/extra", nil, `{"a":"","\u0061":""}`, wire.ErrBizDuplicate},
		{"B15/extra", nil, "{\"a\":\"\xff\"}", wire.ErrBizUTF8},
		{"B15/surrogate", nil, `{"a":"\ud800"}`, wire.ErrBizUTF8},
		{"bad-extra", nil, `{"a":1}`, wire.ErrBizExtra},
	} {
		st := bidi
		s := status.Status{Ending: status.EndBusiness, FuncRet: 9, Pairs: c.pairs, Extra: []byte(c.extra)}
		st.Limits = &wire.Limits{Strict: true}
		refuses(t, c.want, func(dst []byte) ([]byte, error) { return trailer.AppendTrailer(dst, &st, &s, nil) })
		if c.want == wire.ErrBizExtra {
			continue
		}
		if _, err := trailer.AppendTrailer(nil, &bidi, &s, nil); err != nil {
			t.Errorf("%s: refused without strict limits: %v", c.name, err)
		}
	}
}

// TestAppendStrictPairs: pairs that nobody refuses go out as without strict limits.
func TestAppendStrictPairs(t *testing.T) {
	s := status.Status{Ending: status.EndBusiness, FuncRet: 9, Pairs: []status.Pair{{Key: "a", Value: "b"}, {Key: "c"}}}
	loose, err := trailer.AppendTrailer(nil, &bidi, &s, nil)
	st := bidi
	st.Limits = &wire.Limits{Strict: true}
	strict, err2 := trailer.AppendTrailer(nil, &st, &s, nil)
	if err != nil || err2 != nil || !bytes.Equal(strict, loose) || !bytes.Contains(strict, []byte(`{"a":"b","c":""}`)) {
		t.Errorf("%q, %v; strict %q, %v", loose, err, strict, err2)
	}
}

// TestStrictAgrees: what is written within strict limits, a strict parser with
// those limits accepts, and it is what is written within the same limits that are
// not strict.
func TestStrictAgrees(t *testing.T) {
	pair := rapid.Custom(func(t *rapid.T) status.Pair {
		return status.Pair{Key: rapid.StringOfN(rapid.RuneFrom([]rune("abcdef")), 0, 2, -1).Draw(t, "key") + rapid.SampledFrom([]string{"", "\xff", "\xed\xa0\x80"}).Draw(t, "tail"), Value: utf8s.Draw(t, "value")}
	})
	extra := rapid.SampledFrom([]string{"", "null", "{}", `{"a":"b"}`, `{"a":"b","a":"c"}`, `{"a":null,"b":"\ud800"}`, "{\"\xff\":\"\"}", `{"a":"\ud83d\ude00"} `})
	refused, written := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom([]frame.Type{frame.Trailer, frame.Trailer, frame.Rst}).Draw(t, "type")
		s := statuses(typ).Draw(t, "status")
		if s.Ending == status.EndBusiness {
			s.Pairs, s.Extra = nil, []byte(extra.Draw(t, "extra"))
			if rapid.Bool().Draw(t, "as pairs") {
				s.Pairs = rapid.SliceOfN(pair, 0, rapid.SampledFrom([]int{1, 3, 12}).Draw(t, "most pairs")).Draw(t, "pairs")
			}
		}
		st := bidi
		st.Limits = &wire.Limits{Strict: true, MaxHeader: rapid.IntRange(32, 300).Draw(t, "header"), MaxPairs: rapid.IntRange(2, 8).Draw(t, "pairs of a frame")}
		out, err := appendAs(typ, nil, &st, &s)
		if err != nil {
			refused++
			return
		}
		written++
		loose, lim := bidi, *st.Limits
		lim.Strict, loose.Limits = false, &lim
		if also, err := appendAs(typ, nil, &loose, &s); err != nil || !bytes.Equal(also, out) {
			t.Fatalf("%+v is written as %q, %v; strict %q", s, also, err, out)
		}
		var f frame.Frame
		if _, err := f.ParseWithin(out, st.Limits); err != nil {
			t.Fatal(err)
		}
		var got status.Status
		if err := trailer.ParseInto(&got, &f, trailer.Mode{Strict: true}); err != nil || got.Ending != s.Ending {
			t.Fatalf("%+v reads as %v, %v", s, got.Ending, err)
		}
	})
	if refused == 0 || written == 0 {
		t.Errorf("%d refused, %d written", refused, written)
	}
}

// TestAppendLongErrorMsg: trpc-error-msg is left out where no pair can hold it,
// since the exception has it.
func TestAppendLongErrorMsg(t *testing.T) {
	s := status.Status{Ending: status.EndFramework, Ret: 6, FuncRet: 9, Message: bytes.Repeat([]byte("x"), wire.MaxLen16+1)}
	out, err := trailer.AppendTrailer(nil, &bidi, &s, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := parseFrame(t, out)
	got, err := trailer.Parse(f)
	if _, there := f.Header.Str(header.KeyTRPCErrorMsg); there || err != nil || got.FuncRet != 9 || len(got.Message) != len(s.Message) {
		t.Errorf("%v, %d bytes of message, %v", got.FuncRet, len(got.Message), err)
	}
}

// TestAppendTrailerBytes: the bytes are those that a live peer writes, with the
// pairs in the order given.
func TestAppendTrailerBytes(t *testing.T) {
	all := frames(t, "end-bizextra.s2c.bin")
	recorded, err := all[len(all)-1].AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	st := trailer.Stream{ID: 4, Method: "Bidi", Protocol: header.ThriftStruct}
	s := status.Status{
		Ending: status.EndBusiness, FuncRet: 10001, Message: []byte("insufficient user balance"),
		Pairs: []status.Pair{{Key: "testKey", Value: "testVal"}},
	}
	got, err := trailer.AppendTrailer(nil, &st, &s, []status.Pair{{Key: "server-trailer", Value: "tv"}})
	if err != nil || len(got) != len(recorded) {
		t.Fatalf("%d bytes, %v; the recorded trailer has %d", len(got), err, len(recorded))
	}
	g, _ := trailer.Parse(parseFrame(t, got))
	if string(g.Extra) != `{"testKey":"testVal"}` {
		t.Errorf("extra %s", g.Extra)
	}
}

var (
	texts = rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte(`,"\<{}`))), 0, 40)
	utf8s = rapid.StringN(0, 12, -1)
)

// statuses generates what a trailer or rst can carry, as Parse gives it back.
func statuses(typ frame.Type) *rapid.Generator[status.Status] {
	if typ == frame.Rst {
		return testgen.Cancels()
	}
	return testgen.Statuses()
}

// TestStatusRoundTrip: a status appended as a frame parses to the same status,
// and the same status gives the same bytes.
func TestStatusRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom([]frame.Type{frame.Trailer, frame.Rst}).Draw(t, "type")
		s := statuses(typ).Draw(t, "status")
		st := trailer.Stream{ID: 7, Method: utf8s.Draw(t, "method"), Protocol: header.ThriftStruct}
		out, err := appendAs(typ, nil, &st, &s)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := appendAs(typ, nil, &st, &s); !bytes.Equal(out, again) {
			t.Fatal("the same status gave other bytes")
		}
		var f frame.Frame
		if n, err := f.Parse(out); err != nil || n != len(out) {
			t.Fatalf("Parse = %d, %v", n, err)
		}
		got, err := trailer.Parse(&f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := difference(&s, &got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// difference compares as far as the wire can tell: empty and missing are one,
// but for the extra.
func difference(want, got *status.Status) string {
	pairs := pairsOf(got)
	switch {
	case want.Ending != got.Ending, want.Ret != got.Ret, want.FuncRet != got.FuncRet, want.NoDetail != got.NoDetail,
		!bytes.Equal(want.Message, got.Message), !bytes.Equal(want.CancelPath, got.CancelPath),
		(want.Pairs == nil) != (pairs == nil), !slices.Equal(want.Pairs, pairs):
		return fmt.Sprintf("status\n%+v\nwant\n%+v", *got, *want)
	}
	return ""
}

func pairsOf(s *status.Status) []status.Pair {
	var x trailer.Extra
	if _, err := x.Parse(s.Extra, false); err != nil || x.Null() {
		return nil
	}
	pairs := []status.Pair{}
	for k, v := range x.All(nil) {
		pairs = append(pairs, status.Pair{Key: string(k), Value: string(v)})
	}
	return pairs
}

// TestErrorIsNeverSuccess: no trailer with an exception, a biz-status that is
// not zero or a trpc code that is not zero reads as a stream that ended well,
// whatever else it holds, Lenient aside.
func TestErrorIsNeverSuccess(t *testing.T) {
	keys := rapid.SampledFrom([]string{"biz-status", "biz-message", "biz-extra", "trpc-ret", "trpc-func-ret", "trpc-error-msg", "k"})
	values := rapid.OneOf(
		rapid.SampledFrom([]string{"", "0", "-0", "00", "1", "-1", "+5", "5 ", "abc", "4294967296", "{}", "[", "null", `{"a":1}`}),
		rapid.Map(texts, func(b []byte) string { return string(b) }))
	zero := func(s string) bool {
		v, err := strconv.ParseInt(s, 10, 32)
		return err == nil && v == 0
	}
	rapid.Check(t, func(t *rapid.T) {
		b := frame.Begin(nil, frame.Trailer, 1, header.ThriftStruct)
		last := map[string]string{}
		for range rapid.IntRange(0, 8).Draw(t, "pairs") {
			k, v := keys.Draw(t, "key"), values.Draw(t, "value")
			b.Str(k, v)
			last[k] = v
		}
		payload := rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOf(rapid.Byte())).Draw(t, "payload")
		out, err := b.Finish(payload)
		if err != nil {
			t.Fatal(err)
		}
		var f frame.Frame
		if _, err := f.Parse(out); err != nil {
			t.Fatal(err)
		}
		well := len(payload) == 0
		for _, k := range []string{"biz-status", "trpc-ret", "trpc-func-ret"} {
			v, there := last[k]
			well = well && (!there || zero(v))
		}
		s, err := trailer.Parse(&f)
		if got := err == nil && trailer.Err(&s, 0) == nil; got != well {
			t.Fatalf("reads as success: %v, want %v (%v, payload %x)", got, well, last, payload)
		}
	})
}
