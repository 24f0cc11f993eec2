package frame_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// The rows E of the catalogue of hostile input: what an encoder refuses. E8 is
// package codec's; E9 and E10 are properties, in laws_test.go (TestLaw5...) and
// append_laws_test.go.

// build is one frame to be built: on stream 1 with thrift-struct, but for what
// it says itself.
type build struct {
	id   string
	want wire.Code // 0: it is legal
	lim  frame.Limits
	run  func(dst []byte, lim *frame.Limits) ([]byte, error)
}

// built is a row that adds parts to a frame of this type.
func built(id string, want wire.Code, typ frame.Type, add func(*frame.Builder)) build {
	return build{id: id, want: want, run: func(dst []byte, lim *frame.Limits) ([]byte, error) {
		b := frame.BeginWithin(dst, typ, 1, header.ThriftStruct, lim)
		add(&b)
		return b.Finish(nil)
	}}
}

// begun is a row that is decided by what Begin is told.
func begun(id string, want wire.Code, typ frame.Type, stream int32, p header.Protocol) build {
	return build{id: id, want: want, run: func(dst []byte, lim *frame.Limits) ([]byte, error) {
		b := frame.BeginWithin(dst, typ, stream, p, lim)
		b.Flags(frame.FlagStreaming | frame.FlagSASL)
		b.Transforms(nil)
		b.Token("t")
		b.Method("M")
		return b.Finish(nil)
	}}
}

// sized is a row about the payload's size, which is all that is told: nothing
// of 2 GiB is needed to try it.
func sized(id string, want wire.Code, payload int) build {
	return build{id: id, want: want, run: func(dst []byte, lim *frame.Limits) ([]byte, error) {
		b := frame.BeginWithin(dst, frame.Data, 1, header.ThriftStruct, lim)
		return b.FinishPrefix(payload)
	}}
}

func (c build) within(lim frame.Limits) build {
	c.lim = lim
	return c
}

var (
	at65535 = strings.Repeat("x", 65535)
	at65536 = at65535 + "x"
	raised  = frame.Limits{MaxHeader: math.MaxInt32, MaxPayload: math.MaxInt32, MaxPairs: math.MaxInt32}
)

func builds() []build {
	return slices.Concat(tooLong(), tooLarge(), tooMany(), misused(), legalBuilds())
}

func tooLong() []build {
	return []build{
		built("E1/str-key", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.Str(at65536, "v") }),
		built("E1/str-value", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.Str("k", at65536) }),
		built("E1/str-bytes", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.StrBytes(nil, []byte(at65536)) }),
		built("E1/int-value", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.Int(header.KeyEnv, at65536) }),
		built("E1/int-bytes", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.IntBytes(header.KeyEnv, []byte(at65536)) }),
		built("E1/method", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.Method(at65536) }),
		built("E1/method-bytes", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.MethodBytes([]byte(at65536)) }),
		built("E1/token", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.Token(at65536) }),
		built("E1/token-bytes", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.TokenBytes([]byte(at65536)) }),
		built("E1/transforms-256", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.Transforms(make([]byte, 256)) }),
		built("E1/value-65535", 0, frame.Data, func(b *frame.Builder) { b.EndStr(append(b.BeginStr("k"), at65535...)) }),
		built("E1/value-65536", wire.ErrTooLong, frame.Data, func(b *frame.Builder) { b.EndStr(append(b.BeginStr("k"), at65536...)) }),
		built("E1/two-halves", 0, frame.Data, func(b *frame.Builder) { b.Str(at65535[:32768], at65535[:32768]) }),
		built("E1/key-65535", 0, frame.Data, func(b *frame.Builder) { b.Str(at65535, at65535) }),
		built("E1/token-65535", 0, frame.Data, func(b *frame.Builder) { b.Token(at65535) }),
		built("E1/method-65535", 0, frame.Data, func(b *frame.Builder) { b.Method(at65535) }),
	}
}

