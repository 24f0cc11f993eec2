package testgen

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// Fault is a frame with one thing wrong with it.
type Fault struct {
	In   []byte
	Code wire.Code
	At   int // offset of the first illegal field
	Due  int // how many bytes must be there for the verdict, and no more (rule 1.3)
}

// Faults generates legal frames spoilt in one place that is known.
func Faults() *rapid.Generator[Fault] {
	return rapid.Custom(func(t *rapid.T) Fault {
		f := Frames().Draw(t, "frame")
		if rapid.Bool().Draw(t, "fixed part") {
			return spoilFixed(t, f)
		}
		return spoilInfo(t, f)
	})
}

// spoilFixed overwrites one field of the fixed part.
func spoilFixed(t *rapid.T, f Frame) Fault {
	const most = 10 + wire.MaxHeader + wire.DefaultMaxPayload
	info := uint32(len(f.Info()))
	faults := []struct {
		code    wire.Code
		at, due int
		field   []byte
	}{
		{wire.ErrLength, 0, 4, Cat(U32(rapid.Uint32Range(0, 13).Draw(t, "length")))},
		{wire.ErrLength, 0, 14, Cat(U32(rapid.Uint32Range(14, 9+info).Draw(t, "length")))},
		{wire.ErrPayloadLimit, 0, 14, Cat(U32(10 + info + wire.DefaultMaxPayload + 1))},
		{wire.ErrPayloadLimit, 0, 4, Cat(U32(rapid.Uint32Range(most+1, 2*most).Draw(t, "length")))},
		{wire.ErrMagic, 4, 6, Cat(U16(rapid.SampledFrom([]uint16{0, 0x0FFE, 0x1001, 0x1100, 0xFFFF}).Draw(t, "magic")))},
		{wire.ErrFlags, 6, 8, Cat(U16(f.Flags &^ 2))},
		{wire.ErrHeaderSize, 12, 14, Cat(U16(0))},
		{wire.ErrProtocol, 14, 15, Cat(rapid.SampledFrom([]byte{1, 2, 5, 0x0F, 0x12, 0x20, 0x7F, 0x80, 0x90, 0xFF}).Draw(t, "protocol"))},
		{wire.ErrStreamID, 8, FixedSize + int(info), Cat(U32(0))},
	}
	if f.Type == '1' { // which may have stream id 0
		faults = faults[:len(faults)-1]
	}
	fault := rapid.SampledFrom(faults).Draw(t, "fault")
	b := f.Bytes()
	copy(b[fault.at:], fault.field)
	return Fault{In: b, Code: fault.code, At: fault.at, Due: fault.due}
}

// spoilInfo puts a block that is illegal into the header info, or a frame type.
func spoilInfo(t *rapid.T, f Frame) Fault {
	at := rapid.IntRange(0, len(f.Blocks)).Draw(t, "place")
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0:
		id := rapid.SampledFrom([]byte{0x02, 0x03, 0x0F, 0x12, 0x7F, 0x80, 0xFF}).Draw(t, "id")
		return f.with(at, Block{ID: id}, wire.ErrInfoID, 0, 1)
	case 1:
		pairs := slices.Repeat([]Pair{{Int: 99}}, wire.DefaultMaxPairs+1)
		return f.with(at, Block{ID: Ints, Pairs: pairs}, wire.ErrPairLimit, 1, 2)
	case 2:
		return f.overrun(t)
	case 3:
		return f.overcount(t)
	case 4:
		return f.untyped()
	}
	return f.mistyped(t)
}

// with puts a block before block i; the fault is in it at off, in a field of
// size bytes.
func (f Frame) with(i int, b Block, code wire.Code, off, size int) Fault {
	f.Blocks = slices.Insert(slices.Clone(f.Blocks), i, b)
	at := f.At(i) + off
	return Fault{In: f.Bytes(), Code: code, At: at, Due: at + size}
}

// overrun ends the header info with a pair or token of which one length says
// more than is left.
func (f Frame) overrun(t *rapid.T) Fault {
	end := len(f.Blocks)
	kind := rapid.SampledFrom([]struct {
		code  wire.Code
		block Block
		off   int // of the length in the block
	}{
		{wire.ErrIntPair, Block{ID: Ints, Pairs: []Pair{{Int: 99, Value: "v"}}}, 5},
		{wire.ErrIntPair, Block{ID: Ints, Pairs: []Pair{{Int: 99, Value: "v"}, {Int: KeyMethod, Value: "v"}}}, 10},
		{wire.ErrStrPair, Block{ID: Strs, Pairs: []Pair{{Key: "k", Value: "v"}}}, 3},
		{wire.ErrStrPair, Block{ID: Strs, Pairs: []Pair{{Key: "k", Value: "v"}}}, 6},
		{wire.ErrToken, Block{ID: Token, Pairs: []Pair{{Value: "v"}}}, 1},
	}).Draw(t, "kind")
	fault := f.with(end, kind.block, kind.code, kind.off, 2)
	left := len(fault.In) - len(f.Payload) - fault.At - 2
	over := left + rapid.IntRange(1, 9).Draw(t, "over")
	if rapid.Bool().Draw(t, "all") {
		over = 0xFFFF
	}
	binary.BigEndian.PutUint16(fault.In[fault.At:], uint16(over))
	return fault
}

// overcount ends the header info with a block whose count is more than its
// bytes can hold.
func (f Frame) overcount(t *rapid.T) Fault {
	id := rapid.SampledFrom([]byte{Strs, Ints}).Draw(t, "id")
	code := wire.ErrStrCount
	if id == Ints {
		code = wire.ErrIntCount
	}
	fault := f.with(len(f.Blocks), Block{ID: id, Pairs: []Pair{{Value: "1234567"}}}, code, 1, 2)
	left := len(fault.In) - len(f.Payload) - fault.At - 2
	binary.BigEndian.PutUint16(fault.In[fault.At:], uint16(left/4+rapid.IntRange(1, 99).Draw(t, "more")))
	return fault
}

// untyped takes every int key 27 away; the fault is then at the last byte of
// the header info.
func (f Frame) untyped() Fault {
	f.Blocks = slices.Clone(f.Blocks)
	for i, b := range f.Blocks {
		if b.ID == Ints {
			f.Blocks[i].Pairs = slices.DeleteFunc(slices.Clone(b.Pairs), func(p Pair) bool { return p.Int == KeyFrameType })
		}
	}
	b := f.Bytes()
	end := len(b) - len(f.Payload)
	return Fault{In: b, Code: wire.ErrNoFrameType, At: end - 1, Due: end}
}

// mistyped makes the last int key 27 say what no frame type is. The fault is
// at the character, or at the length where there is not just one.
func (f Frame) mistyped(t *rapid.T) Fault {
	value := rapid.SampledFrom([]string{"", "0", "6", "a", "\x00", "\x05", "\xFF", "02", " 2", "2 ", strings.Repeat("3", 300)}).Draw(t, "type")
	block, pair := f.last(KeyFrameType)
	f.Blocks = slices.Clone(f.Blocks)
	pairs := slices.Clone(f.Blocks[block].Pairs)
	pairs[pair].Value = value
	f.Blocks[block].Pairs = pairs
	at := f.At(block) + len(Block{ID: Ints, Pairs: pairs[:pair]}.bytes()) + 2
	if len(value) == 1 {
		at += 2
	}
	b := f.Bytes()
	return Fault{In: b, Code: wire.ErrFrameType, At: at, Due: len(b) - len(f.Payload)}
}
