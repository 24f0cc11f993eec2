package frame

import (
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Builder appends one frame to a slice, pair by pair, in the order of the
// calls. Begin starts it, Finish ends it. An error sticks: the calls after it
// do nothing, and Finish returns it with the slice as it was.
//
//	b := frame.Begin(dst, frame.Header, stream, header.ThriftStruct)
//	b.Str(header.KeyServiceName, "TestService")
//	b.Method("Bidi")
//	dst, err = b.Finish(nil)
//
// A Builder holds the slice it was begun with until Finish; use it by pointer
// and do not copy it in between. It allocates only where dst must grow.
type Builder struct {
	orig  []byte // what Begin was given
	dst   []byte
	lim   *Limits
	count int // where the count of the open block stands; 0: no block is open
	left  int // pairs that are still allowed
	pairs uint16
	id    byte // info id of the open block
	typ   Type
	said  byte // the last frame type placed as a pair; 0: none
	named bool // the last method placed is not empty
	err   wire.Code
}

// Info ids that a Builder writes (rules 3.5 to 3.7).
const (
	infoStrs  = 0x01
	infoInts  = 0x10
	infoToken = 0x11
)

// Begin starts a frame at the end of dst, with the streaming flag and the
// default limits.
func Begin(dst []byte, t Type, stream int32, p header.Protocol) Builder {
	return BeginWithin(dst, t, stream, p, &defaults)
}

// BeginWithin is Begin within lim, which the Builder keeps until Finish. What
// it builds, a parser with the same limits accepts.
func BeginWithin(dst []byte, t Type, stream int32, p header.Protocol, lim *Limits) Builder {
	b := Builder{orig: dst, dst: dst, lim: lim, left: lim.Pairs(), typ: t}
	switch {
	case !t.Valid():
		b.err = wire.ErrNotFrameType
	case !p.Valid():
		b.err = wire.ErrNotProtocol
	case stream == 0 && t != Meta:
		b.err = wire.ErrNoStreamID
	default:
		b.dst = append(appendFixed(dst, FlagStreaming, stream, 0, 0), byte(p), 0)
	}
	return b
}

// Flags sets the frame's flags. They must have FlagStreaming.
func (b *Builder) Flags(f Flags) {
	switch {
	case b.err != 0:
	case f&FlagStreaming == 0:
		b.err = wire.ErrNotStreaming
	default:
		wire.PutUint16(b.dst, len(b.orig)+offFlags, uint16(f))
	}
}

// Transforms sets the transform ids (rule 3.2). It must come before any pair.
func (b *Builder) Transforms(ids []byte) {
	switch {
	case b.err != 0:
	case b.size() != 2:
		b.err = wire.ErrOrder
	case len(ids) > 255:
		b.err = wire.ErrTooLong
	default:
		b.dst[len(b.dst)-1] = byte(len(ids))
		b.dst = append(b.dst, ids...)
	}
}

// Token adds an ACL token (rule 3.7). Peers write it before all pairs.
func (b *Builder) Token(v string) { token(b, v) }

// TokenBytes is Token for bytes, which it copies.
func (b *Builder) TokenBytes(v []byte) { token(b, v) }

// Str adds a string pair (rule 3.5), into the block of the one before it if
// that was a string pair too. A key may come twice; readers take the last one.
func (b *Builder) Str(k, v string) { str(b, k, v) }

// StrBytes is Str for bytes, which it copies.
func (b *Builder) StrBytes(k, v []byte) { str(b, k, v) }

// Int adds an int pair (rule 3.6), into the block of the one before it if that
// was an int pair too. KeyFrameType places the frame type at this point; the
// last one placed must be the type that the frame was begun with.
func (b *Builder) Int(k header.Key, v string) { intPair(b, k, v) }

// IntBytes is Int for bytes, which it copies.
func (b *Builder) IntBytes(k header.Key, v []byte) { intPair(b, k, v) }

// Method adds the frame type, unless it has been placed, and the method: the
// two int pairs that peers write, in their usual order.
func (b *Builder) Method(m string) { method(b, m) }

// MethodBytes is Method for bytes, which it copies.
func (b *Builder) MethodBytes(m []byte) { method(b, m) }

func token[T wire.Bytes](b *Builder, v T) {
	if b.room(len(v)) {
		b.close()
		b.dst = wire.Append16(append(b.dst, infoToken), v)
		b.fits()
	}
}

func str[T wire.Bytes](b *Builder, k, v T) {
	if b.room(max(len(k), len(v))) {
		b.open(infoStrs)
		b.dst = wire.Append16(wire.Append16(b.dst, k), v)
		b.fits()
	}
}

func intPair[T wire.Bytes](b *Builder, k header.Key, v T) {
	if !b.room(len(v)) {
		return
	}
	b.open(infoInts)
	b.dst = wire.Append16(wire.AppendUint16(b.dst, uint16(k)), v)
	b.fits()
	switch k {
	case header.KeyFrameType:
		if b.said = 0xFF; len(v) == 1 {
			b.said = v[0]
		}
	case header.KeyMethod:
		b.named = len(v) != 0
	}
}

func method[T wire.Bytes](b *Builder, m T) {
	if b.said == 0 {
		b.placeType()
	}
	intPair(b, header.KeyMethod, m)
}

// placeType adds the frame type as an int pair.
func (b *Builder) placeType() {
	d := [1]byte{b.typ.digit()}
	intPair(b, header.KeyFrameType, d[:])
}

// size is the header info so far, in bytes.
func (b *Builder) size() int { return len(b.dst) - len(b.orig) - FixedSize }

// room takes one pair off what is allowed; long is its longest part in bytes.
func (b *Builder) room(long int) bool {
	switch {
	case b.err != 0:
	case long > wire.MaxLen16:
		b.err = wire.ErrTooLong
	case b.left == 0:
		b.err = wire.ErrTooManyPairs
	default:
		b.left--
		return true
	}
	return false
}

// fits refuses header info over the limit.
func (b *Builder) fits() {
	if b.size() > b.lim.Header() {
		b.err = wire.ErrHeaderTooLarge
	}
}

// open sees to it that a block of this kind is open, and counts one pair in.
func (b *Builder) open(id byte) {
	if b.count == 0 || b.id != id || b.pairs == wire.MaxLen16 {
		b.close()
		b.id, b.count = id, len(b.dst)+1
		b.dst = append(b.dst, id, 0, 0)
	}
	b.pairs++
}

// close writes the count of the open block.
func (b *Builder) close() {
	if b.count != 0 {
		wire.PutUint16(b.dst, b.count, b.pairs)
	}
	b.count, b.pairs = 0, 0
}

// Finish ends the frame with its payload, which it copies, and returns the
// extended slice. On error it returns the slice that Begin was given, as it
// was, and a wire.Code. The Builder is done with either way.
func (b *Builder) Finish(payload []byte) ([]byte, error) {
	dst, err := b.FinishPrefix(len(payload))
	if err != nil {
		return dst, err
	}
	return append(dst, payload...), nil
}

// FinishPrefix is Finish without the payload: the caller sends payload bytes
// of it right behind what is returned, by writev or otherwise.
func (b *Builder) FinishPrefix(payload int) ([]byte, error) {
	if b.finish(payload); b.err != 0 {
		return b.orig, b.err
	}
	dst := b.dst
	b.err = wire.ErrOrder
	return dst, nil
}

// finish completes the header info and writes the fields that depend on it.
func (b *Builder) finish(payload int) {
	if b.err == 0 && b.said == 0 {
		b.placeType()
	}
	switch {
	case b.err != 0:
		return
	case b.said != b.typ.digit():
		b.err = wire.ErrNotFrameType
		return
	case b.typ == Header && !b.named:
		b.err = wire.ErrNoMethod
		return
	}
	b.close()
	b.dst = append(b.dst, "\x00\x00\x00"[:-b.size()&3]...)
	if b.fits(); b.err != 0 {
		return
	}
	if err := checkPayload(b.size(), payload, b.lim); err != 0 {
		b.err = err
		return
	}
	fixed := b.dst[len(b.orig):]
	wire.PutUint32(fixed, offLength, uint32(afterSize+b.size()+payload))
	wire.PutUint16(fixed, offHeaderSize, uint16(b.size()/4))
}