// full adds strings up to n bytes of header info, of which protocol and
// transforms take 2, the blocks of strings and ints 3 each, and the frame type
// 5; a pair takes 4.
func full(n int) func(*frame.Builder) {
	return func(b *frame.Builder) {
		left := n - 2 - 3 - 3 - 5
		for left > 70000 {
			b.Str("", at65535)
			left -= 4 + 65535
		}
		b.Str("", at65535[:left-4])
	}
}

// typeThen places the frame type before the rest, 8 bytes behind the first 2, so
// that the rest is the last.
func typeThen(add func(*frame.Builder)) func(*frame.Builder) {
	return func(b *frame.Builder) {
		b.Int(header.KeyFrameType, "3")
		add(b)
	}
}

func tooLarge() []build {
	return []build{
		built("E2/262140", 0, frame.Data, full(262140)),
		built("E2/262141", wire.ErrHeaderTooLarge, frame.Data, full(262141)),
		built("E2/262141-raised", wire.ErrHeaderTooLarge, frame.Data, full(262141)).within(raised),
		built("E2/64-limit-64", 0, frame.Data, full(64)).within(frame.Limits{MaxHeader: 64}),
		built("E2/65-limit-64", wire.ErrHeaderTooLarge, frame.Data, full(65)).within(frame.Limits{MaxHeader: 64}),
		built("E2/padding-over-limit-62", wire.ErrHeaderTooLarge, frame.Data, full(62)).within(frame.Limits{MaxHeader: 62}),
		built("E2/padding-over-limit-63", wire.ErrHeaderTooLarge, frame.Data, full(62)).within(frame.Limits{MaxHeader: 63}),
		built("E2/token-over", wire.ErrHeaderTooLarge, frame.Data, func(b *frame.Builder) { b.Token("0123456789") }).within(frame.Limits{MaxHeader: 20}),
		built("E2/transforms-over", wire.ErrHeaderTooLarge, frame.Data, func(b *frame.Builder) { b.Transforms(make([]byte, 255)) }).within(frame.Limits{MaxHeader: 20}),
		built("E2/token-at-limit", 0, frame.Data, typeThen(func(b *frame.Builder) { b.Token("123") })).within(frame.Limits{MaxHeader: 16}),
		built("E2/token-over-by-1", wire.ErrHeaderTooLarge, frame.Data, typeThen(func(b *frame.Builder) { b.Token("1234") })).within(frame.Limits{MaxHeader: 16}),
		built("E2/str-at-limit", 0, frame.Data, typeThen(func(b *frame.Builder) { b.Str("k", "vv") })).within(frame.Limits{MaxHeader: 20}),
		built("E2/str-over-by-1", wire.ErrHeaderTooLarge, frame.Data, typeThen(func(b *frame.Builder) { b.Str("k", "vvv") })).within(frame.Limits{MaxHeader: 20}),
		built("E2/str-bytes-at-limit", 0, frame.Data, typeThen(func(b *frame.Builder) { b.StrBytes([]byte("k"), []byte("vv")) })).within(frame.Limits{MaxHeader: 20}),
		built("E2/int-at-limit", 0, frame.Data, typeThen(func(b *frame.Builder) { b.Int(header.KeyEnv, "ee") })).within(frame.Limits{MaxHeader: 16}),
		built("E2/int-over-by-1", wire.ErrHeaderTooLarge, frame.Data, typeThen(func(b *frame.Builder) { b.Int(header.KeyEnv, "eee") })).within(frame.Limits{MaxHeader: 16}),
		built("E2/calls-after-it", wire.ErrHeaderTooLarge, frame.Data, func(b *frame.Builder) {
			full(80)(b)
			b.Token(at65536)
			b.Flags(0)
			b.Transforms([]byte("x"))
		}).within(frame.Limits{MaxHeader: 64}),
		sized("E3/at-default-limit", 0, 16<<20),
		sized("E3/over-default-limit", wire.ErrPayloadTooLarge, 16<<20+1),
		sized("E3/negative", wire.ErrPayloadTooLarge, -1),
		sized("E3/most-negative", wire.ErrPayloadTooLarge, math.MinInt),
		sized("E3/0x3FFFFFFF-total", 0, 0x3FFFFFFF-10-12).within(raised),
		sized("E3/0x3FFFFFFF+1-total", wire.ErrPayloadTooLarge, 0x3FFFFFFF-10-12+1).within(raised),
		sized("E3/0x3FFFFFFF-payload", wire.ErrPayloadTooLarge, 0x3FFFFFFF).within(raised),
		sized("E3/0x7FFFFFFF", wire.ErrPayloadTooLarge, 0x7FFFFFFF).within(raised),
		sized("E3/most", wire.ErrPayloadTooLarge, math.MaxInt).within(raised),
		sized("E3/4GiB", wire.ErrPayloadTooLarge, math.MaxInt&(1<<32)|math.MaxInt32).within(raised),
	}
}

