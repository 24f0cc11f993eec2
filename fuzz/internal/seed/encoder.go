package seed

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// encoderRow is a row E of the catalogue of hostile input, what an encoder must
// refuse and what it must not, as the calls on a Builder.
type encoderRow struct {
	id    string
	want  wire.Code // 0: it is legal
	build script.Build
}

// The limits of rows, as indexes of script.Limits. The small ones are 40 bytes
// of header, 60 of payload and 3 pairs.
const (
	byDefault   = 0
	small       = 2
	everyLength = 3
)

// encoderRows are E1 to E7. A script cannot say E3's payloads of 16 MiB and
// more, so that its limit is the small one. E8 is a script of writes, and E9 to
// E11 are no inputs.
func encoderRows() []encoderRow {
	return slices.Concat(tooLong(), tooLarge(), tooMany(), misused())
}

func row(id string, want wire.Code, typ frame.Type, calls ...script.Call) encoderRow {
	return encoderRow{id, want, script.Build{Type: typ, Stream: 1, Protocol: header.ThriftStruct, Calls: calls}}
}

func (r encoderRow) within(limits byte) encoderRow {
	r.build.Limits = limits
	return r
}

func (r encoderRow) on(stream int32, p header.Protocol) encoderRow {
	r.build.Stream, r.build.Protocol = stream, p
	return r
}

func (r encoderRow) carrying(payload int) encoderRow {
	r.build.Payload = xs(payload)
	return r
}

func xs(n int) []byte { return bytes.Repeat([]byte("x"), n) }

func strCall(k, v []byte) script.Call { return script.Call{Op: script.Str, Key: k, Value: v} }

func intCall(k header.Key, v string) script.Call {
	return script.Call{Op: script.Int, Int: k, Value: []byte(v)}
}

func call(op script.Op, v []byte) script.Call { return script.Call{Op: op, Value: v} }

func tooLong() []encoderRow {
	const most = wire.MaxLen16
	env := func(op script.Op) script.Call { return script.Call{Op: op, Int: header.KeyEnv, Value: xs(most + 1)} }
	return []encoderRow{
		row("E1/str-key", wire.ErrTooLong, frame.Data, strCall(xs(most+1), xs(1))),
		row("E1/str-value", wire.ErrTooLong, frame.Data, strCall(xs(1), xs(most+1))),
		row("E1/str-bytes", wire.ErrTooLong, frame.Data, script.Call{Op: script.StrBytes, Value: xs(most + 1)}),
		row("E1/int-value", wire.ErrTooLong, frame.Data, env(script.Int)),
		row("E1/int-bytes", wire.ErrTooLong, frame.Data, env(script.IntBytes)),
		row("E1/method", wire.ErrTooLong, frame.Data, call(script.Method, xs(most+1))),
		row("E1/method-bytes", wire.ErrTooLong, frame.Data, call(script.MethodBytes, xs(most+1))),
		row("E1/token", wire.ErrTooLong, frame.Data, call(script.Token, xs(most+1))),
		row("E1/token-bytes", wire.ErrTooLong, frame.Data, call(script.TokenBytes, xs(most+1))),
		row("E1/transforms-256", wire.ErrTooLong, frame.Data, call(script.Transforms, xs(256))),
		row("E1/transforms-255", 0, frame.Data, call(script.Transforms, xs(255))),
		row("E1/two-halves", 0, frame.Data, strCall(xs(32768), xs(32768))),
		row("E1/key-65535", 0, frame.Data, strCall(xs(most), xs(most))),
		row("E1/token-65535", 0, frame.Data, call(script.Token, xs(most))),
		row("E1/method-65535", 0, frame.Data, call(script.Method, xs(most))),
	}
}

