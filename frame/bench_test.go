package frame_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// op is one thing to measure. The benchmark of a group runs it for its time,
// and TestAllocs for its allocations, of which there must be none.
type op struct {
	name  string
	bytes int // what is read or written, 0 if that says nothing
	run   func()
}

// groups are the ops by the name of their benchmark.
var groups = []struct {
	name string
	ops  func() []op
}{
	{"Parse", parseOps},
	{"ParseMixture", mixtureOps},
	{"ParseHeader", parseHeaderOps},
	{"ParseShort", parseShortOps},
	{"ParseIllegal", parseIllegalOps},
	{"Build", buildOps},
	{"BuildRefused", buildRefusedOps},
	{"Template", templateOps},
	{"AppendTo", appendToOps},
}

// TestAllocs: no op allocates, whether it succeeds, wants more, or fails.
func TestAllocs(t *testing.T) {
	for _, g := range groups {
		for _, o := range g.ops() {
			allocs(t, g.name+"/"+o.name, o.run)
		}
	}
}

func BenchmarkParse(b *testing.B)        { bench(b, parseOps()) }
func BenchmarkParseMixture(b *testing.B) { bench(b, mixtureOps()) }
func BenchmarkParseHeader(b *testing.B)  { bench(b, parseHeaderOps()) }
func BenchmarkParseShort(b *testing.B)   { bench(b, parseShortOps()) }
func BenchmarkParseIllegal(b *testing.B) { bench(b, parseIllegalOps()) }
func BenchmarkBuild(b *testing.B)        { bench(b, buildOps()) }
func BenchmarkBuildRefused(b *testing.B) { bench(b, buildRefusedOps()) }
func BenchmarkTemplate(b *testing.B)     { bench(b, templateOps()) }
func BenchmarkAppendTo(b *testing.B)     { bench(b, appendToOps()) }

func bench(b *testing.B, ops []op) {
	for _, o := range ops {
		b.Run(o.name, func(b *testing.B) {
			b.ReportAllocs()
			if o.bytes > 0 {
				b.SetBytes(int64(o.bytes))
			}
			for b.Loop() {
				o.run()
			}
		})
	}
}

// size is a payload size class, in bytes.
type size int

var sizes = []size{64, 1 << 10, 64 << 10}

func (s size) String() string {
	if s < 1024 {
		return fmt.Sprintf("%dB", int(s))
	}
	return fmt.Sprintf("%dKiB", int(s)>>10)
}

// pairCounts are the size classes of header info.
var pairCounts = []int{1, 6, 64}

// sample is a frame of this type with n string pairs, as a peer writes it.
func sample(typ frame.Type, n, payload int) []byte {
	b := frame.Begin(nil, typ, 1, header.ThriftStruct)
	for i := range n {
		b.Str(fmt.Sprintf("key-%02d", i), "value-value")
	}
	b.Method("Bidi")
	return must(b.Finish(make([]byte, payload)))
}

func must(b []byte, err error) []byte {
	expect(err == nil)
	return b
}

// expect panics where an op does not do what it is there to measure; allocs
// makes a failed test of it.
func expect(ok bool) {
	if !ok {
		panic("unexpected result")
	}
}

// samples are whole frames by name: data by payload, the others by pairs.
func samples() (names []string, frames [][]byte) {
	add := func(name string, b []byte) {
		names, frames = append(names, name), append(frames, b)
	}
	for _, s := range sizes {
		add("data/"+s.String(), sample(frame.Data, 0, int(s)))
	}
	for _, typ := range []frame.Type{frame.Meta, frame.Header, frame.Trailer, frame.Rst} {
		for _, n := range pairCounts {
			add(fmt.Sprintf("%v/%dpairs", typ, n), sample(typ, n, 0))
		}
	}
	int64pairs := testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Blocks: []testgen.Block{{ID: testgen.Ints}}}
	for k := range 64 {
		p := testgen.Pair{Int: uint16(k), Value: "3"}
		int64pairs.Blocks[0].Pairs = append(int64pairs.Blocks[0].Pairs, p)
	}
	add("data/64ints", int64pairs.Bytes())
	token := testgen.Block{ID: testgen.Token, Pairs: []testgen.Pair{{Value: "token"}}}
	int64pairs.Blocks = []testgen.Block{token, {ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: "3"}}}}
	add("data/token", int64pairs.Bytes())
	return names, frames
}