// pairs adds n string pairs, to which the frame type comes.
func pairs(n int) func(*frame.Builder) {
	return func(b *frame.Builder) {
		for range n {
			b.Str("", "")
		}
	}
}

func tooMany() []build {
	return []build{
		built("E4/1024-pairs", 0, frame.Data, pairs(1023)),
		built("E4/1025-pairs", wire.ErrTooManyPairs, frame.Data, pairs(1024)),
		built("E4/1024-pairs-type-first", 0, frame.Data, typeThen(pairs(1023))),
		built("E4/1025-pairs-type-first", wire.ErrTooManyPairs, frame.Data, typeThen(pairs(1024))),
		built("E4/1025-tokens", wire.ErrTooManyPairs, frame.Data, func(b *frame.Builder) {
			for range 1024 {
				b.Token("")
			}
		}),
		built("E4/2-pairs-limit-1", wire.ErrTooManyPairs, frame.Data, func(b *frame.Builder) { b.Method("M") }).within(frame.Limits{MaxPairs: 1}),
		built("E4/65530-pairs-raised", 0, frame.Data, pairs(65530)).within(raised),
		built("E4/65536-pairs-raised", wire.ErrHeaderTooLarge, frame.Data, pairs(65536)).within(raised),
		built("E4/65536-pairs", wire.ErrTooManyPairs, frame.Data, pairs(65536)),
	}
}

func misused() []build {
	finished := func(use func(*frame.Builder)) func(*frame.Builder) {
		return func(b *frame.Builder) {
			b.Finish(nil)
			use(b)
		}
	}
	typed := func(v ...string) func(*frame.Builder) {
		return func(b *frame.Builder) {
			for _, v := range v {
				b.Int(header.KeyFrameType, v)
			}
		}
	}
	return []build{
		built("E5/other-type", wire.ErrNotFrameType, frame.Data, typed("4")),
		built("E5/other-type-last", wire.ErrNotFrameType, frame.Data, typed("3", "4")),
		built("E5/long-type", wire.ErrNotFrameType, frame.Data, typed("33")),
		built("E5/empty-type", wire.ErrNotFrameType, frame.Data, typed("")),
		built("E5/zero-type", wire.ErrNotFrameType, frame.Data, typed("\x00")),
		built("E5/type-twice", 0, frame.Data, typed("99", "4", "3")),
		built("E5/duplicate-keys", 0, frame.Data, func(b *frame.Builder) { b.Str("k", "1"); b.Str("k", "2"); b.Method("M"); b.Method("N") }),
		built("E6/header-without-method", wire.ErrNoMethod, frame.Header, func(*frame.Builder) {}),
		built("E6/header-empty-method", wire.ErrNoMethod, frame.Header, func(b *frame.Builder) { b.Method("") }),
		built("E6/header-empty-method-last", wire.ErrNoMethod, frame.Header, func(b *frame.Builder) { b.Method("M"); b.Method("") }),
		built("E6/trailer-without-method", 0, frame.Trailer, func(*frame.Builder) {}),
		built("E6/rst-empty-method", 0, frame.Rst, func(b *frame.Builder) { b.Method("") }),
		begun("E7/stream-0-header", wire.ErrNoStreamID, frame.Header, 0, header.ThriftStruct),
		begun("E7/stream-0-data", wire.ErrNoStreamID, frame.Data, 0, header.ThriftStruct),
		begun("E7/stream-0-trailer", wire.ErrNoStreamID, frame.Trailer, 0, header.ThriftStruct),
		begun("E7/stream-0-rst", wire.ErrNoStreamID, frame.Rst, 0, header.ThriftStruct),
		begun("E7/stream-0-meta", 0, frame.Meta, 0, header.ThriftStruct),
		begun("type-0", wire.ErrNotFrameType, 0, 1, header.ThriftStruct),
		begun("type-6", wire.ErrNotFrameType, 6, 1, header.ThriftStruct),
		begun("protocol-2", wire.ErrNotProtocol, frame.Data, 1, 2),
		begun("protocol-255", wire.ErrNotProtocol, frame.Data, 1, 255),
		built("flags-0", wire.ErrNotStreaming, frame.Data, func(b *frame.Builder) { b.Flags(0) }),
		built("flags-0xFFFD", wire.ErrNotStreaming, frame.Data, func(b *frame.Builder) { b.Flags(0xFFFD) }),
		built("transforms-after-pair", wire.ErrOrder, frame.Data, func(b *frame.Builder) { b.Str("k", "v"); b.Transforms([]byte{1}) }),
		built("transforms-twice", wire.ErrOrder, frame.Data, func(b *frame.Builder) { b.Transforms([]byte{1}); b.Transforms([]byte{1}) }),
		built("finish-twice", wire.ErrOrder, frame.Data, finished(func(*frame.Builder) {})),
		built("str-after-finish", wire.ErrOrder, frame.Data, finished(func(b *frame.Builder) { b.Str("k", "v") })),
		built("flags-after-finish", wire.ErrOrder, frame.Data, finished(func(b *frame.Builder) { b.Flags(2) })),
		{id: "zero-template", want: wire.ErrOrder, run: func(dst []byte, _ *frame.Limits) ([]byte, error) { return new(frame.Template).Append(dst, nil) }},
	}
}

