package testgen

// FixedSize is how many bytes stand before the header info.
const FixedSize = 14

// The info ids of blocks (rules 3.4 to 3.7).
const (
	Padding = 0x00
	Strs    = 0x01
	Ints    = 0x10
	Token   = 0x11
)

// Int keys of streaming frames (rules 4.1, 4.2), and the string key that the
// token is shown under (rule 3.7).
const (
	KeyMethod    = 9
	KeyFrameType = 27
	KeyToken     = "RPC_TRANSIT_gdpr-token"
)

// Frame is a frame as a list of what stands in it, in wire order. Nothing
// stops it from being illegal.
type Frame struct {
	Type       byte // the character of the last int key 27; Bytes does not look at it
	Flags      uint16
	Stream     int32
	Protocol   byte
	Transforms string
	Blocks     []Block
	Payload    string
}

// Block is one block of header info. An unknown ID is written as that byte
// alone.
type Block struct {
	ID    byte
	Pad   int    // of Padding: how many bytes
	Pairs []Pair // of Strs and Ints: any number; of Token: one
}

// Pair is a string pair, an int pair, or (Value alone) a token.
type Pair struct {
	Key   string
	Int   uint16
	Value string
}

// Optional is a value that may be missing.
type Optional struct {
	Value string
	OK    bool
}

// Report is what a decoder must report of a legal frame.
type Report struct {
	Type       byte
	Flags      uint16
	Stream     int32
	Protocol   byte
	Transforms string
	Ints, Strs []Pair // wire order, duplicates kept, nil if there are none
	Method     Optional
	Token      Optional
	TokenKey   Optional // what KeyToken gives: the last token or pair of that name
	Payload    string
}

// Bytes writes the frame. Header info is padded to 4 bytes.
func (f Frame) Bytes() []byte {
	info := f.Info()
	return Cat(U32(10+len(info)+len(f.Payload)), U16(0x1000), U16(f.Flags),
		U32(f.Stream), U16(len(info)/4), info, f.Payload)
}

// Info writes the header info, padded to 4 bytes.
func (f Frame) Info() []byte {
	b := f.unpadded(len(f.Blocks))
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// At is where block i begins, in bytes from the start of the frame.
func (f Frame) At(i int) int { return FixedSize + len(f.unpadded(i)) }

// unpadded writes the header info up to and without block n.
func (f Frame) unpadded(n int) []byte {
	b := Cat(f.Protocol, len(f.Transforms), f.Transforms)
	for _, block := range f.Blocks[:n] {
		b = append(b, block.bytes()...)
	}
	return b
}

func (b Block) bytes() []byte {
	switch b.ID {
	case Padding:
		return make([]byte, b.Pad)
	case Strs:
		out := Cat(b.ID, U16(len(b.Pairs)))
		for _, p := range b.Pairs {
			out = append(out, Cat(Text16(p.Key), Text16(p.Value))...)
		}
		return out
	case Ints:
		out := Cat(b.ID, U16(len(b.Pairs)))
		for _, p := range b.Pairs {
			out = append(out, Cat(U16(p.Int), Text16(p.Value))...)
		}
		return out
	case Token:
		return Cat(b.ID, Text16(b.Pairs[0].Value))
	}
	return []byte{b.ID}
}

// Report says what a decoder must report of the frame.
func (f Frame) Report() Report {
	r := Report{Type: f.Type, Flags: f.Flags, Stream: f.Stream, Protocol: f.Protocol,
		Transforms: f.Transforms, Payload: f.Payload}
	for _, block := range f.Blocks {
		for _, p := range block.Pairs {
			r.see(block.ID, p)
		}
	}
	return r
}

func (r *Report) see(id byte, p Pair) {
	switch id {
	case Ints:
		r.Ints = append(r.Ints, p)
		if p.Int == KeyMethod {
			r.Method = Optional{p.Value, true}
		}
	case Strs:
		r.Strs = append(r.Strs, p)
		if p.Key == KeyToken {
			r.TokenKey = Optional{p.Value, true}
		}
	case Token:
		r.Token = Optional{p.Value, true}
		r.TokenKey = r.Token
	}
}

// Canonical is the frame as a writer gives it that is told the parts in this
// order: no padding, no empty block, and pairs of one kind that follow each
// other in one block.
func (f Frame) Canonical() Frame {
	blocks := f.Blocks
	f.Blocks = nil
	for _, block := range blocks {
		if len(block.Pairs) == 0 {
			continue
		}
		if n := len(f.Blocks) - 1; n >= 0 && block.ID != Token && f.Blocks[n].ID == block.ID {
			last := &f.Blocks[n]
			last.Pairs = append(last.Pairs[:len(last.Pairs):len(last.Pairs)], block.Pairs...)
			continue
		}
		f.Blocks = append(f.Blocks, block)
	}
	return f
}
