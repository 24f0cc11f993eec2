package script

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a Writer writes, a Reader reads.
func TestWriterReader(t *testing.T) {
	values := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", strings.Repeat("x", 15), strings.Repeat("x", 16), strings.Repeat("\x00", 65551),
		strings.Repeat("ab", 123), strings.Repeat("ab", 124), strings.Repeat("ab", 32767),
	}))
	rapid.Check(t, func(t *rapid.T) {
		v, n, c, flag := values.Draw(t, "value"), rapid.Int32().Draw(t, "number"), rapid.Byte().Draw(t, "byte"), rapid.Bool().Draw(t, "flag")
		rest := rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(t, "rest")
		var w Writer
		w.String(v)
		w.Int32(n)
		w.Byte(c)
		w.Bool(flag)
		w.Raw(rest)
		r := NewReader(w.Script())
		if got := r.String(); got != v {
			t.Fatalf("value of %d bytes, want %d", len(got), len(v))
		}
		if got := r.Int32(); got != n {
			t.Fatalf("number %d, want %d", got, n)
		}
		if got := r.Byte(); got != c {
			t.Fatalf("byte %d, want %d", got, c)
		}
		if got := r.Bool(); got != flag {
			t.Fatalf("flag %v, want %v", got, flag)
		}
		if got := r.Rest(); !bytes.Equal(got, rest) || r.More() {
			t.Fatalf("rest % x, want % x", got, rest)
		}
	})
}

// A script that has run out, at any byte, still gives choices.
func TestReaderNeverFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "script")
		r := NewReader(b)
		if v := r.Bytes(); cap(v) > len(v) && len(v) < runBase {
			t.Fatalf("a value of %d bytes can grow to %d", len(v), cap(v))
		}
		if n := r.Pick(5); n < 0 || n > 4 {
			t.Fatalf("Pick(5) = %d", n)
		}
		r.Rest()
		if r.More() || r.Byte() != 0 || r.Int32() != 0 || len(r.Bytes()) != 0 {
			t.Fatal("there is more behind the end")
		}
	})
}

// However many runs a script has, they make 1 MiB.
func TestRunsEnd(t *testing.T) {
	script := bytes.Repeat([]byte{run, 0xFF, 0xFF, 'x'}, 1000)
	total := 0
	for r := NewReader(script); r.More(); {
		total += len(r.Bytes())
	}
	if total != maxMade {
		t.Errorf("%d bytes made, want %d", total, maxMade)
	}
}
