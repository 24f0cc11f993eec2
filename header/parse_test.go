package header_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Header info that is hardly there.
func TestParseTiny(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		size int
		n    int
		want wire.Code
	}{
		{"nothing of nothing", "", 0, 0, wire.ErrHeaderSize},
		{"one byte of one", "\x10", 1, 0, wire.ErrHeaderSize},
		{"one illegal byte of one", "\x02", 1, 0, wire.ErrHeaderSize},
		{"nothing of two", "", 2, 2, wire.ErrShort},
		{"one of two", "\x10", 2, 2, wire.ErrShort},
		{"one of four, illegal", "\x02", 4, 0, wire.ErrProtocol},
		{"two of two", "\x10\x00", 2, 2, 0},
		{"two of three", "\x10\x00", 3, 3, wire.ErrShort},
		{"two of three, a transform", "\x10\x01", 3, 3, wire.ErrShort},
		{"two of two, a transform", "\x10\x01", 2, 1, wire.ErrTransforms},
		{"more than size", "\x10\x00\xff", 2, 2, 0},
	} {
		v := new(header.View)
		n, err := v.ParsePrefix([]byte(c.in), c.size, &wire.Limits{})
		if n != c.n || codeOf(err) != c.want {
			t.Errorf("%s: ParsePrefix = %d, %v; want %d, %v", c.name, n, err, c.n, c.want.Reason())
		}
		if len(c.in) != c.size {
			continue
		}
		n, err = v.Parse([]byte(c.in))
		if n != c.n || codeOf(err) != c.want {
			t.Errorf("%s: Parse = %d, %v; want %d, %v", c.name, n, err, c.n, c.want.Reason())
		}
	}
}

// What ends where the header info ends is short, not over, wherever it is cut.
func TestCutAtTheEnd(t *testing.T) {
	for _, in := range [][]byte{
		info(), {0x10, 2, 7, 7}, info(ints()), info(ints(5, "")), info(ints(5, "v")), info(strs()), info(strs("", "")),
		info(strs("k", "")), info(strs("k", "v")), info(token("")), info(token("t")), info([]byte{0, 0}),
	} {
		for i := range in {
			if n, err := new(header.View).ParsePrefix(in[:i], len(in), &wire.Limits{}); n != len(in) || err != wire.ErrShort {
				t.Errorf("%d of % x: ParsePrefix = %d, %v; want %d, ErrShort", i, in, n, err, len(in))
			}
		}
	}
}

// A view that has been used before holds nothing of what it saw then.
func TestParseAgain(t *testing.T) {
	v := mustParse(t, info(strs("k", "v"), token("t"), ints(27, "3", 9, "M")))
	for _, in := range [][]byte{info(), info(ints(28, "x"))} {
		if _, err := v.Parse(in); err != nil {
			t.Fatal(err)
		}
		_, hasMethod := v.Method()
		_, hasToken := v.Token()
		_, hasKey := v.Str("k")
		if hasMethod || hasToken || hasKey || v.FrameType() != 0 || v.FrameTypeAt() != -1 {
			t.Errorf("% x: still there: method %v, token %v, key %v, type %q", in, hasMethod, hasToken, hasKey, v.FrameType())
		}
	}
}

// The shape that peers write, and what looks like it and is not.
func TestParseUsual(t *testing.T) {
	type3 := ints(27, "3", 9, "Bidi")
	cut := func(b []byte, n int) []byte { return b[:len(b)-n] }
	for _, c := range []struct {
		name string
		in   []byte
		at   int
		want wire.Code
	}{
		{"type first", info(type3), 0, 0},
		{"method first", info(ints(9, "Bidi", 27, "3")), 0, 0},
		{"padding 3", info(type3, make([]byte, 3)), 0, 0},
		{"padding 4", info(type3, make([]byte, 4)), 0, 0},
		{"padding 1, no padding", info(type3, []byte{7}), 18, wire.ErrInfoID},
		{"padding 2, first no padding", info(type3, []byte{7, 0}), 18, wire.ErrInfoID},
		{"padding 2, last no padding", info(type3, []byte{0, 7}), 19, wire.ErrInfoID},
		{"padding 3, last no padding", info(type3, []byte{0, 0, 7}), 20, wire.ErrInfoID},
		{"padding 3, first no padding", info(type3, []byte{7, 0, 0}), 18, wire.ErrInfoID},
		{"type first, another key", info(ints(27, "3", 10, "Bidi")), 0, 0},
		{"type first, method over", info(cut(type3, 1)), 12, wire.ErrIntPair},
		{"type first, longer type", info(ints(27, "33", 9, "Bidi")), 0, 0},
		{"method first, another key", info(ints(9, "Bidi", 28, "3")), 0, 0},
		{"method first, type over", info(cut(ints(9, "Bidi", 27, "3"), 1)), 15, wire.ErrIntPair},
		{"method first, method over", info([]byte("\x10\x00\x02\x00\x09\x00\x09Bidi56")), 7, wire.ErrIntPair},
		{"method empty", info(ints(27, "3", 9, ""), []byte{0}), 0, 0},
		{"strs", info(strs("k", "v"), type3), 0, 0},
		{"strs empty", info(strs(), type3), 0, 0},
		{"strs twice", info(strs("k", "v"), strs("l", "w"), type3), 0, 0},
		{"strs, key over", info([]byte("\x01\x00\x01\x00\x0bkkkkkkkkkk")), 5, wire.ErrStrPair},
		{"strs, value over", info([]byte("\x01\x00\x01\x00\x01k\x00\x09vvvvvvvv")), 8, wire.ErrStrPair},
		{"strs, count over", info([]byte("\x01\x00\x04"), make([]byte, 15)), 3, wire.ErrStrCount},
		{"strs, nothing behind", info(strs("key", "valuevalue")), 0, 0},
		{"token", info(token("t"), type3), 0, 0},
		{"ints, then strs", info(type3, strs("k", "v")), 0, 0},
	} {
		if c.want == 0 {
			c.at = len(c.in)
		}
		v := new(header.View)
		if n, err := v.Parse(c.in); n != c.at || codeOf(err) != c.want {
			t.Errorf("%s: Parse = %d, %v; want %d, %v", c.name, n, err, c.at, c.want.Reason())
		}
		w := new(header.View)
		if n, err := w.ParsePrefix(c.in, len(c.in), &wire.Limits{}); n != c.at || codeOf(err) != c.want {
			t.Errorf("%s: ParsePrefix = %d, %v; want %d, %v", c.name, n, err, c.at, c.want.Reason())
		}
		if c.want != 0 {
			continue
		}
		if diff := cmp.Diff(report(w), report(v)); diff != "" {
			t.Errorf("%s: Parse sees other things than ParsePrefix (-ParsePrefix +Parse):\n%s", c.name, diff)
		}
	}
}

