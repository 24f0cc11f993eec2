package header_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// info is header info of these blocks, not padded.
func info(blocks ...[]byte) []byte {
	return append([]byte{byte(header.ThriftStruct), 0}, slices.Concat(blocks...)...)
}

func strs(kv ...string) []byte {
	b := testgen.Cat(testgen.Strs, testgen.U16(len(kv)/2))
	for _, s := range kv {
		b = append(b, testgen.Text16(s)...)
	}
	return b
}

// ints takes int keys and string values in turn.
func ints(kv ...any) []byte {
	b := testgen.Cat(testgen.Ints, testgen.U16(len(kv)/2))
	for i := 0; i < len(kv); i += 2 {
		b = append(b, testgen.Cat(testgen.U16(kv[i].(int)), testgen.Text16(kv[i+1].(string)))...)
	}
	return b
}

func token(v string) []byte { return testgen.Cat(testgen.Token, testgen.Text16(v)) }

// TestLastWins: of a key that comes twice the last one counts, across blocks
// (rule 3.9), and the token is one place with the pair of its key (rule 3.7).
func TestLastWins(t *testing.T) {
	for _, c := range []struct {
		name   string
		blocks [][]byte
		get    func(*header.View) ([]byte, bool)
		want   string // "-": there is none
	}{
		{"int in a block", [][]byte{ints(5, "a", 5, "b", 6, "c")}, intOf(5), "b"},
		{"int across blocks", [][]byte{ints(5, "a"), strs("k", "v"), ints(5, "b")}, intOf(5), "b"},
		{"int empty last", [][]byte{ints(5, "a", 5, "")}, intOf(5), ""},
		{"int missing", [][]byte{ints(5, "a"), token("t"), strs("5", "b")}, intOf(6), "-"},
		{"str in a block", [][]byte{strs("k", "a", "k", "b", "l", "c")}, strOf("k"), "b"},
		{"str across blocks", [][]byte{strs("k", "a"), ints(5, "x"), strs("k", "b")}, strOf("k"), "b"},
		{"str empty key", [][]byte{strs("", "a", "k", "b", "", "c")}, strOf(""), "c"},
		{"str value is no key", [][]byte{strs("a", "k")}, strOf("k"), "-"},
		{"str missing", [][]byte{strs("k", "a"), token("t"), ints(9, "b")}, strOf("j"), "-"},
		{"method across blocks", [][]byte{ints(9, "M"), ints(27, "3", 9, "N")}, (*header.View).Method, "N"},
		{"method empty", [][]byte{ints(9, "")}, (*header.View).Method, ""},
		{"method missing", [][]byte{ints(27, "3"), strs("9", "M")}, (*header.View).Method, "-"},
		{"token twice", [][]byte{token("t"), ints(9, "M"), token("u")}, (*header.View).Token, "u"},
		{"token empty last", [][]byte{token("t"), token("")}, (*header.View).Token, ""},
		{"token missing", [][]byte{strs(header.KeyToken, "k")}, (*header.View).Token, "-"},
		{"token key: token alone", [][]byte{token("t")}, strOf(header.KeyToken), "t"},
		{"token key: pair alone", [][]byte{strs(header.KeyToken, "k")}, strOf(header.KeyToken), "k"},
		{"token key: token then pair", [][]byte{token("t"), strs(header.KeyToken, "k")}, strOf(header.KeyToken), "k"},
		{"token key: pair then token", [][]byte{strs(header.KeyToken, "k", "l", "v"), token("t")}, strOf(header.KeyToken), "t"},
		{"token under another key", [][]byte{token("t")}, strOf("gdpr-token"), "-"},
		{"token behind padding", [][]byte{{0, 0}, ints(9, "M"), {0}, token("t"), {0}}, (*header.View).Token, "t"},
	} {
		v := mustParse(t, info(c.blocks...))
		got, ok := c.get(v)
		if c.want == "-" {
			c.want = ""
			if ok || got != nil {
				t.Errorf("%s: %q, %v; want none", c.name, got, ok)
			}
			continue
		}
		if !ok || string(got) != c.want || cap(got) != len(got) {
			t.Errorf("%s: %q (cap %d), %v; want %q", c.name, got, cap(got), ok, c.want)
		}
	}
}

func intOf(k header.Key) func(*header.View) ([]byte, bool) {
	return func(v *header.View) ([]byte, bool) { return v.Int(k) }
}

func strOf(k string) func(*header.View) ([]byte, bool) {
	return func(v *header.View) ([]byte, bool) { return v.Str(k) }
}

// TestIterators: wire order, duplicates kept, and a loop that is left early is
// left.
func TestIterators(t *testing.T) {
	v := mustParse(t, info(ints(5, "a"), token("t"), strs("k", "1", "l", "2"), []byte{0}, ints(), strs(),
		ints(27, "3", 5, "b"), strs("k", "3"), ints(9, "M")))
	wantInts := []string{"5=a", "27=3", "5=b", "9=M"}
	wantStrs := []string{"k=1", "l=2", "k=3"}
	for stop := range len(wantInts) + 1 {
		var got []string
		for k, val := range v.Ints() {
			if len(got) == stop {
				break
			}
			got = append(got, fmt.Sprintf("%d=%s", k, val))
		}
		if !slices.Equal(got, wantInts[:stop]) {
			t.Errorf("Ints, left after %d: %q; want %q", stop, got, wantInts[:stop])
		}
	}
	for stop := range len(wantStrs) + 1 {
		var got []string
		for k, val := range v.Strs() {
			if len(got) == stop {
				break
			}
			got = append(got, fmt.Sprintf("%s=%s", k, val))
		}
		if !slices.Equal(got, wantStrs[:stop]) {
			t.Errorf("Strs, left after %d: %q; want %q", stop, got, wantStrs[:stop])
		}
	}
}

