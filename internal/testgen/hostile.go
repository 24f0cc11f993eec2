package testgen

import (
	"slices"
	"strings"

	"github.com/ttwire/ttwire/wire"
)

// Case is one input of the catalogue of hostile and odd input, named after its
// row: "F7/declares-1GiB".
type Case struct {
	ID     string
	In     []byte
	Limits wire.Limits

	// Code is what parsing In must give, 0 where In is legal. N is then the
	// size of the frame; for ErrShort how many bytes to come back with; else
	// the offset of the first illegal field.
	Code  wire.Code
	N     int
	Model *Frame // of a legal case: what must be reported
}

// Hostile is every row about one frame: F (the fixed part), H (header info)
// and C (frame types and stream ids).
func Hostile() []Case { return slices.Concat(hostileFixed(), hostileHeader(), hostileTypes()) }

// HostileHeader is the H rows, whose inputs are whole frames with a legal
// fixed part.
func HostileHeader() []Case { return hostileHeader() }

func legal(id string, f Frame) Case {
	b := f.Bytes()
	return Case{ID: id, In: b, N: len(b), Model: &f}
}

func illegal(id string, in []byte, code wire.Code, at int) Case {
	return Case{ID: id, In: in, Code: code, N: at}
}

func short(id string, in []byte, n int) Case {
	return Case{ID: id, In: in, Code: wire.ErrShort, N: n}
}

// within is the case under other limits.
func (c Case) within(lim wire.Limits) Case {
	c.Limits = lim
	return c
}

// raised has every size limit at the most that the wire can carry.
var raised = wire.Limits{MaxHeader: 1 << 30, MaxPayload: 1 << 30, MaxPairs: 1 << 30}

// plain is a frame with these blocks behind its frame type.
func plain(typ byte, blocks ...Block) Frame {
	first := ints(Pair{Int: KeyFrameType, Value: string([]byte{typ})})
	return bare(typ, append([]Block{first}, blocks...)...)
}

// bare is a frame with these blocks.
func bare(typ byte, blocks ...Block) Frame {
	return Frame{Type: typ, Flags: 2, Stream: 1, Protocol: 0x10, Blocks: blocks}
}

// data is the ordinary data frame of 36 bytes: 20 of header info from byte 14
// on, and a payload of 2.
func data() Frame {
	f := bare('3', ints(Pair{Int: KeyFrameType, Value: "3"}, Pair{Int: KeyMethod, Value: "Bidi"}))
	f.Payload = "ab"
	return f
}

func ints(p ...Pair) Block        { return Block{ID: Ints, Pairs: p} }
func strs(p ...Pair) Block        { return Block{ID: Strs, Pairs: p} }
func token(v string) Block        { return Block{ID: Token, Pairs: []Pair{{Value: v}}} }
func padding(n int) Block         { return Block{ID: Padding, Pad: n} }
func str(k, v string) Pair        { return Pair{Key: k, Value: v} }
func num(k uint16, v string) Pair { return Pair{Int: k, Value: v} }

// over is b with field written over it at a place.
func over(b []byte, at int, field []byte) []byte {
	b = slices.Clone(b)
	copy(b[at:], field)
	return b
}

// framed is a data frame's fixed part and this header info, padded, without
// payload.
func framed(info []byte) []byte {
	info = append(slices.Clone(info), make([]byte, -len(info)&3)...)
	return Cat(U32(10+len(info)), U16(0x1000), U16(2), U32(1), U16(len(info)/4), info)
}

func long(n int) string { return strings.Repeat("x", n) }