// fullOf adds strings up to n bytes of header info, of which protocol and
// transforms take 2, the blocks of strings and ints 3 each, and the frame type 5;
// a pair takes 4.
func fullOf(n int) []script.Call {
	var all []script.Call
	left := n - 2 - 3 - 3 - 5
	for ; left > 70000; left -= 4 + wire.MaxLen16 {
		all = append(all, strCall(nil, xs(wire.MaxLen16)))
	}
	return append(all, strCall(nil, xs(left-4)))
}

func tooLarge() []encoderRow {
	type3 := intCall(header.KeyFrameType, "3")
	return []encoderRow{
		row("E2/262140", 0, frame.Data, fullOf(262140)...),
		row("E2/262141", wire.ErrHeaderTooLarge, frame.Data, fullOf(262141)...),
		row("E2/262141-raised", wire.ErrHeaderTooLarge, frame.Data, fullOf(262141)...).within(everyLength),
		row("E2/40-limit-40", 0, frame.Data, fullOf(40)...).within(small),
		row("E2/41-limit-40", wire.ErrHeaderTooLarge, frame.Data, fullOf(41)...).within(small),
		row("E2/transforms-over", wire.ErrHeaderTooLarge, frame.Data, call(script.Transforms, xs(255))).within(small),
		row("E2/token-at-limit", 0, frame.Data, type3, call(script.Token, xs(27))).within(small),
		row("E2/token-over-by-1", wire.ErrHeaderTooLarge, frame.Data, type3, call(script.Token, xs(28))).within(small),
		row("E2/str-at-limit", 0, frame.Data, type3, strCall(xs(1), xs(22))).within(small),
		row("E2/str-over-by-1", wire.ErrHeaderTooLarge, frame.Data, type3, strCall(xs(1), xs(23))).within(small),
		row("E2/int-at-limit", 0, frame.Data, type3, intCall(header.KeyEnv, string(xs(26)))).within(small),
		row("E2/int-over-by-1", wire.ErrHeaderTooLarge, frame.Data, type3, intCall(header.KeyEnv, string(xs(27)))).within(small),
		row("E2/calls-after-it", wire.ErrHeaderTooLarge, frame.Data, append(fullOf(80),
			call(script.Token, xs(wire.MaxLen16+1)), script.Call{Op: script.Flags}, call(script.Transforms, xs(1)))...).within(small),
		row("E3/at-limit-60", 0, frame.Data).within(small).carrying(60),
		row("E3/over-limit-60", wire.ErrPayloadTooLarge, frame.Data).within(small).carrying(61),
		row("E3/as-long-as-a-script-says", 0, frame.Data).carrying(65551),
	}
}

func tooMany() []encoderRow {
	pairs := func(n int) []script.Call { return slices.Repeat([]script.Call{strCall(nil, nil)}, n) }
	const most = wire.DefaultMaxPairs
	return []encoderRow{
		row("E4/1024-pairs", 0, frame.Data, pairs(most-1)...),
		row("E4/1025-pairs", wire.ErrTooManyPairs, frame.Data, pairs(most)...),
		row("E4/1025-tokens", wire.ErrTooManyPairs, frame.Data, slices.Repeat([]script.Call{call(script.Token, nil)}, most)...),
		row("E4/3-pairs-limit-3", 0, frame.Data, pairs(2)...).within(small),
		row("E4/4-pairs-limit-3", wire.ErrTooManyPairs, frame.Data, pairs(3)...).within(small),
		row("E4/65530-pairs-raised", 0, frame.Data, pairs(65530)...).within(everyLength),
		row("E4/65536-pairs-raised", wire.ErrHeaderTooLarge, frame.Data, pairs(65536)...).within(everyLength),
	}
}