func parseOps() (ops []op) {
	names, frames := samples()
	f := new(frame.Frame)
	for i, in := range frames {
		ops = append(ops, op{names[i], len(in), func() {
			n, err := f.Parse(in)
			expect(n == len(in) && err == nil)
		}})
	}
	return ops
}

// mixtureOps parses 1,024 frames in a row: headers, data of varying length in
// both orders of their keys, trailers.
func mixtureOps() []op {
	var frames [][]byte
	for i := range 1024 {
		switch {
		case i%16 == 0:
			frames = append(frames, sample(frame.Header, i%7, 0))
		case i%16 == 15:
			frames = append(frames, sample(frame.Trailer, i%5, 0))
		default:
			b := frame.Begin(nil, frame.Data, int32(i), header.ThriftStruct)
			if i%8 == 3 {
				b.Int(header.KeyMethod, "Bidi")
			} else {
				b.Method("Bidi")
			}
			frames = append(frames, must(b.Finish(make([]byte, i*37%500))))
		}
	}
	all, f := slices.Concat(frames...), new(frame.Frame)
	return []op{{"1024frames", len(all), func() {
		for b := all; len(b) > 0; {
			n, err := f.Parse(b)
			expect(err == nil)
			b = b[n:]
		}
	}}}
}

func parseHeaderOps() (ops []op) {
	f := new(frame.Frame)
	for _, s := range sizes {
		in := sample(frame.Data, 0, int(s))
		in = in[:len(in)-int(s)]
		ops = append(ops, op{"data/" + s.String(), 0, func() {
			n, payload, err := f.ParseHeader(in)
			expect(n == len(in) && payload == int(s) && err == nil)
		}})
	}
	return ops
}

func parseShortOps() (ops []op) {
	in := sample(frame.Header, 6, 100)
	f := new(frame.Frame)
	for _, c := range []struct {
		name string
		have int
	}{{"nothing", 0}, {"length", 4}, {"fixed", 14}, {"pairs", 100}, {"payload", len(in) - 1}} {
		ops = append(ops, op{c.name, 0, func() {
			n, err := f.Parse(in[:c.have])
			expect(n > c.have && err == wire.ErrShort)
		}})
	}
	return ops
}

// parseIllegalOps is one op for each code by which bytes are no frame.
func parseIllegalOps() (ops []op) {
	f := new(frame.Frame)
	seen := map[wire.Code]bool{0: true, wire.ErrShort: true}
	for _, c := range testgen.Hostile() {
		if seen[c.Code] {
			continue
		}
		seen[c.Code] = true
		parse := f.Parse
		if c.Limits != (frame.Limits{}) {
			parse = func(b []byte) (int, error) { return f.ParseWithin(b, &c.Limits) }
		}
		ops = append(ops, op{c.Code.Reason(), 0, func() {
			_, err := parse(c.In)
			expect(err == c.Code)
		}})
	}
	return ops
}

func buildOps() (ops []op) {
	dst := make([]byte, 0, 1<<17)
	for _, s := range sizes {
		payload := make([]byte, s)
		ops = append(ops, op{"data/" + s.String(), len(sample(frame.Data, 0, int(s))), func() {
			b := frame.Begin(dst, frame.Data, 1, header.ThriftStruct)
			b.Method("Bidi")
			must(b.Finish(payload))
		}})
	}
	for _, typ := range []frame.Type{frame.Meta, frame.Header, frame.Trailer, frame.Rst} {
		for _, n := range pairCounts {
			keys := keysOf(n)
			ops = append(ops, op{fmt.Sprintf("%v/%dpairs", typ, n), len(sample(typ, n, 0)), func() {
				b := frame.Begin(dst, typ, 1, header.ThriftStruct)
				for _, k := range keys {
					b.Str(k, "value-value")
				}
				b.Method("Bidi")
				must(b.Finish(nil))
			}})
		}
	}
	return append(ops, op{"all-parts", 0, func() {
		b := frame.Begin(dst, frame.Header, 1, header.ThriftStruct)
		b.Flags(0xFFFF)
		b.Transforms([]byte{1})
		b.Token("token")
		b.TokenBytes([]byte("token"))
		b.StrBytes([]byte("k"), []byte("v"))
		b.MethodBytes([]byte("M"))
		b.Int(header.KeyEnv, "v")
		b.IntBytes(header.KeyEnv, []byte("v"))
		b.EndStr(append(b.BeginStr("k"), "v"...))
		must(b.FinishPrefix(1 << 20))
	}})
}