// What peers write takes the fast path, and what it makes of it is what Parse
// makes; the rest it leaves alone.
func TestParseUsualIsTaken(t *testing.T) {
	type3, method1st := ints(27, "3", 9, "Bidi"), ints(9, "Bidi", 27, "3")
	empty := slices.Repeat([]string{""}, 2*13)
	for _, c := range []struct {
		name  string
		in    []byte
		pairs int
		typ   byte
		bad   int
	}{
		{"type first", info(type3), 2, '3', 0},
		{"method first", info(method1st), 2, '3', 0},
		{"type first, method empty", info(ints(27, "5", 9, "")), 2, '5', 0},
		{"method first and empty", info(ints(9, "", 27, "5")), 2, '5', 0},
		{"type first, method of 256", info(ints(27, "3", 9, strings.Repeat("m", 256))), 2, '3', 0},
		{"method first, of 256", info(ints(9, strings.Repeat("m", 256), 27, "3")), 2, '3', 0},
		{"protobuf-struct", append([]byte{0x11, 0}, type3...), 2, '3', 0},
		{"thrift-binary", append([]byte{0, 0}, type3...), 2, 0, 0},
		{"a transform", append([]byte{0x10, 1}, type3...), 2, 0, 0},
		{"padding 1", info(type3, make([]byte, 1)), 2, '3', 0},
		{"padding 2", info(type3, make([]byte, 2)), 2, '3', 0},
		{"padding 3", info(method1st, make([]byte, 3)), 2, '3', 0},
		{"padding 4", info(type3, make([]byte, 4)), 2, 0, 0},
		{"no room for two pairs", info(type3), 1, 0, 0},
		{"strs", info(strs("k", "v"), type3), 3, '3', 0},
		{"strs, no room for three pairs", info(strs("k", "v"), type3), 2, 0, 0},
		{"strs empty", info(strs(), type3), 2, '3', 0},
		{"strs of nothing", info(strs(empty...), ints(27, "3", 9, "")), 15, '3', 0},
		{"strs, method first", info(strs("k", "v", "l", ""), method1st), 4, '3', 0},
		{"strs, value over", info([]byte("\x01\x00\x01\x00\x01k\x00\x09vvvvvvvv")), 2, 0, 8},
		{"strs, value over, no room for it", info([]byte("\x01\x00\x01\x00\x01k\x00\x09vvvvvvvv")), 0, 0, 0},
	} {
		v, w := new(header.View), slowly(c.in)
		typ, bad := v.ParseUsual(c.in, c.pairs)
		if typ != c.typ || bad != c.bad {
			t.Errorf("%s: ParseUsual = %q, %d; want %q, %d", c.name, typ, bad, c.typ, c.bad)
		}
		if typ == 0 {
			continue
		}
		if diff := cmp.Diff(report(w), report(v)); diff != "" || v.FrameType() != w.FrameType() || v.FrameTypeAt() != w.FrameTypeAt() {
			t.Errorf("%s: the fast path sees other things (-slow +fast):\n%s", c.name, diff)
		}
	}
}

// slowly is the view that the slow path makes of legal header info.
func slowly(in []byte) *header.View {
	v := new(header.View)
	v.ParsePrefix(in, len(in), &wire.Limits{})
	return v
}
