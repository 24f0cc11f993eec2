package fuzz

import (
	"bytes"
	"slices"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Builder: any calls on a frame.Builder, under any limits. What it emits is one
// frame to a reader with the same limits, says what the calls said, and is read
// alike by gopkg's ttheader decoder; what it refuses leaves dst as it was.
func Builder(t T, in []byte) {
	b := script.NewReader(in).Build()
	out, err := appended(t, b.Do)
	if err != nil {
		if isFine(&b) {
			t.Fatalf("%v, but nothing is wrong with %+v", err, b)
		}
		return
	}
	lim := *b.Within()
	lim.Strict = false // it is about keys given twice, and the calls may mean that
	v := judge(out, &lim)
	if v.err != nil || v.n != len(out) {
		t.Fatalf("what was built is read as %d, %v\n% x", v.n, v.err, out)
	}
	if v.f.Type != b.Type || v.f.StreamID != b.Stream || v.f.Header.Protocol() != b.Protocol || !bytes.Equal(v.f.Payload, b.Payload) {
		t.Fatalf("%v frame of stream %d, want %v of %d", v.f.Type, v.f.StreamID, b.Type, b.Stream)
	}
	saysCalls(t, &b, &v.f)
	gopkgReads(t, out, &v.f)
}

// saying is what the calls of a script say, and how long that is.
type saying struct {
	typ    frame.Type
	strs   []pair
	ints   []pair
	token  []pair // the last one
	flags  frame.Flags
	ids    []byte
	placed bool // the frame type has been
	block  byte // kind of the open block
	size   int  // of the header info, in bytes, without padding
}

// add is a pair in a block of its kind: that of the one before it, or a new one.
// A token is a block by itself.
func (s *saying) add(p pair) {
	switch p.kind {
	case 's':
		s.strs = append(s.strs, p)
		s.size += 4 + len(p.key) + len(p.value)
	case 'i':
		s.placed = s.placed || p.int == header.KeyFrameType
		s.ints = append(s.ints, p)
		s.size += 4 + len(p.value)
	case 't':
		s.token = []pair{p}
		s.size += 3 + len(p.value)
	}
	if s.block != p.kind && p.kind != 't' {
		s.size += 3
	}
	s.block = p.kind
}

// place is the frame type, if it has not been.
func (s *saying) place() {
	if !s.placed {
		s.add(pair{kind: 'i', int: header.KeyFrameType, value: string('0' + rune(s.typ))})
	}
}

func (s *saying) call(c *script.Call) {
	switch c.Op {
	case script.Str, script.StrBytes:
		s.add(pair{kind: 's', key: string(c.Key), value: string(c.Value)})
	case script.Int, script.IntBytes:
		s.add(pair{kind: 'i', int: c.Int, value: string(c.Value)})
	case script.Method, script.MethodBytes:
		s.place()
		s.add(pair{kind: 'i', int: header.KeyMethod, value: string(c.Value)})
	case script.Token, script.TokenBytes:
		s.add(pair{kind: 't', value: string(c.Value)})
	case script.Transforms:
		s.ids = c.Value // a second one is allowed behind an empty first
	case script.Flags:
		s.flags = c.Flags
	}
}

// saysCalls: the frame has the pairs of the calls in their order, in no more
// blocks than that takes, and no padding but at the end.
func saysCalls(t T, b *script.Build, f *frame.Frame) {
	t.Helper()
	s := saying{typ: b.Type, flags: frame.FlagStreaming}
	for i := range b.Calls {
		s.call(&b.Calls[i])
	}
	s.place()
	want := slices.Concat(s.strs, s.ints, s.token)
	if got := pairsOf(&f.Header); !slices.Equal(got, want) {
		t.Fatalf("pairs %q\nwant  %q", got, want)
	}
	if f.Flags != s.flags || !bytes.Equal(f.Header.Transforms(), s.ids) {
		t.Fatalf("flags %#x, transforms % x, want %#x, % x", f.Flags, f.Header.Transforms(), s.flags, s.ids)
	}
	if n, want := len(f.Header.Bytes()), (2+len(s.ids)+s.size+3)/4*4; n != want {
		t.Fatalf("%d bytes of header info, want %d", n, want)
	}
}

// isFine reports whether there is surely nothing to refuse: default limits, and
// small.
func isFine(b *script.Build) bool {
	if b.Limits != 0 || !b.Type.Valid() || !b.Protocol.Valid() || b.Stream == 0 && b.Type != frame.Meta || len(b.Calls) > 1000 {
		return false
	}
	size, named, typed := 0, false, true
	for i, c := range b.Calls {
		size += 10 + len(c.Key) + len(c.Value)
		isInt := c.Op == script.Int || c.Op == script.IntBytes
		switch {
		case c.Op == script.Transforms && (i > 0 || len(c.Value) > 255), c.Op == script.Flags && c.Flags&frame.FlagStreaming == 0:
			return false
		case isInt && c.Int == header.KeyFrameType:
			typed = string(c.Value) == string('0'+rune(b.Type)) // the last one counts
		case isInt && c.Int == header.KeyMethod, c.Op == script.Method, c.Op == script.MethodBytes:
			named = len(c.Value) > 0
		}
	}
	return size <= wire.MaxLen16 && typed && (named || b.Type != frame.Header)
}
