package frame

import (
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// The fixed part of a frame (docs/wire.md, section 2).
const (
	FixedSize = 14 // bytes before the header info

	offLength     = 0  // u32: bytes that follow this field
	offMagic      = 4  // u16: 0x1000
	offFlags      = 6  // u16
	offStreamID   = 8  // i32
	offHeaderSize = 12 // u16: header info in 4-byte words

	magic      = 0x1000
	afterSize  = FixedSize - 4 // what LENGTH counts besides header info and payload
	lengthSize = 4
)

// Limits bounds what is parsed and built; the zero value has every default on.
type Limits = wire.Limits

var defaults Limits

// Frame is one frame. Parsed, its Header and Payload are windows on the bytes
// it was parsed from: valid until the owner of those bytes reuses them, and
// not to be written through. Clone is the way to keep a frame longer.
//
// A Frame may be reused for the next Parse; it holds no memory of its own.
type Frame struct {
	Type     Type
	Flags    Flags
	StreamID int32
	Header   header.View
	Payload  []byte // capped at its own length; empty where there is none
}

// Method is the method name (rule 4.2), or nil.
func (f *Frame) Method() []byte {
	m, _ := f.Header.Method()
	return m
}

// Size is the frame's length on the wire, in bytes.
func (f *Frame) Size() int { return FixedSize + len(f.Header.Bytes()) + len(f.Payload) }

// Clone copies the frame, so that the copy outlives the caller's bytes.
func (f *Frame) Clone() Frame {
	c := *f
	c.Header = f.Header.Clone()
	if f.Payload != nil {
		c.Payload = append([]byte{}, f.Payload...)
	}
	return c
}

// AppendTo appends the frame to dst as it came: the same header info byte for
// byte, with the fixed part made from the fields, so that a proxy may change
// StreamID, Flags or Payload. What Parse would not accept with the default
// limits is refused, and dst comes back as it was.
func (f *Frame) AppendTo(dst []byte) ([]byte, error) { return f.AppendWithin(dst, &defaults) }

// AppendWithin is AppendTo within lim.
func (f *Frame) AppendWithin(dst []byte, lim *Limits) ([]byte, error) {
	if err := f.check(lim); err != nil {
		return dst, err
	}
	info := f.Header.Bytes()
	dst = appendFixed(dst, f.Flags, f.StreamID, len(info), len(f.Payload))
	dst = append(dst, info...)
	return append(dst, f.Payload...), nil
}

// check refuses what could not be parsed again.
func (f *Frame) check(lim *Limits) error {
	switch {
	case f.Flags&FlagStreaming == 0:
		return wire.ErrNotStreaming
	case f.Type != typeIn(&f.Header), f.Type == 0 && !lim.UnknownTypes:
		return wire.ErrNotFrameType
	case f.StreamID == 0 && f.Type.Valid() && f.Type != Meta:
		return wire.ErrNoStreamID
	}
	if err := f.Header.Refusal(lim); err != 0 {
		return err
	}
	if err := checkPayload(len(f.Header.Bytes()), len(f.Payload), lim.Payload()); err != 0 {
		return err
	}
	return nil
}

// typeIn is the frame type that header info says, 0 if it is none of the five.
func typeIn(v *header.View) Type {
	if t := Type(v.FrameType() - '0'); t.Valid() {
		return t
	}
	return 0
}

// checkPayload refuses a payload over the limit, or over what LENGTH can say
// beside that much header info.
func checkPayload(info, payload, most int) wire.Code {
	if payload < 0 || payload > min(most, wire.MaxLength-afterSize-info) {
		return wire.ErrPayloadTooLarge
	}
	return 0
}

// appendFixed appends the fixed part for header info and payload of these
// sizes in bytes.
func appendFixed(dst []byte, flags Flags, stream int32, info, payload int) []byte {
	dst = wire.AppendUint32(dst, uint32(afterSize+info+payload))
	dst = append(dst, magic>>8, magic&0xFF, byte(flags>>8), byte(flags))
	dst = wire.AppendUint32(dst, uint32(stream))
	return wire.AppendUint16(dst, uint16(info/4))
}
