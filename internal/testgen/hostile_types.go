package testgen

import (
	"fmt"
	"math"
	"slices"

	"github.com/ttwire/ttwire/wire"
)

var unknownTypes = wire.Limits{UnknownTypes: true}

// hostileTypes is the C rows: frame type and stream id. What a frame means on
// its stream (C7 to C9) is package codec's; here it must parse.
func hostileTypes() []Case {
	return slices.Concat(typesMissing(), typesOdd(), typesStream(), typesMethod())
}

func typesMissing() []Case {
	inStrs := bare(0, strs(str("27", "3"), str("\x00\x1b", "3")), ints(num(KeyMethod, "M")))
	none := bare(0, ints(num(KeyMethod, "Bidi")))
	missing := func(id string, f Frame) Case {
		b := f.Bytes()
		return illegal(id, b, wire.ErrNoFrameType, len(b)-1)
	}
	transforms := bare(0)
	transforms.Transforms = "ab"
	return []Case{
		missing("C1/missing", none),
		missing("C1/nothing-at-all", bare(0)),
		illegal("C1/empty", bare(0, ints(num(KeyFrameType, ""))).Bytes(), wire.ErrFrameType, 21),
		illegal("C1/empty-last", bare(0, ints(num(KeyFrameType, "3"), num(KeyFrameType, ""))).Bytes(), wire.ErrFrameType, 26),
		legal("C1/missing-passed-through", none).within(unknownTypes),
		legal("C1/transforms-alone-passed-through", transforms).within(unknownTypes),
		missing("C4/type-among-strings", inStrs),
	}
}

// typesOdd: the fault is at the character, or at the length where there is not
// just one.
func typesOdd() []Case {
	var cases []Case
	for _, v := range []string{"0", "6", "9", "a", "\x00", "\x03", "\xB3"} {
		cases = append(cases, illegal(fmt.Sprintf("C2/type-%q", v), plain(v[0]).Bytes(), wire.ErrFrameType, 23))
	}
	texts := []string{"03", "+3", " 3", "3\n", "3 ", "33", "３", long(65535)}
	for _, v := range append([]string{"42"}, texts...) {
		id := fmt.Sprintf("C3/type-%q", v[:min(len(v), 8)])
		if v == "42" {
			id = "C2/type-42"
		}
		f := bare(0, ints(num(KeyFrameType, v)))
		cases = append(cases, illegal(id, f.Bytes(), wire.ErrFrameType, 21),
			legal(id+"-passed-through", f).within(unknownTypes))
	}
	six := plain('6')
	six.Type = 0 // one that is not known has type 0; the rest is in int key 27
	six.Stream = 0
	typeFirst := bare(0, ints(num(KeyFrameType, "6"), num(KeyMethod, "Bidi")))
	methodFirst := bare(0, ints(num(KeyMethod, "Bidi"), num(KeyFrameType, "6")))
	cases = append(cases,
		illegal("C2/type-6-then-method", typeFirst.Bytes(), wire.ErrFrameType, 23),
		legal("C2/type-6-then-method-passed-through", typeFirst).within(unknownTypes),
		illegal("C2/method-then-type-6", methodFirst.Bytes(), wire.ErrFrameType, 31),
		legal("C2/method-then-type-6-passed-through", methodFirst).within(unknownTypes))
	return append(cases, legal("C2/type-6-passed-through", six).within(unknownTypes),
		legal("C2/type-3-passed-through", data()).within(unknownTypes))
}

func typesStream() []Case {
	var cases []Case
	for _, typ := range []byte("12345") {
		f := plain(typ)
		f.Stream = 0
		id := fmt.Sprintf("C5/stream-0-type-%c", typ)
		if typ == '1' {
			cases = append(cases, legal(id, f))
			continue
		}
		usual := plain(typ)
		usual.Stream, usual.Blocks = 0, []Block{ints(num(KeyFrameType, string([]byte{typ})), num(KeyMethod, "Bidi"))}
		cases = append(cases, illegal(id, f.Bytes(), wire.ErrStreamID, 8),
			illegal(id+"-with-method", usual.Bytes(), wire.ErrStreamID, 8),
			illegal(id+"-unknown-types", f.Bytes(), wire.ErrStreamID, 8).within(unknownTypes))
	}
	for _, id := range []int32{-1, math.MinInt32, math.MaxInt32} {
		f := data()
		f.Stream = id
		cases = append(cases, legal(fmt.Sprintf("C6/stream-%d", id), f))
	}
	return cases
}

func typesMethod() []Case {
	var cases []Case
	for _, m := range []string{"", "a/b", "a\x00b", long(65535)} {
		for _, typ := range []byte("23") {
			f := plain(typ, ints(num(KeyMethod, m)))
			cases = append(cases, legal(fmt.Sprintf("C7/type-%c-method-%q", typ, m[:min(len(m), 8)]), f))
		}
	}
	other := plain('3', ints(num(KeyMethod, "Other")))
	with := func(f Frame, payload string) Frame {
		f.Payload = payload
		return f
	}
	onZero := with(plain('1', strs(str("k", "v"))), "payload")
	onZero.Stream = 0
	return append(cases,
		legal("C8/method-differs", other),
		legal("C9/meta-on-0-with-payload", onZero),
		legal("C10/header-with-payload", with(plain('2', ints(num(KeyMethod, "M"))), "payload")),
		legal("C10/data-with-strs", with(plain('3', strs(str("k", "v"))), "payload")),
		legal("C10/trailer-with-payload", with(plain('4'), "payload")),
	)
}