func legalBuilds() []build {
	return []build{
		built("empty", 0, frame.Data, func(*frame.Builder) {}),
		built("flags-0xFFFF", 0, frame.Data, func(b *frame.Builder) { b.Flags(0xFFFF) }),
		built("transforms-255", 0, frame.Data, func(b *frame.Builder) { b.Transforms(make([]byte, 255)) }),
		built("all-parts", 0, frame.Header, func(b *frame.Builder) {
			b.Transforms([]byte{1})
			b.TokenBytes([]byte("t"))
			b.StrBytes([]byte("k"), []byte("v"))
			b.MethodBytes([]byte("M"))
			b.IntBytes(header.KeyEnv, []byte("e"))
			b.Str("l", "w")
		}),
	}
}

// TestBuilderRows tries each row on slices with and without room: what is
// refused leaves dst as it was, what is not is one frame to a parser with the
// same limits.
func TestBuilderRows(t *testing.T) {
	for _, c := range builds() {
		t.Run(c.id, func(t *testing.T) {
			out, err := keepsLaw(t, func(dst []byte) ([]byte, error) { return c.run(dst, &c.lim) })
			if code := codeOf(err); code != c.want {
				t.Fatalf("error %v, want %v", code.Reason(), c.want.Reason())
			}
			if err != nil {
				refused(t, err)
				return
			}
			if n, _, err := new(frame.Frame).ParseHeaderWithin(out, &c.lim); err != nil || n != len(out) {
				t.Fatalf("what was built gives %d, %v; it is %d bytes", n, err, len(out))
			}
		})
	}
}

// Every code that building a frame refuses with is met by a row.
func TestBuilderMeetsEveryCode(t *testing.T) {
	met := map[wire.Code]bool{}
	for _, c := range builds() {
		met[c.want] = true
	}
	for code := wire.ErrTooLong; code <= wire.ErrOrder; code++ {
		if !met[code] {
			t.Errorf("no row is refused with %q", code.Reason())
		}
	}
}

