package plain_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/plain"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// near makes an input legal but for a few changes, or legal: parts in a row, of
// which some come twice, some not at all, some changed, and the end may be cut.
func near(parts []string, first int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(parts[:first], "")
		s += strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts[first:]), 0, 8).Draw(t, "parts"), "")
		b := []byte(s)
		for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "changes") {
			if len(b) > 0 {
				b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.OneOf(rapid.ByteRange(0, 16), rapid.Byte()).Draw(t, "byte")
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "whether cut") == 0 {
			b = b[:rapid.IntRange(0, len(b)).Draw(t, "cut")]
		}
		return string(b)
	})
}

func exceptions() *rapid.Generator[string] {
	deep := func(n int) string {
		return "\x0f\x00\x09" + strings.Repeat("\x0f\x00\x00\x00\x01", n-1) + "\x03\x00\x00\x00\x00"
	}
	return near([]string{
		"\x80\x01\x00\x03\x00\x00\x00\x04Bidi\x00\x00\x00\x01", "\x00",
		"\x0b\x00\x01\x00\x00\x00\x04boom", "\x0b\x00\x01\x00\x00\x00\x00", "\x08\x00\x02\x00\x00\x00\x06", "\x08\x00\x02\xff\xff\xff\xff",
		"\x0b\x00\x02\x00\x00\x00\x01x", "\x08\x00\x01\x00\x00\x00\x01", "\x02\x00\x09\x01", "\x06\x00\x09\x00\x01", "\x0a\x00\x09abcdefgh", "\x04\x00\x09abcdefgh",
		"\x0c\x00\x09\x08\x00\x01\x00\x00\x00\x01\x00", "\x0c\x00\x09", "\x0d\x00\x09\x0b\x08\x00\x00\x00\x01\x00\x00\x00\x01k\x00\x00\x00\x07",
		"\x0e\x00\x09\x06\x00\x00\x00\x02\x00\x01\x00\x02", "\x0f\x00\x09\x0c\x00\x00\x00\x02\x00\x00", "\x0d\x00\x09\x00\x01\x00\x00\x00\x00",
		"\x0f\x00\x09\x0b\x7f\xff\xff\xff", "\x0f\x00\x09\x0d\xff\xff\xff\xff", deep(64), deep(65), strings.Repeat("\x0c\x00\x01", 65), "\x00",
	}, 1)
}

func extras() *rapid.Generator[string] {
	member := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{`"a"`, `"b"`, `"\u0061"`, `""`, `"a b"`}).Draw(t, "key") + rapid.SampledFrom([]string{":", " : "}).Draw(t, "colon") +
			rapid.SampledFrom([]string{`"v"`, `null`, `""`, `"\n\"\\\/"`, "\"\xff\"", "\"\xe2\x82\"", `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\ud83dx"`, `"\ud83d\ud83d\ude00"`, "\"\u20ac\U0001F600\ufffd\"", `"\ufFfD"`}).Draw(t, "value")
	})
	whole := rapid.Custom(func(t *rapid.T) string {
		return "{" + strings.Join(rapid.SliceOfN(member, 0, 4).Draw(t, "members"), ",") + "}"
	})
	parts := near([]string{
		"{", "}", `"a"`, `"\u0061"`, ":", ",", `"b"`, "null", " ", "\t\n\r", "\"\xff\"", "\"\xe2\x82\"", `"\ud83d\ude00"`, `"\ud83d"`, `"\ud8`, `3d\u00"`, "[", "]", "1", "true", "\\", `"`,
		"\"\u20ac\U0001F600\ufffd\"", "\ufeff", "x",
	}, 0)
	return rapid.OneOf(rapid.Just(""), whole, parts, rapid.Custom(func(t *rapid.T) string {
		return near([]string{whole.Draw(t, "whole"), " ", "\x00", "}", ",", "x", `"`}, 1).Draw(t, "changed")
	}))
}

func TestExceptionAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, strict := []byte(exceptions().Draw(t, "exception")), rapid.Bool().Draw(t, "strict")
		var e trailer.Exception
		n, err := e.Parse(b, strict)
		p, v := plain.ParseException(b, strict)
		if got := verdict(n, err, len(b)); got != v {
			t.Fatalf("% x strict %v: library %+v, plain %+v", b, strict, got, v)
		}
		if !v.Legal() {
			return
		}
		got := plain.Exception{Method: string(e.Method), Seq: e.Seq, TypeID: e.TypeID, Message: string(e.Message)}
		if p != got || p.Text() != string(e.AppendText(nil)) {
			t.Fatalf("% x: library %+v, plain %+v", b, got, p)
		}
		out, err := trailer.AppendException(nil, p.Method, p.Seq, p.TypeID, p.Message)
		if err != nil || string(out) != string(plain.WriteException(p)) {
			t.Fatalf("written % x, %v, plain % x", out, err, plain.WriteException(p))
		}
	})
}

func TestExtraAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, strict := extras().Draw(t, "extra"), rapid.Bool().Draw(t, "strict")
		var x trailer.Extra
		n, err := x.Parse([]byte(s), strict)
		p, v := plain.ParseExtra(s, strict)
		if got := verdict(n, err, len(s)); got != v {
			t.Fatalf("%q strict %v: library %+v, plain %+v", s, strict, got, v)
		}
		if v.Legal() && !cmp.Equal(p, members(&x)) {
			t.Fatalf("%q: (-plain +library)\n%s", s, cmp.Diff(p, members(&x)))
		}
	})
}

func members(x *trailer.Extra) []plain.Pair {
	if x.Null() {
		return nil
	}
	all := []plain.Pair{}
	for k, v := range x.All(nil) {
		all = append(all, plain.Pair{Key: string(k), Value: string(v)})
	}
	return all
}

// TestExtraWritten: rule 7.5, of any bytes.
func TestExtraWritten(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.StringMatching("[\x00-\x1f\"\\\\<>&\u2028\u2029\x7f\ufffd]{0,8}"),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		var pairs []status.Pair
		var same []plain.Pair
		for range rapid.IntRange(0, 3).Draw(t, "pairs") {
			p := plain.Pair{Key: texts.Draw(t, "key"), Value: texts.Draw(t, "value")}
			same, pairs = append(same, p), append(pairs, status.Pair(p))
		}
		if got, want := string(trailer.AppendExtra(nil, pairs)), plain.WriteExtra(same); got != want {
			t.Fatalf("library %q, plain %q", got, want)
		}
	})
}

func numbers() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "0", "-0", "+0", "6", "9", "007", "+9", "-", "+", "5 ", "x", "2147483647", "-2147483648", "2147483648",
		"-2147483649", "4294967296", "18446744073709551621", "00000000000000000000000009", "５"}), rapid.StringMatching(`[+-]?[0-9]{0,12}`))
}

func pairs() *rapid.Generator[[]plain.Pair] {
	one := rapid.Custom(func(t *rapid.T) plain.Pair {
		key := rapid.SampledFrom([]string{"biz-status", "biz-status", "biz-message", "biz-extra", "trpc-ret", "trpc-func-ret", "trpc-error-msg", "Biz-Status", "ttscp"}).Draw(t, "key")
		values := rapid.OneOf(numbers(), rapid.Just("9"), rapid.Just("0"))
		switch key {
		case "biz-extra":
			values = extras()
		case "biz-message", "trpc-error-msg":
			values = rapid.SampledFrom([]string{"", "m", "n"})
		case "ttscp":
			values = rapid.StringMatching("[AB,]{0,5}")
		}
		return plain.Pair{Key: key, Value: values.Draw(t, "value")}
	})
	return rapid.SliceOfN(one, 0, 5)
}

// ending draws a trailer or rst.
func ending(t *rapid.T, typ frame.Type) (*frame.Frame, plain.Frame) {
	b := frame.Begin(nil, typ, 1, header.ThriftStruct)
	for _, p := range pairs().Draw(t, "pairs") {
		b.Str(p.Key, p.Value)
	}
	payload := ""
	if rapid.Bool().Draw(t, "whether exception") {
		payload = exceptions().Draw(t, "exception")
	}
	out, err := b.Finish([]byte(payload))
	f := new(frame.Frame)
	if _, perr := f.Parse(out); err != nil || perr != nil {
		t.Fatalf("%v, %v", err, perr)
	}
	p, v := plain.ParseFrame(out, plain.Limits{})
	if !v.Legal() {
		t.Fatalf("plain: %+v", v)
	}
	return f, p
}

func TestTrailerAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, p := ending(t, frame.Trailer)
		m := trailer.Mode{Strict: rapid.Bool().Draw(t, "strict"), Lenient: rapid.Bool().Draw(t, "lenient")}
		var s status.Status
		err := trailer.ParseInto(&s, f, m)
		want, v := plain.ParseTrailer(p, m.Strict, m.Lenient)
		if err == nil {
			s.Offset = 0
		}
		if got := verdict(s.Offset, err, 14); got != v {
			t.Fatalf("%q % x %+v: library %+v, plain %+v", p.Strs, p.Payload, m, got, v)
		}
		sameEnding(t, &s, want, v)
	})
}

func sameEnding(t *rapid.T, s *status.Status, want plain.Status, v plain.Verdict) {
	ends := map[string]status.Ending{"well": status.EndOK, "business": status.EndBusiness, "exception": status.EndFramework, "illegal": status.EndIllegal}
	if s.Ending != ends[want.Ending] {
		t.Fatalf("library %v, plain %+v", s.Ending, want)
	}
	err := trailer.Err(s, status.SideClient)
	if (err == nil) != (want.Ending == "well") {
		t.Fatalf("%v of %+v", err, want)
	}
	if err == nil {
		return
	}
	if code := status.FromError(err).Code; code != want.Code(v, "client") {
		t.Fatalf("code %d, plain %d of %+v", code, want.Code(v, "client"), want)
	}
	var biz *status.BizError
	if errors.As(err, &biz) != (want.Ending == "business") {
		t.Fatalf("%v: plain %+v", err, want)
	}
	if v.Legal() && (s.Ret != want.TypeID || s.FuncRet != want.Biz || string(s.Message) != want.Message) {
		t.Fatalf("library %+v, plain %+v", s, want)
	}
	if v.Reason == "biz-extra" { // rule 7.4
		if part := status.FromError(err).Partial; part.Code != want.Biz || part.Message != want.Message {
			t.Fatalf("kept %+v, plain %+v", part, want)
		}
	}
}

func TestRstAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, p := ending(t, frame.Rst)
		m := trailer.Mode{Strict: rapid.Bool().Draw(t, "strict")}
		var s status.Status
		if err := trailer.ParseInto(&s, f, m); err != nil {
			t.Fatal(err)
		}
		want := plain.ParseRst(p, m.Strict)
		for side, role := range map[status.Side]string{status.SideClient: "client", status.SideServer: "server"} {
			e := status.FromError(trailer.Err(&s, side))
			if e.Code != want.Code(plain.Verdict{}, role) || e.Message != want.Text || e.Remote == want.Bare || !slices.Equal(e.CancelPath, want.Path) {
				t.Fatalf("%s: library %+v, plain %+v", role, e, want)
			}
		}
	})
}

func TestHopAgrees(t *testing.T) {
	texts := rapid.OneOf(rapid.StringMatching("[AB,\x00\x1f\x7f\u009f\u00a0]{0,4}"), rapid.Just(strings.Repeat("x", 65530)), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		path, hop := texts.Draw(t, "path"), texts.Draw(t, "hop")
		got, err := trailer.AppendHop(nil, trailer.Path(path), hop)
		want, reason := plain.AppendHop(path, hop)
		if c, _ := err.(wire.Code); c != 0 && c.Reason() != reason || (err == nil) != (reason == "") || string(got) != want {
			t.Fatalf("%.40q, %.40q: library %.40q, %v, plain %.40q, %s", path, hop, got, err, want, reason)
		}
		if hops := plain.Hops(path); len(hops) != trailer.Path(path).Len() {
			t.Fatalf("%.40q: %d hops", path, len(hops))
		}
	})
}

// TestCanonical: what the library's Builder gives is the form of rule 3.11.
func TestCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, p := ending(t, frame.Data)
		out, err := f.AppendTo(nil)
		if err != nil || string(out) != string(plain.Canonical(p)) {
			t.Fatalf("% x\nplain % x, %v", out, plain.Canonical(p), err)
		}
		binary.BigEndian.PutUint32(out[8:], 0)
		if _, v := plain.ParseFrame(out, plain.Limits{}); v.Reason != "stream-id" {
			t.Fatalf("%+v", v)
		}
	})
}
