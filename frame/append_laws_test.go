package frame_test

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// The law of Append: the whole frame is there or dst comes back as it was, with
// an error. Same input, same bytes, always.

// appender is one way to append a frame.
type appender func(dst []byte) ([]byte, error)

// keepsLaw runs it on slices with and without room, twice each, and returns
// what was appended, or the error.
func keepsLaw(t fataler, run appender) ([]byte, error) {
	t.Helper()
	var first []byte
	var firstErr error
	for i, room := range []int{0, 7, 4096, 1 << 19} {
		buf := bytes.Repeat([]byte{0xA5}, 5+room)
		dst := buf[:5]
		out, err := run(dst)
		if !bytes.Equal(buf[:5], []byte{0xA5, 0xA5, 0xA5, 0xA5, 0xA5}) {
			t.Fatalf("what dst held has changed: % x", buf[:5])
		}
		if err != nil && !isSlice(out, dst) {
			t.Fatalf("%v: dst came back as another slice: len %d, cap %d", err, len(out), cap(out))
		}
		if err == nil && !bytes.HasPrefix(out, dst) {
			t.Fatalf("what dst held is not in front of the frame")
		}
		if i == 0 {
			first, firstErr = out[5:], err
		}
		if err != firstErr || !bytes.Equal(out[5:], first) {
			t.Fatalf("same input, other bytes: %d and %d, errors %v and %v", len(first), len(out)-5, firstErr, err)
		}
	}
	return first, firstErr
}

// isSlice reports whether a and b are the same window on the same memory.
func isSlice(a, b []byte) bool {
	return len(a) == len(b) && cap(a) == cap(b) && unsafe.SliceData(a) == unsafe.SliceData(b)
}

// An encoder's limits are those of the decoder (E10): whatever calls are made,
// what Finish gives is one whole frame to a parser with the same limits.
func TestLawAppendBuilder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lim := &frame.Limits{
			MaxHeader:  rapid.SampledFrom([]int{0, 4, 12, 15, 21, 23, 40, 100, 300}).Draw(t, "max header"),
			MaxPayload: rapid.IntRange(0, 20).Draw(t, "max payload"),
			MaxPairs:   rapid.IntRange(0, 8).Draw(t, "max pairs"),
			Strict:     rapid.Bool().Draw(t, "strict"),
		}
		calls := rapid.SliceOfN(rapid.Custom(genCall), 0, 12).Draw(t, "calls")
		typ := frame.Type(rapid.SampledFrom([]byte{1, 2, 3, 4, 5, 3, 4, 5, 0, 6}).Draw(t, "type"))
		stream := rapid.SampledFrom([]int32{1, 1, 1, -1, 0}).Draw(t, "stream")
		protocol := header.Protocol(rapid.SampledFrom([]byte{0x10, 0x10, 0x10, 0, 0x02}).Draw(t, "protocol"))
		payload := bytes.Repeat([]byte("p"), rapid.IntRange(0, 25).Draw(t, "payload"))
		out, err := keepsLaw(t, func(dst []byte) ([]byte, error) {
			b := frame.BeginWithin(dst, typ, stream, protocol, lim)
			for _, call := range calls {
				call(&b)
			}
			return b.Finish(payload)
		})
		if err != nil {
			refused(t, err)
			return
		}
		f := new(frame.Frame)
		if n, err := f.ParseWithin(out, lim); err != nil || n != len(out) || f.Type != typ || f.StreamID != stream {
			t.Fatalf("what was built gives %d, %v, %v on stream %d\n% x", n, err, f.Type, f.StreamID, out)
		}
	})
}

// refused fails the test unless err is a code by which an encoder refuses.
func refused(t fataler, err error) {
	t.Helper()
	code, ok := err.(wire.Code)
	if !ok || !code.Is(wire.ErrRefused) || code.StreamCode() != 12005 {
		t.Fatalf("an encoder's error is %v, which is no refusal", err)
	}
}

// genCall makes a call on a Builder.
func genCall(t *rapid.T) func(*frame.Builder) {
	v := rapid.SampledFrom([]string{"", "v", "value", "3", string(make([]byte, 50))}).Draw(t, "value")
	k := rapid.SampledFrom([]string{"", "k", "key"}).Draw(t, "key")
	switch rapid.IntRange(0, 10).Draw(t, "call") {
	case 0:
		return func(b *frame.Builder) { b.Flags(frame.FlagStreaming | frame.FlagSASL) }
	case 1:
		return func(b *frame.Builder) { b.Transforms([]byte(v)) }
	case 2:
		return func(b *frame.Builder) { b.Token(v) }
	case 3, 4, 5:
		return func(b *frame.Builder) { b.Str(k, v) }
	case 6:
		return func(b *frame.Builder) { b.Int(header.KeyLogID, v) }
	case 7:
		return func(b *frame.Builder) { b.Int(header.KeyFrameType, v) }
	case 8:
		return func(b *frame.Builder) { b.Int(header.KeyMethod, v) }
	}
	return func(b *frame.Builder) { b.Method(v) }
}