// E3 for the other ways to append.
func TestPayloadLimit(t *testing.T) {
	small := &frame.Limits{MaxPayload: 3}
	template, err := frame.NewTemplateWithin(1, "M", header.ThriftStruct, small)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := frame.NewTemplateWithin(1, "Bidi", header.ThriftStruct, &raised)
	if err != nil {
		t.Fatal(err)
	}
	f := mustParse(t, threeFrames()[1])
	prefix := func(t *frame.Template, n int) error {
		_, err := t.AppendPrefix(nil, n)
		return err
	}
	appendTo := func(n int) error {
		f.Payload = make([]byte, n)
		_, err := f.AppendWithin(nil, small)
		return err
	}
	rest := 0x3FFFFFFF - 10 - 20 // what 20 bytes of header info leave
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"template at limit", prefix(&template, 3), nil},
		{"template over limit", prefix(&template, 4), wire.ErrPayloadTooLarge},
		{"template negative", prefix(&template, -1), wire.ErrPayloadTooLarge},
		{"template at the wire's limit", prefix(&wide, rest), nil},
		{"template over the wire's limit", prefix(&wide, rest+1), wire.ErrPayloadTooLarge},
		{"frame at limit", appendTo(3), nil},
		{"frame over limit", appendTo(4), wire.ErrPayloadTooLarge},
	} {
		if c.err != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.err, c.want)
		}
	}
}

// What a caller may put into a Frame, AppendTo refuses where Parse would not
// take it.
func TestAppendToRefuses(t *testing.T) {
	var odd header.View // header info that no HEADER SIZE can say: not in words
	if _, err := odd.Parse([]byte("\x10\x00\x10\x00\x01\x00\x1b\x00\x013\x00")); err != nil {
		t.Fatal(err)
	}
	pass := frame.Limits{UnknownTypes: true}
	for _, c := range []struct {
		name   string
		lim    frame.Limits
		change func(*frame.Frame)
		want   wire.Code
	}{
		{"flags", pass, func(f *frame.Frame) { f.Flags = 0xFFFD }, wire.ErrNotStreaming},
		{"other type", pass, func(f *frame.Frame) { f.Type = frame.Rst }, wire.ErrNotFrameType},
		{"no type", pass, func(f *frame.Frame) { f.Type = 0 }, wire.ErrNotFrameType},
		{"no type on stream 0", pass, func(f *frame.Frame) { f.Type, f.StreamID = 0, 0 }, wire.ErrNotFrameType},
		{"no such type", pass, func(f *frame.Frame) { f.Type = 51 }, wire.ErrNotFrameType},
		{"stream 0", pass, func(f *frame.Frame) { f.StreamID = 0 }, wire.ErrNoStreamID},
		{"zero frame", frame.Limits{}, func(f *frame.Frame) { *f = frame.Frame{Flags: 2} }, wire.ErrNotFrameType},
		{"no header info", pass, func(f *frame.Frame) { f.Type, f.Header = 0, header.View{} }, wire.ErrNotHeader},
		{"header info not in words", pass, func(f *frame.Frame) { f.Header = odd }, wire.ErrNotHeader},
		{"header info over limit", frame.Limits{MaxHeader: 16}, func(*frame.Frame) {}, wire.ErrHeaderTooLarge},
		{"pairs over limit", frame.Limits{MaxPairs: 1}, func(*frame.Frame) {}, wire.ErrTooManyPairs},
		{"pairs at limit", frame.Limits{MaxPairs: 2}, func(*frame.Frame) {}, 0},
		{"strict", frame.Limits{Strict: true}, func(*frame.Frame) {}, 0},
		{"nothing", frame.Limits{}, func(*frame.Frame) {}, 0},
	} {
		f := mustParse(t, threeFrames()[1])
		c.change(f)
		_, err := keepsLaw(t, func(dst []byte) ([]byte, error) { return f.AppendWithin(dst, &c.lim) })
		if codeOf(err) != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// What NewTemplate refuses is what Builder refuses, and it makes no template.
func TestTemplateRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		stream int32
		method string
		p      header.Protocol
		want   wire.Code
	}{
		{"stream 0", 0, "M", header.ThriftStruct, wire.ErrNoStreamID},
		{"protocol", 1, "M", 2, wire.ErrNotProtocol},
		{"method", 1, at65536, header.ThriftStruct, wire.ErrTooLong},
		{"nothing", 1, "", header.ThriftStruct, 0},
	} {
		template, err := frame.NewTemplate(c.stream, c.method, c.p)
		if codeOf(err) != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if _, err := template.Append(nil, nil); errors.Is(err, wire.ErrOrder) != (c.want != 0) {
			t.Errorf("%s: Append on what it made: %v", c.name, err)
		}
	}
}