func keysOf(n int) (keys []string) {
	for i := range n {
		keys = append(keys, fmt.Sprintf("key-%02d", i))
	}
	return keys
}

// buildRefusedOps is one op for each code by which building is refused.
func buildRefusedOps() (ops []op) {
	dst := make([]byte, 0, 1<<17)
	long := strings.Repeat("x", 65536)
	tight := &frame.Limits{MaxHeader: 16, MaxPairs: 2, MaxPayload: 1}
	refuse := func(want wire.Code, typ frame.Type, stream int32, p header.Protocol, add func(*frame.Builder)) {
		b := new(frame.Builder) // one for all runs: add is not known to the compiler, so it would escape
		ops = append(ops, op{want.Reason(), 0, func() {
			*b = frame.BeginWithin(dst, typ, stream, p, tight)
			add(b)
			out, err := b.Finish(nil)
			expect(err == want && len(out) == 0)
		}})
	}
	add := func(want wire.Code, add func(*frame.Builder)) {
		refuse(want, frame.Header, 1, header.ThriftStruct, add)
	}
	nothing := func(*frame.Builder) {}
	add(wire.ErrTooLong, func(b *frame.Builder) { b.Str("k", long) })
	add(wire.ErrHeaderTooLarge, func(b *frame.Builder) { b.Str("0123456789", "0123456789") })
	add(wire.ErrPayloadTooLarge, func(b *frame.Builder) { b.Method("M"); b.FinishPrefix(2) })
	add(wire.ErrTooManyPairs, func(b *frame.Builder) { b.Method(""); b.Token("") })
	refuse(wire.ErrNotFrameType, 0, 1, header.ThriftStruct, nothing)
	add(wire.ErrNoMethod, nothing)
	refuse(wire.ErrNoStreamID, frame.Data, 0, header.ThriftStruct, nothing)
	add(wire.ErrNotStreaming, func(b *frame.Builder) { b.Flags(0) })
	refuse(wire.ErrNotProtocol, frame.Data, 1, 2, nothing)
	add(wire.ErrOrder, func(b *frame.Builder) { b.Method("M"); b.Transforms([]byte{1}) })
	return ops
}

func templateOps() (ops []op) {
	dst := make([]byte, 0, 1<<17)
	template, err := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	if err != nil {
		panic(err)
	}
	for _, s := range sizes {
		payload := make([]byte, s)
		ops = append(ops, op{s.String(), len(must(template.Append(nil, payload))), func() { must(template.Append(dst, payload)) }})
	}
	ops = append(ops, op{"prefix/64KiB", 0, func() { must(template.AppendPrefix(dst, 64<<10)) }})
	return append(ops, op{"refused", 0, func() {
		_, err := template.AppendPrefix(dst, 16<<20+1)
		expect(err == wire.ErrPayloadTooLarge)
	}})
}

func appendToOps() (ops []op) {
	names, frames := samples()
	dst := make([]byte, 0, 1<<17)
	for i, in := range frames {
		f := new(frame.Frame)
		if _, err := f.Parse(in); err != nil {
			panic(err)
		}
		ops = append(ops, op{names[i], len(in), func() { must(f.AppendTo(dst)) }})
	}
	return append(ops, op{"refused", 0, func() {
		_, err := new(frame.Frame).AppendTo(dst)
		expect(err == wire.ErrNotStreaming)
	}})
}