// The same law for AppendTo, whatever a caller has put into a parsed frame.
func TestLawAppendFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := mustParse(t, testgen.Frames().Draw(t, "frame").Bytes())
		f.StreamID = rapid.SampledFrom([]int32{f.StreamID, 7, -7, 0}).Draw(t, "stream")
		f.Flags = rapid.SampledFrom([]frame.Flags{f.Flags, 0xFFFF, 2, 0, 0xFFFD}).Draw(t, "flags")
		f.Type = rapid.SampledFrom([]frame.Type{f.Type, f.Type, f.Type, 0, 1, 6, 200}).Draw(t, "type")
		f.Payload = bytes.Repeat([]byte("p"), rapid.IntRange(0, 50).Draw(t, "payload"))
		lim := &frame.Limits{
			MaxHeader:    rapid.SampledFrom([]int{0, 0, 20, 300}).Draw(t, "max header"),
			MaxPayload:   rapid.SampledFrom([]int{0, 0, 30}).Draw(t, "max payload"),
			UnknownTypes: rapid.Bool().Draw(t, "unknown types"),
		}
		out, err := keepsLaw(t, func(dst []byte) ([]byte, error) { return f.AppendWithin(dst, lim) })
		if err != nil {
			refused(t, err)
			return
		}
		g := new(frame.Frame)
		if n, err := g.ParseWithin(out, lim); err != nil || n != len(out) {
			t.Fatalf("what was appended gives %d, %v\n% x", n, err, out)
		}
		same(t, report(f), g)
	})
}

// A Template appends what a Builder does.
func TestTemplateIsBuilder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := rapid.Int32().Draw(t, "stream")
		method := rapid.SampledFrom([]string{"", "Bidi", "m", string(make([]byte, 300))}).Draw(t, "method")
		protocol := header.Protocol(rapid.SampledFrom([]byte{0x10, 0x04, 0x02}).Draw(t, "protocol"))
		payload := bytes.Repeat([]byte("p"), rapid.IntRange(0, 30).Draw(t, "payload"))
		lim := &frame.Limits{
			MaxHeader:  rapid.SampledFrom([]int{0, 12, 20, 24}).Draw(t, "max header"),
			MaxPayload: rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "max payload"),
			MaxPairs:   rapid.IntRange(0, 2).Draw(t, "max pairs"),
		}
		want, wantErr := keepsLaw(t, func(dst []byte) ([]byte, error) {
			b := frame.BeginWithin(dst, frame.Data, stream, protocol, lim)
			if method != "" {
				b.Method(method)
			}
			return b.Finish(payload)
		})
		template, err := frame.NewTemplateWithin(stream, method, protocol, lim)
		if err != nil {
			if err != wantErr {
				t.Fatalf("NewTemplate: %v, Builder: %v", err, wantErr)
			}
			return
		}
		got, err := keepsLaw(t, func(dst []byte) ([]byte, error) { return template.Append(dst, payload) })
		if err != wantErr || !bytes.Equal(got, want) {
			t.Fatalf("Template: % x, %v\nBuilder:  % x, %v", got, err, want, wantErr)
		}
	})
}

// FinishPrefix and AppendPrefix give what Finish and Append give, but for the
// payload, whose size they declare.
func TestPrefixIsAllButPayload(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		payload := []byte(model.Payload)
		b := frame.Begin(nil, frame.Trailer, 1, header.ThriftStruct)
		b.Str("k", "v")
		whole, err := b.Finish(payload)
		b = frame.Begin(nil, frame.Trailer, 1, header.ThriftStruct)
		b.Str("k", "v")
		prefix, prefixErr := b.FinishPrefix(len(payload))
		if err != nil || prefixErr != nil || !bytes.Equal(slices.Concat(prefix, payload), whole) {
			t.Fatalf("Finish % x, %v; FinishPrefix % x, %v", whole, err, prefix, prefixErr)
		}
		template, _ := frame.NewTemplate(1, "M", header.ThriftStruct)
		whole, err = template.Append(nil, payload)
		prefix, prefixErr = template.AppendPrefix(nil, len(payload))
		if err != nil || prefixErr != nil || !bytes.Equal(slices.Concat(prefix, payload), whole) {
			t.Fatalf("Append % x, %v; AppendPrefix % x, %v", whole, err, prefix, prefixErr)
		}
	})
}
