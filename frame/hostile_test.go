package frame_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// The rows F, H and C of the catalogue of hostile input, each by its id. The
// inputs and what each must get are in internal/testgen/hostile_*.go, so that
// the fuzz corpus and other packages have them too.

// TestHostile puts every row to Parse: code and place, each prefix, bytes
// behind it, and no allocation.
func TestHostile(t *testing.T) {
	for _, c := range testgen.Hostile() {
		t.Run(c.ID, func(t *testing.T) {
			f := new(frame.Frame)
			before := slices.Clone(c.In)
			checkCase(t, c, f)
			allocs(t, "Parse", func() { f.ParseWithin(c.In, &c.Limits) })
			if !slices.Equal(c.In, before) {
				t.Error("Parse wrote to its input")
			}
			stays(t, c.In, &c.Limits)
			headerAgrees(t, c.In, &c.Limits)
		})
	}
}

func checkCase(t *testing.T, c testgen.Case, f *frame.Frame) {
	t.Helper()
	n, err := parse(t, f, c.In, &c.Limits)
	if code := codeOf(err); n != c.N || code != c.Code {
		t.Fatalf("Parse = %d, %v; want %d, %v", n, code.Reason(), c.N, c.Code.Reason())
	}
	switch {
	case c.Code == 0:
		checkLegal(t, c, f)
	case c.Code != wire.ErrShort:
		if !errors.Is(err, wire.ErrIllegalFrame) || c.Code.StreamCode() != 12004 {
			t.Errorf("%v is no illegal frame", err)
		}
	}
	for i := range cuts(min(c.N, len(c.In))) {
		if n, err := parse(t, f, c.In[:i], &c.Limits); err != wire.ErrShort || n <= i {
			// What has no room is known before its first byte.
			if err != c.Code || n != c.N || i < c.N-1 {
				t.Fatalf("%d bytes: Parse = %d, %v", i, n, err)
			}
		}
	}
}

// checkLegal compares with the model and appends the frame again (F15, H25, C2:
// byte for byte).
func checkLegal(t *testing.T, c testgen.Case, f *frame.Frame) {
	t.Helper()
	if got, want := report(f), c.Model.Report(); !cmp.Equal(got, want) {
		if len(got.Ints)+len(got.Strs) > 2000 {
			t.Fatalf("frame differs: %d ints, %d strs", len(got.Ints), len(got.Strs))
		}
		t.Fatalf("frame differs (-want +got):\n%s", cmp.Diff(want, got))
	}
	out, err := f.AppendWithin(nil, &c.Limits)
	if err != nil || !slices.Equal(out, c.In[:c.N]) {
		t.Fatalf("AppendWithin: %d bytes, %v", len(out), err)
	}
}

// codeOf is err as a wire.Code, 0 for nil.
func codeOf(err error) wire.Code {
	code, _ := err.(wire.Code)
	return code
}

// Every code by which bytes are no frame is met by a row.
func TestHostileMeetsEveryCode(t *testing.T) {
	met := map[wire.Code]bool{}
	for _, c := range testgen.Hostile() {
		met[c.Code] = true
	}
	for code := wire.ErrHTTPRequest; code <= wire.ErrFrameType; code++ {
		if !met[code] {
			t.Errorf("no row gives %q", code.Reason())
		}
	}
	if !met[wire.ErrShort] || !met[0] {
		t.Error("no row is short, or none is legal")
	}
}

// Every row is there: F1 to F22, H1 to H25 and C1 to C10, less what the note
// says.
func TestHostileHasEveryRow(t *testing.T) {
	elsewhere := map[string]string{
		"F16": "TestEverySplit", "F17": "TestByteAtATime",
		"F20": "package codec: what an io.Reader may do",
		"H19": "there is no map that could collide",
	}
	have := map[string]bool{}
	for _, c := range testgen.Hostile() {
		row, _, _ := strings.Cut(c.ID, "/")
		have[row] = true
	}
	for letter, last := range map[string]int{"F": 22, "H": 25, "C": 10} {
		for i := range last {
			row := letter + strconv.Itoa(i+1)
			if have[row] == (elsewhere[row] != "") {
				t.Errorf("row %s: a case here: %v, a note: %q", row, have[row], elsewhere[row])
			}
		}
	}
}

// threeFrames is a header frame, a data frame and a trailer, one after the
// other.
func threeFrames() [][]byte {
	pair := func(k, v string) []testgen.Block {
		return []testgen.Block{{ID: testgen.Strs, Pairs: []testgen.Pair{{Key: k, Value: v}}}}
	}
	typed := func(typ string, blocks []testgen.Block) testgen.Frame {
		said := testgen.Block{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: typ}, {Int: 9, Value: "Bidi"}}}
		return testgen.Frame{Type: typ[0], Flags: 2, Stream: 7, Protocol: 0x10, Blocks: append(blocks, said)}
	}
	data := typed("3", nil)
	data.Payload = "message"
	return [][]byte{typed("2", pair("isn", "S")).Bytes(), data.Bytes(), typed("4", pair("k", "v")).Bytes()}
}