// TestAt: offsets are those of the u16 length of the last value.
func TestAt(t *testing.T) {
	in := info(strs("k", "v"), ints(27, "3", 9, "M"), ints(9, "N"))
	v := mustParse(t, in)
	for k, want := range map[header.Key]int{27: 2 + 9 + 3 + 2, 9: 2 + 9 + 3 + 5 + 5 + 3 + 2, 5: -1} {
		if got := v.At(k); got != want {
			t.Errorf("At(%v) = %d, want %d", k, got, want)
		}
	}
	if v.FrameTypeAt() != v.At(header.KeyFrameType) {
		t.Errorf("FrameTypeAt = %d, At = %d", v.FrameTypeAt(), v.At(header.KeyFrameType))
	}
	if v := mustParse(t, info(ints(9, "M"))); v.FrameTypeAt() != -1 {
		t.Errorf("FrameTypeAt without one = %d", v.FrameTypeAt())
	}
}

// FrameType is the one byte that int key 27 holds, whatever it is; what is not
// one byte is 0.
func TestFrameType(t *testing.T) {
	for _, c := range []struct {
		blocks [][]byte
		want   byte
	}{
		{[][]byte{ints(27, "3")}, '3'},
		{[][]byte{ints(27, "\xff")}, 0xFF},
		{[][]byte{ints(27, "")}, 0},
		{[][]byte{ints(27, "33")}, 0},
		{[][]byte{ints(27, "3", 27, "33")}, 0},
		{[][]byte{ints(27, "33"), ints(27, "4")}, '4'},
		{[][]byte{ints(9, "3")}, 0},
		{[][]byte{strs("27", "3")}, 0},
	} {
		if got := mustParse(t, info(c.blocks...)).FrameType(); got != c.want {
			t.Errorf("% x: FrameType = %q, want %q", c.blocks, got, c.want)
		}
	}
}

// TestWindows: what a view hands out is on the caller's bytes, and appending to
// it writes to none of them.
func TestWindows(t *testing.T) {
	in := append(info(token("t"), strs("k", "v"), ints(9, "M")), "the caller's next bytes"...)
	v := new(header.View)
	if _, err := v.Parse(in[:len(in)-23]); err != nil {
		t.Fatal(err)
	}
	method, _ := v.Method()
	str, _ := v.Str("k")
	tok, _ := v.Token()
	before := string(in)
	for _, w := range [][]byte{v.Bytes(), v.Transforms(), method, str, tok} {
		_ = append(w, 'X')
	}
	if string(in) != before {
		t.Errorf("appending to a window wrote to the caller's bytes:\n%q\n%q", before, in)
	}
	in[len(in)-24] = 'N'
	if string(method) != "N" {
		t.Errorf("the method is %q: no window on the caller's bytes", method)
	}
}

// TestZeroView: it has nothing, and can be asked anything.
func TestZeroView(t *testing.T) {
	var v header.View
	for range v.Ints() {
		t.Error("an int pair")
	}
	for range v.Strs() {
		t.Error("a string pair")
	}
	_, hasInt := v.Int(0)
	_, hasStr := v.Str("")
	_, hasToken := v.Token()
	_, hasMethod := v.Method()
	if hasInt || hasStr || hasToken || hasMethod || v.FrameType() != 0 || v.FrameTypeAt() != -1 || v.At(0) != -1 ||
		len(v.Bytes())+len(v.Transforms()) != 0 || v.Protocol() != 0 {
		t.Errorf("the zero view has something: %+v", v)
	}
	c := v.Clone()
	if len(c.Bytes()) != 0 {
		t.Error("so has its clone")
	}
}

// TestCloneSharesNothing: a clone stays when the bytes change.
func TestCloneSharesNothing(t *testing.T) {
	in := info(strs("k", "v"), ints(9, "M"))
	v := mustParse(t, in)
	c := v.Clone()
	clear(in)
	if m, _ := c.Method(); string(m) != "M" {
		t.Errorf("the clone's method is %q", m)
	}
	if s, ok := c.Str("k"); string(s) != "v" || !ok {
		t.Errorf("the clone's k is %q, %v", s, ok)
	}
}

// TestStrict: transforms, and a second frame type or method.
func TestStrict(t *testing.T) {
	strict := &wire.Limits{Strict: true}
	for _, c := range []struct {
		name string
		in   []byte
		n    int
		want wire.Code
	}{
		{"once each", info(ints(27, "3", 9, "M", 5, "a", 5, "b"), strs("k", "v", "k", "w")), 0, 0},
		{"type twice", info(ints(27, "3"), ints(27, "3")), 2 + 8 + 3, wire.ErrDuplicateKey},
		{"method twice", info(ints(9, "M", 9, "M")), 2 + 3 + 5, wire.ErrDuplicateKey},
		{"transform", []byte{0x10, 1, 7}, 1, wire.ErrStrictTransforms},
	} {
		if c.want == 0 {
			c.n = len(c.in)
		}
		n, err := new(header.View).ParsePrefix(c.in, len(c.in), strict)
		if n != c.n || codeOf(err) != c.want {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, n, err, c.n, c.want.Reason())
		}
	}
}