func TestTemplateStream(t *testing.T) {
	for _, stream := range []int32{1, -1, math.MinInt32, math.MaxInt32} {
		template, err := frame.NewTemplate(stream, "M", header.ThriftStruct)
		if err != nil || template.Stream() != stream {
			t.Errorf("Stream = %d, %v; want %d", template.Stream(), err, stream)
		}
	}
	if new(frame.Template).Stream() != 0 {
		t.Error("the zero Template has a stream")
	}
}

// E5: the caller's keys, values and payload are not written to, and not kept.
func TestBuilderCopies(t *testing.T) {
	k, v, token, method, payload := []byte("key"), []byte("value"), []byte("token"), []byte("M"), []byte("payload")
	all := [][]byte{k, v, token, method, payload}
	before := slices.Concat(all...)
	b := frame.Begin(nil, frame.Header, 1, header.ThriftStruct)
	b.TokenBytes(token)
	b.StrBytes(k, v)
	b.MethodBytes(method)
	out, err := b.Finish(payload)
	if err != nil || !bytes.Equal(slices.Concat(all...), before) {
		t.Fatalf("Finish: %v; the caller's bytes: %q", err, all)
	}
	kept := slices.Clone(out)
	for _, p := range all {
		clear(p)
	}
	if !bytes.Equal(out, kept) {
		t.Error("the frame changed with the caller's bytes")
	}
}

// E11: goroutines that share keys, values and a template. The race detector is
// the judge; the bytes are compared as well.
func TestConcurrentEncoders(t *testing.T) {
	k, v := []byte("key"), []byte("value")
	template, err := frame.NewTemplate(1, "M", header.ThriftStruct)
	if err != nil {
		t.Fatal(err)
	}
	f := mustParse(t, threeFrames()[0])
	encode := func() (out []byte) {
		b := frame.Begin(nil, frame.Header, 1, header.ThriftStruct)
		b.StrBytes(k, v)
		b.Method("M")
		out, _ = b.Finish(v)
		out, _ = template.Append(out, v)
		out, _ = f.AppendTo(out)
		return out
	}
	want := encode()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if !bytes.Equal(encode(), want) {
					t.Error("other bytes")
					return
				}
			}
		})
	}
	wg.Wait()
}

// A zero Builder builds nothing and breaks nothing.
func TestZeroBuilder(t *testing.T) {
	for name, call := range map[string]func(*frame.Builder){
		"nothing":    func(*frame.Builder) {},
		"string":     func(b *frame.Builder) { b.Str("k", "v") },
		"int":        func(b *frame.Builder) { b.Int(header.KeyEnv, "e") },
		"token":      func(b *frame.Builder) { b.Token("t") },
		"method":     func(b *frame.Builder) { b.Method("M") },
		"flags":      func(b *frame.Builder) { b.Flags(frame.FlagStreaming) },
		"transforms": func(b *frame.Builder) { b.Transforms(nil) },
		"value":      func(b *frame.Builder) { b.EndStr(append(b.BeginStr("k"), 'v')) },
	} {
		var b frame.Builder
		call(&b)
		if out, err := b.Finish(nil); out != nil || err != wire.ErrNotFrameType {
			t.Errorf("%s: Finish = % x, %v; want none, ErrNotFrameType", name, out, err)
		}
	}
}