// F16: at every split of three frames, what is before it gives the whole
// frames in it and ErrShort for the rest, and all of it the same three.
func TestEverySplit(t *testing.T) {
	frames := threeFrames()
	all := slices.Concat(frames...)
	for split := range len(all) + 1 {
		at, f := 0, new(frame.Frame)
		for _, want := range frames {
			n, err := f.Parse(all[at:max(at, split)])
			if err == wire.ErrShort {
				n, err = f.Parse(all[at:])
			}
			if err != nil || n != len(want) {
				t.Fatalf("split at %d: Parse at %d = %d, %v; want %d, nil", split, at, n, err, len(want))
			}
			at += n
		}
	}
}

// F17: bytes that come one at a time cost three looks at a frame, if the caller
// waits for as many as Parse asks for.
func TestByteAtATime(t *testing.T) {
	frames := threeFrames()
	all := slices.Concat(frames...)
	start, need, looks, found := 0, 0, 0, 0
	for have := range len(all) + 1 {
		if have-start < need {
			continue
		}
		looks++
		n, err := new(frame.Frame).Parse(all[start:have])
		if need = n; err == nil {
			start, need, found = start+n, 1, found+1
		}
	}
	if found != 3 || start != len(all) || looks > 3*3 {
		t.Errorf("%d frames, %d of %d bytes, %d looks", found, start, len(all), looks)
	}
}

// F18: a hundred frames and part of one more, in one slice.
func TestCoalesced(t *testing.T) {
	frame1 := threeFrames()[1]
	all := append(slices.Repeat(frame1, 100), frame1[:20]...)
	f, found := new(frame.Frame), 0
	for {
		n, err := f.Parse(all)
		if err == wire.ErrShort {
			break
		}
		if err != nil || n != len(frame1) || string(f.Payload) != "message" {
			t.Fatalf("frame %d: Parse = %d, %v", found, n, err)
		}
		all, found = all[n:], found+1
	}
	if found != 100 || len(all) != 20 {
		t.Errorf("%d frames and a tail of %d; want 100 and 20", found, len(all))
	}
}

// LENGTH is judged before MAGIC, by whatever limit there is, also where all of
// the fixed part is there.
func TestLengthBeforeMagic(t *testing.T) {
	b := make([]byte, 64)
	b[2], b[offMagic] = 4, 0x77 // 1,024 bytes follow
	for _, c := range []struct {
		max, n int
		code   wire.Code
	}{
		{0, offMagic, wire.ErrMagic}, {1, 0, wire.ErrPayloadLimit}, {64, 0, wire.ErrPayloadLimit}, {1 << 20, offMagic, wire.ErrMagic},
	} {
		lim := &frame.Limits{MaxHeader: 64, MaxPayload: c.max}
		if n, err := new(frame.Frame).ParseWithin(b, lim); n != c.n || err != c.code {
			t.Errorf("MaxPayload %d: Parse = %d, %v; want %d, %v", c.max, n, err, c.n, c.code.Reason())
		}
	}
}

// Nor does a MAGIC that is none hide a LENGTH that is too small.
func TestSmallLengthBeforeMagic(t *testing.T) {
	for length, want := range map[byte]wire.Code{0: wire.ErrLength, 9: wire.ErrLength, 13: wire.ErrLength, 14: wire.ErrMagic} {
		b := make([]byte, 64)
		b[3], b[offMagic] = length, 0x77
		if _, err := new(frame.Frame).Parse(b); err != want {
			t.Errorf("LENGTH %d: %v, want %v", length, err, want.Reason())
		}
	}
}

const offMagic = 4

// F5: the payload limit to the byte, where the whole frame is there.
func TestPayloadLimitWhole(t *testing.T) {
	const most = wire.DefaultMaxPayload
	b, err := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	if err != nil {
		t.Fatal(err)
	}
	for over := range 9 {
		in, err := b.AppendPrefix(make([]byte, 0, most+100), most)
		if err != nil {
			t.Fatal(err)
		}
		in = in[:len(in)+most+over]
		wire.PutUint32(in, 0, uint32(len(in)-4))
		n, code := len(in), wire.Code(0)
		if over > 0 {
			n, code = 0, wire.ErrPayloadLimit
		}
		for _, lim := range []*frame.Limits{{}, {MaxPayload: most}} {
			if m, err := parse(t, new(frame.Frame), in, lim); m != n || codeOf(err) != code {
				t.Errorf("%d over the limit: Parse = %d, %v; want %d, %v", over, m, err, n, code.Reason())
			}
		}
	}
}