func misused() []encoderRow {
	typed := func(v string) script.Call { return intCall(header.KeyFrameType, v) }
	method := func(v string) script.Call { return call(script.Method, []byte(v)) }
	all := []encoderRow{
		row("E5/other-type", wire.ErrNotFrameType, frame.Data, typed("4")),
		row("E5/other-type-last", wire.ErrNotFrameType, frame.Data, typed("3"), typed("4")),
		row("E5/long-type", wire.ErrNotFrameType, frame.Data, typed("33")),
		row("E5/empty-type", wire.ErrNotFrameType, frame.Data, typed("")),
		row("E5/zero-type", wire.ErrNotFrameType, frame.Data, typed("\x00")),
		row("E5/type-twice", 0, frame.Data, typed("99"), typed("4"), typed("3")),
		row("E5/duplicate-keys", 0, frame.Data, strCall(xs(1), xs(1)), strCall(xs(1), xs(2)), method("M"), method("N")),
		row("E6/header-without-method", wire.ErrNoMethod, frame.Header),
		row("E6/header-empty-method", wire.ErrNoMethod, frame.Header, method("")),
		row("E6/header-empty-method-last", wire.ErrNoMethod, frame.Header, method("M"), method("")),
		row("E6/trailer-without-method", 0, frame.Trailer),
		row("E6/rst-empty-method", 0, frame.Rst, method("")),
	}
	for typ := frame.Meta; typ <= frame.Rst; typ++ {
		r := row(fmt.Sprintf("E7/stream-0-%v", typ), wire.ErrNoStreamID, typ, method("M")).on(0, header.ThriftStruct)
		if typ == frame.Meta {
			r.want = 0
		}
		all = append(all, r)
	}
	return append(all,
		row("type-0", wire.ErrNotFrameType, 0), row("type-6", wire.ErrNotFrameType, 6),
		row("protocol-2", wire.ErrNotProtocol, frame.Data).on(1, 2), row("protocol-255", wire.ErrNotProtocol, frame.Data).on(1, 255),
		row("flags-0xFFFD", wire.ErrNotStreaming, frame.Data, script.Call{Op: script.Flags, Flags: 0xFFFD}),
		row("flags-0xFFFF", 0, frame.Data, script.Call{Op: script.Flags, Flags: 0xFFFF}),
		row("transforms-after-pair", wire.ErrOrder, frame.Data, strCall(nil, nil), call(script.Transforms, xs(1))),
		row("transforms-twice", wire.ErrOrder, frame.Data, call(script.Transforms, xs(1)), call(script.Transforms, xs(1))))
}

// endingRows are E5 to E7 of what ends a stream: pairs of the user that are the
// status's own are in statusScripts.
func endingRows() []script.Ending {
	var all []script.Ending
	for _, st := range []trailer.Stream{{ID: 7, Protocol: header.ThriftStruct}, {Method: "Bidi", Protocol: header.ThriftStruct}} {
		for _, s := range []status.Status{
			{Ending: status.EndOK},
			{Ending: status.EndBusiness, FuncRet: 9, Message: []byte("m")},
			{Ending: status.EndFramework, Ret: 6, Message: []byte("m")},
		} {
			all = append(all, script.Ending{Type: frame.Trailer, Stream: st, Status: s})
		}
		all = append(all, script.Ending{Type: frame.Rst, Stream: st, Status: status.Status{Ending: status.EndCanceled, Ret: 12007}})
	}
	return all
}

// failingWrites is E8: three frames to a sink that fails somewhere in them, in
// each of its ways, and calls after that.
func failingWrites() []Input {
	b := ending(frame.Trailer, "", nil, header.KeyBizStatus, "9").In
	var all []Input
	for at := 0; at <= 3*len(b); at += 1 + len(b)/4 {
		for how, s := range []script.Writes{{}, {Partial: true}, {Short: true}} {
			for _, s.Size = range []int{0, 2 * len(b)} {
				s.FailAt = at
				write, flush := script.Write{How: script.WriteFrame, Value: b}, script.Write{How: script.Flush}
				s.Calls = []script.Write{write, write, flush, write, flush, {How: script.WriteData, Value: []byte("after")}, flush}
				var w script.Writer
				w.Writes(s)
				all = append(all, Input{fmt.Sprintf("E8/at-%d/%d/%d", at, how, s.Size), w.Script()})
			}
		}
	}
	return all
}
