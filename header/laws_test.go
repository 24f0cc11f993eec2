package header_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// infos generates header info: that of testgen's inputs, cut anywhere, so that
// it is not always in words.
func infos(t *rapid.T) []byte {
	b := testgen.Inputs().Draw(t, "input")
	return b[min(len(b), testgen.FixedSize):]
}

// What is legal is reported as it is.
func TestParseLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		v := mustParse(t, model.Info())
		if diff := cmp.Diff(infoReport(model), report(v)); diff != "" {
			t.Fatalf("view differs (-want +got):\n%s", diff)
		}
		if v.FrameType() != model.Type || v.At(header.KeyFrameType) != v.FrameTypeAt() {
			t.Fatalf("FrameType = %q, at %d or %d; want %q", v.FrameType(), v.FrameTypeAt(), v.At(header.KeyFrameType), model.Type)
		}
		lookupsAgree(t, v)
	})
}

// lookupsAgree checks Int, At and Str of every key against the iterators: the
// last pair wins, and the token counts as a pair of KeyToken.
func lookupsAgree(t fataler, v *header.View) {
	t.Helper()
	ints, strs := map[header.Key]string{}, map[string]string{}
	for k, val := range v.Ints() {
		ints[k] = string(val)
	}
	for k, val := range v.Strs() {
		strs[string(k)] = string(val)
	}
	for k, want := range ints {
		at := v.At(k)
		if got, ok := v.Int(k); !ok || string(got) != want {
			t.Fatalf("Int(%v) = %q, %v; want %q", k, got, ok, want)
		}
		if behind := string(v.Bytes()[at+2 : at+2+len(want)]); behind != want {
			t.Fatalf("At(%v) = %d, where %q stands; want %q", k, at, behind, want)
		}
	}
	for k, want := range strs {
		if got, ok := v.Str(k); k != header.KeyToken && (!ok || string(got) != want) {
			t.Fatalf("Str(%q) = %q, %v; want %q", k, got, ok, want)
		}
	}
	if _, ok := v.Str("no such key"); ok {
		t.Fatalf("there is a key that there is not")
	}
	if _, ok := ints[12345]; !ok && v.At(12345) != -1 {
		t.Fatalf("At of a key that there is not: %d", v.At(12345))
	}
}

// The laws of ParsePrefix for any bytes, any size and any limits: whatever part
// of the header info is there, the answer is ErrShort or that of the whole.
func TestParsePrefixLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := infos(t)
		lim := &wire.Limits{MaxPairs: rapid.IntRange(0, 4).Draw(t, "pairs"), Strict: rapid.Bool().Draw(t, "strict")}
		before := slices.Clone(b)
		v := new(header.View)
		n, err := v.ParsePrefix(b, len(b), lim)
		if err == wire.ErrShort || n < 0 || n > len(b) || err == nil && n != len(b) {
			t.Fatalf("ParsePrefix of the whole = %d, %v; it is %d bytes", n, err, len(b))
		}
		for i := range min(len(b), 300) {
			m, prefixErr := v.ParsePrefix(b[:i], len(b), lim)
			switch {
			case prefixErr == wire.ErrShort && m == len(b):
			case prefixErr == nil || m != n || prefixErr != err:
				t.Fatalf("%d of %d bytes: ParsePrefix = %d, %v; the whole: %d, %v", i, len(b), m, prefixErr, n, err)
			}
		}
		if longer := append(b, "\x10garbage"...); err == nil {
			if m, err := v.ParsePrefix(longer, len(b), lim); m != n || err != nil || cap(v.Bytes()) != len(b) {
				t.Fatalf("with bytes behind it: ParsePrefix = %d, %v, a view of %d", m, err, cap(v.Bytes()))
			}
			lookupsAgree(t, v)
		}
		if !slices.Equal(b, before) {
			t.Fatalf("ParsePrefix wrote to its input")
		}
	})
}

// Parse is ParsePrefix of the whole with the default limits: its fast path
// makes no difference.
func TestParseIsParsePrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := infos(t)
		v, w := new(header.View), new(header.View)
		n, err := v.Parse(b)
		m, prefixErr := w.ParsePrefix(b, len(b), &wire.Limits{})
		if n != m || err != prefixErr {
			t.Fatalf("Parse = %d, %v; ParsePrefix = %d, %v", n, err, m, prefixErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(report(w), report(v)); diff != "" || v.FrameType() != w.FrameType() || v.FrameTypeAt() != w.FrameTypeAt() {
			t.Fatalf("Parse sees other things than ParsePrefix (-ParsePrefix +Parse):\n%s", diff)
		}
	})
}

// A clone reports the same when the input is gone.
func TestCloneIsIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		info := model.Info()
		c := mustParse(t, info).Clone()
		clear(info)
		if diff := cmp.Diff(infoReport(model), report(&c)); diff != "" {
			t.Fatalf("clone differs (-want +got):\n%s", diff)
		}
	})
}
