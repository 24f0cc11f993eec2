package script

import (
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Build is what a frame.Builder is told. Anything may be wrong with it.
type Build struct {
	Limits   byte // an index of Limits
	Type     frame.Type
	Stream   int32
	Protocol header.Protocol
	Calls    []Call
	Payload  []byte
}

// Call is a call on the Builder. Which of its fields count depends on Op.
type Call struct {
	Op    Op
	Key   []byte
	Int   header.Key
	Value []byte
	Flags frame.Flags
}

// Op is a method of the Builder. None ends the calls.
type Op byte

const (
	None Op = iota
	Str
	StrBytes
	Int
	IntBytes
	Token
	TokenBytes
	Method
	MethodBytes
	Transforms
	Flags
	ops
)

// protocols are the legal ones and some that are not.
var protocols = []byte{0x10, 0x11, 0x00, 0x03, 0x04, 0x02, 0x05, 0xFF}

func (r *Reader) protocol() header.Protocol {
	return header.Protocol(protocols[r.Pick(len(protocols))])
}

func (w *Writer) protocol(p header.Protocol) {
	for i, known := range protocols {
		if byte(p) == known {
			w.Byte(byte(i))
			return
		}
	}
	panic("script: no such protocol")
}

// Build reads what a Builder is to be told.
func (r *Reader) Build() Build {
	b := Build{Limits: byte(r.Pick(len(Limits))), Type: frame.Type(r.Pick(8)), Stream: r.Int32(), Protocol: r.protocol()}
	for {
		c := Call{Op: Op(r.Pick(int(ops)))}
		switch c.Op {
		case None:
			b.Payload = r.Bytes()
			return b
		case Str, StrBytes:
			c.Key, c.Value = r.Bytes(), r.Bytes()
		case Int, IntBytes:
			c.Int, c.Value = header.Key(r.Uint16()), r.Bytes()
		case Flags:
			c.Flags = frame.Flags(r.Uint16())
		default:
			c.Value = r.Bytes()
		}
		b.Calls = append(b.Calls, c)
	}
}

// Build writes it.
func (w *Writer) Build(b Build) {
	w.Byte(b.Limits)
	w.Byte(byte(b.Type))
	w.Int32(b.Stream)
	w.protocol(b.Protocol)
	for _, c := range b.Calls {
		w.Byte(byte(c.Op))
		switch c.Op {
		case Str, StrBytes:
			w.Bytes(c.Key)
			w.Bytes(c.Value)
		case Int, IntBytes:
			w.Uint16(uint16(c.Int))
			w.Bytes(c.Value)
		case Flags:
			w.Uint16(uint16(c.Flags))
		default:
			w.Bytes(c.Value)
		}
	}
	w.Byte(byte(None))
	w.Bytes(b.Payload)
}

// Within are the limits of the build.
func (b *Build) Within() *wire.Limits { return &Limits[b.Limits] }

// Do appends the frame to dst, or says why it cannot be built.
func (b *Build) Do(dst []byte) ([]byte, error) {
	fb := frame.BeginWithin(dst, b.Type, b.Stream, b.Protocol, b.Within())
	for i := range b.Calls {
		b.Calls[i].do(&fb)
	}
	return fb.Finish(b.Payload)
}

func (c *Call) do(b *frame.Builder) {
	switch c.Op {
	case Str:
		b.Str(string(c.Key), string(c.Value))
	case StrBytes:
		b.StrBytes(c.Key, c.Value)
	case Int:
		b.Int(c.Int, string(c.Value))
	case IntBytes:
		b.IntBytes(c.Int, c.Value)
	case Token:
		b.Token(string(c.Value))
	case TokenBytes:
		b.TokenBytes(c.Value)
	case Method:
		b.Method(string(c.Value))
	case MethodBytes:
		b.MethodBytes(c.Value)
	case Transforms:
		b.Transforms(c.Value)
	case Flags:
		b.Flags(c.Flags)
	}
}