// What a parser with raised limits has let through, AppendTo does not send on
// to one that would close the connection for it (P5), and a strict Builder makes
// nothing that a strict parser refuses.
func TestStrictAndPairsOnTheWayOut(t *testing.T) {
	twice := func(k header.Key, v string) func(*frame.Builder) {
		return func(b *frame.Builder) { b.Int(k, v); b.Int(k, v) }
	}
	for _, c := range []struct {
		name string
		make func(*frame.Builder)
		lim  frame.Limits
		want wire.Code
	}{
		{"transforms", func(b *frame.Builder) { b.Transforms([]byte{1}) }, frame.Limits{Strict: true}, wire.ErrNotStrict},
		{"no transforms", func(b *frame.Builder) { b.Transforms(nil) }, frame.Limits{Strict: true}, 0},
		{"type twice", twice(header.KeyFrameType, "3"), frame.Limits{Strict: true}, wire.ErrNotStrict},
		{"type once", func(b *frame.Builder) { b.Int(header.KeyFrameType, "3") }, frame.Limits{Strict: true}, 0},
		{"type, a string, method", func(b *frame.Builder) { b.Int(header.KeyFrameType, "3"); b.Str("k", "v"); b.Method("m") }, frame.Limits{Strict: true}, 0},
		{"method twice", twice(header.KeyMethod, "m"), frame.Limits{Strict: true}, wire.ErrNotStrict},
		{"method and method", func(b *frame.Builder) { b.Method("m"); b.Method("m") }, frame.Limits{Strict: true}, wire.ErrNotStrict},
		{"method, a string, method", func(b *frame.Builder) { b.Int(header.KeyMethod, "m"); b.Str("k", "v"); b.Method("m") }, frame.Limits{Strict: true}, wire.ErrNotStrict},
		{"a long string, an int, method", func(b *frame.Builder) { b.Str("k", at65535[:40]); b.Int(header.KeyEnv, "e"); b.Method("m") }, frame.Limits{Strict: true}, 0},
		{"log id twice", twice(header.KeyLogID, "l"), frame.Limits{Strict: true}, 0},
		{"once", func(b *frame.Builder) { b.Token("t"); b.Str("k", "v"); b.Method("m") }, frame.Limits{Strict: true}, 0},
		{"pairs", func(b *frame.Builder) { b.Token(""); b.Str("", ""); b.Str("k", "v") }, frame.Limits{MaxPairs: 3}, wire.ErrTooManyPairs},
	} {
		built := func(lim frame.Limits) ([]byte, error) {
			return keepsLaw(t, func(dst []byte) ([]byte, error) {
				b := frame.BeginWithin(dst, frame.Data, 1, header.ThriftStruct, &lim)
				c.make(&b)
				return b.Finish(nil)
			})
		}
		if _, err := built(c.lim); codeOf(err) != c.want {
			t.Errorf("%s: built %v, want %v", c.name, err, c.want)
		}
		raw, err := built(frame.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = keepsLaw(t, func(dst []byte) ([]byte, error) { return mustParse(t, raw).AppendWithin(dst, &c.lim) })
		if codeOf(err) != c.want {
			t.Errorf("%s: appended %v, want %v", c.name, err, c.want)
		}
	}
}

// What is refused is not even copied (E1).
func TestRefusedCostsNothing(t *testing.T) {
	room, long := make([]byte, 0, 1<<10), []byte(at65536)
	for name, add := range map[string]func(*frame.Builder){
		"token":      func(b *frame.Builder) { b.TokenBytes(long) },
		"key":        func(b *frame.Builder) { b.StrBytes(long, nil) },
		"value":      func(b *frame.Builder) { b.StrBytes(nil, long) },
		"int":        func(b *frame.Builder) { b.IntBytes(header.KeyEnv, long) },
		"method":     func(b *frame.Builder) { b.MethodBytes(long) },
		"transforms": func(b *frame.Builder) { b.Transforms(long[:256]) },
		"payload":    func(b *frame.Builder) { b.FinishPrefix(1 << 30) },
		"after it": func(b *frame.Builder) {
			b.StrBytes(long, nil)
			b.StrBytes(nil, long[:60000])
			b.TokenBytes(long[:60000])
			b.IntBytes(header.KeyEnv, long[:60000])
			b.MethodBytes(long[:60000])
		},
	} {
		b := new(frame.Builder)
		allocs(t, name, func() {
			*b = frame.Begin(room, frame.Data, 1, header.ThriftStruct)
			add(b)
			b.Finish(nil)
		})
	}
}

// Every length of key, value and method comes out as it went in, into a slice
// with room and into one without.
func TestBuilderEveryLength(t *testing.T) {
	text := strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyz", 3)
	for n := range 80 {
		for _, room := range []int{0, 1 << 10} {
			b := frame.Begin(make([]byte, 0, room), frame.Data, 1, header.ThriftStruct)
			b.Str(text[:n], text[1:n+1])
			b.Str(text[2:n+2], "")
			b.Method(text[3 : n+3])
			out, err := b.Finish(nil)
			if err != nil {
				t.Fatal(err)
			}
			f := mustParse(t, out)
			first, _ := f.Header.Str(text[:n])
			if _, ok := f.Header.Str(text[2 : n+2]); string(first) != text[1:n+1] && n > 0 || !ok || string(f.Method()) != text[3:n+3] {
				t.Errorf("%d bytes, room for %d: %q, %v, method %q", n, room, first, ok, f.Method())
			}
		}
	}
}

// A slice whose room ends anywhere, and what stands behind it in the array. The
// limit is just what the header info takes.
func TestBuilderAnyRoom(t *testing.T) {
	lim := &frame.Limits{MaxHeader: 76}
	build := func(dst []byte) []byte {
		b := frame.BeginWithin(dst, frame.Trailer, 1, header.ThriftStruct, lim)
		b.Str("biz-status", "10001")
		b.Str("k", strings.Repeat("v", 30)) // and 1 byte of padding
		b.Method("Bidi")
		out, err := b.Finish([]byte("p"))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := build(nil)
	if size := len(want) - frame.FixedSize - 1; size != lim.MaxHeader {
		t.Fatalf("%d bytes of header info, which is not the limit", size)
	}
	for room := range len(want) + 100 {
		array := bytes.Repeat([]byte{0xEE}, room+64)
		if got := build(array[:0:room]); !bytes.Equal(got, want) {
			t.Errorf("room for %d: % x, want % x", room, got, want)
		}
		if behind := array[room:]; !bytes.Equal(behind, bytes.Repeat([]byte{0xEE}, 64)) {
			t.Errorf("room for %d: wrote behind it", room)
		}
	}
}

// The same for a Template, with methods of every length.
func TestTemplateAnyRoom(t *testing.T) {
	for n := range 40 {
		method := strings.Repeat("m", n)
		template, err := frame.NewTemplate(1, method, header.ThriftStruct)
		if err != nil {
			t.Fatal(err)
		}
		b := frame.Begin(nil, frame.Data, 1, header.ThriftStruct)
		if n > 0 {
			b.Method(method)
		}
		want, err := b.Finish([]byte("p"))
		if err != nil {
			t.Fatal(err)
		}
		for room := range len(want) + 60 {
			array := bytes.Repeat([]byte{0xEE}, room+64)
			if got, err := template.Append(array[:0:room], []byte("p")); err != nil || !bytes.Equal(got, want) {
				t.Errorf("a method of %d, room for %d: % x, %v; want % x", n, room, got, err, want)
			}
			if behind := array[room:]; !bytes.Equal(behind, bytes.Repeat([]byte{0xEE}, 64)) {
				t.Errorf("a method of %d, room for %d: wrote behind it", n, room)
			}
		}
	}
}

// The type stands before the method, as peers write them, however long that is.
func TestTypeBeforeMethod(t *testing.T) {
	for _, size := range []int{1, 32, 33, 300} {
		b := frame.Begin(nil, frame.Data, 1, header.ThriftStruct)
		b.MethodBytes(make([]byte, size))
		out, err := b.Finish(nil)
		if err != nil {
			t.Fatal(err)
		}
		var f frame.Frame
		if _, err := f.Parse(out); err != nil {
			t.Fatal(err)
		}
		var keys []header.Key
		for k := range f.Header.Ints() {
			keys = append(keys, k)
		}
		if !slices.Equal(keys, []header.Key{header.KeyFrameType, header.KeyMethod}) {
			t.Errorf("a method of %d bytes: %v", size, keys)
		}
	}
}
