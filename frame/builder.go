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
	orig   []byte // what Begin was given
	dst    []byte
	lim    *Limits
	full   int // len(dst) that the header info must not pass
	count  int // where the count of the open block stands
	left   int // pairs that are still allowed; 0 before start and after an error
	first  int // left when the open block was begun
	stream int32
	typ    Type
	proto  header.Protocol
	id     byte // info id of the open block; 0: none
	said   byte // the last frame type placed as a pair; 0: none
	named  bool // the last method placed is not empty
	begun  bool // start has been called
	err    wire.Code
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
	return Builder{orig: dst, dst: dst, lim: lim, typ: t, stream: stream, proto: p}
}

// start checks what Begin was given and appends the fixed part. It runs with
// the first call after Begin, so that Begin is inlined and the Builder is never
// copied.
func (b *Builder) start() {
	b.begun = true
	switch {
	case !b.typ.Valid():
		b.err = wire.ErrNotFrameType
	case !b.proto.Valid():
		b.err = wire.ErrNotProtocol
	case b.stream == 0 && b.typ != Meta:
		b.err = wire.ErrNoStreamID
	case b.err == 0:
		b.full = len(b.dst) + FixedSize + b.lim.Header()
		b.left = min(b.lim.Pairs(), wire.MaxLen16)
		b.dst = append(appendFixed(b.dst, FlagStreaming, b.stream, 0, 0), byte(b.proto), 0)
	}
}

// ready starts the frame if need be, and reports whether there is no error.
func (b *Builder) ready() bool {
	if !b.begun {
		b.start()
	}
	return b.err == 0
}

// Flags sets the frame's flags. They must have FlagStreaming.
func (b *Builder) Flags(f Flags) {
	switch {
	case !b.ready():
	case f&FlagStreaming == 0:
		b.fail(wire.ErrNotStreaming)
	default:
		wire.PutUint16(b.dst, len(b.orig)+offFlags, uint16(f))
	}
}

// Transforms sets the transform ids (rule 3.2). It must come before any pair.
func (b *Builder) Transforms(ids []byte) {
	switch {
	case !b.ready():
	case b.size() != 2:
		b.fail(wire.ErrOrder)
	case len(ids) > 255:
		b.fail(wire.ErrTooLong)
	default:
		b.dst[len(b.dst)-1] = byte(len(ids))
		b.dst = append(b.dst, ids...)
	}
}

// Token adds an ACL token (rule 3.7). Peers write it before all pairs.
func (b *Builder) Token(v string) {
	if b.next(infoToken, len(v)) {
		b.put(append(wire.AppendUint16(b.dst, uint16(len(v))), v...))
	}
}

// TokenBytes is Token for bytes, which it copies.
func (b *Builder) TokenBytes(v []byte) {
	if b.next(infoToken, len(v)) {
		b.put(append(wire.AppendUint16(b.dst, uint16(len(v))), v...))
	}
}

// Str adds a string pair (rule 3.5), into the block of the one before it if
// that was a string pair too. A key may come twice; readers take the last one.
func (b *Builder) Str(k, v string) {
	if b.next(infoStrs, len(k)|len(v)) {
		dst := append(wire.AppendUint16(b.dst, uint16(len(k))), k...)
		b.put(append(wire.AppendUint16(dst, uint16(len(v))), v...))
	}
}

// StrBytes is Str for bytes, which it copies.
func (b *Builder) StrBytes(k, v []byte) {
	if b.next(infoStrs, len(k)|len(v)) {
		dst := append(wire.AppendUint16(b.dst, uint16(len(k))), k...)
		b.put(append(wire.AppendUint16(dst, uint16(len(v))), v...))
	}
}

// Int adds an int pair (rule 3.6), into the block of the one before it if that
// was an int pair too. KeyFrameType places the frame type at this point; the
// last one placed must be the type that the frame was begun with.
func (b *Builder) Int(k header.Key, v string) {
	if b.next(infoInts, len(v)) {
		dst := wire.AppendUint16(wire.AppendUint16(b.dst, uint16(k)), uint16(len(v)))
		b.putInt(append(dst, v...), k, len(v))
	}
}

// IntBytes is Int for bytes, which it copies.
func (b *Builder) IntBytes(k header.Key, v []byte) {
	if b.next(infoInts, len(v)) {
		dst := wire.AppendUint16(wire.AppendUint16(b.dst, uint16(k)), uint16(len(v)))
		b.putInt(append(dst, v...), k, len(v))
	}
}

// Method adds the frame type, unless it has been placed, and the method: the
// two int pairs that peers write, in their usual order.
func (b *Builder) Method(m string) {
	b.placeType()
	b.Int(header.KeyMethod, m)
}

// MethodBytes is Method for bytes, which it copies.
func (b *Builder) MethodBytes(m []byte) {
	b.placeType()
	b.IntBytes(header.KeyMethod, m)
}

// placeType adds the frame type as an int pair, unless there is one.
func (b *Builder) placeType() {
	if b.said == 0 && b.next(infoInts, 1) {
		b.said = b.typ.digit()
		b.put(append(b.dst, 0, byte(header.KeyFrameType), 0, 1, b.said))
	}
}

// size is the header info so far, in bytes.
func (b *Builder) size() int { return len(b.dst) - len(b.orig) - FixedSize }

// next makes room for one more pair in a block of this kind. long has the bits
// of its parts' lengths: over 65,535 if one of them is.
func (b *Builder) next(id byte, long int) bool {
	if b.id == id && b.left > 0 && long <= wire.MaxLen16 {
		b.left--
		return true
	}
	return b.open(id, long)
}

// open is next where a block must be begun, or there is no room. A token is a
// block by itself, without a count.
func (b *Builder) open(id byte, long int) bool {
	switch {
	case !b.ready():
		return false
	case long > wire.MaxLen16:
		b.fail(wire.ErrTooLong)
		return false
	case b.left == 0:
		b.fail(wire.ErrTooManyPairs)
		return false
	}
	b.close()
	b.dst = append(b.dst, id)
	if id != infoToken {
		b.id, b.first, b.count = id, b.left, len(b.dst)
		b.dst = append(b.dst, 0, 0)
	}
	b.left--
	return true
}

// fail makes the first error stick.
func (b *Builder) fail(c wire.Code) {
	if b.left = 0; b.err == 0 {
		b.err = c
	}
}

// put takes over the slice with a pair appended, if the header info is still
// within its limit.
func (b *Builder) put(dst []byte) {
	if b.dst = dst; len(dst) > b.full {
		b.fail(wire.ErrHeaderTooLarge)
	}
}

// putInt is put for an int pair with a value of n bytes, and remembers what it
// says of frame type and method.
func (b *Builder) putInt(dst []byte, k header.Key, n int) {
	switch k {
	case header.KeyFrameType:
		if b.said = 0xFF; n == 1 {
			b.said = dst[len(dst)-1]
		}
	case header.KeyMethod:
		b.named = n != 0
	}
	b.put(dst)
}

// close ends the open block by writing its count.
func (b *Builder) close() {
	if b.id != 0 {
		wire.PutUint16(b.dst, b.count, uint16(b.first-b.left))
	}
	b.id = 0
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
	b.fail(wire.ErrOrder)
	return dst, nil
}

// finish completes the header info and writes the fields that depend on it.
func (b *Builder) finish(payload int) {
	b.placeType()
	switch {
	case !b.ready():
		return
	case b.said != b.typ.digit():
		b.err = wire.ErrNotFrameType
		return
	case b.typ == Header && !b.named:
		b.err = wire.ErrNoMethod
		return
	}
	b.close()
	b.put(append(b.dst, "\x00\x00\x00"[:-b.size()&3]...))
	if b.err != 0 {
		return
	}
	if b.err = checkPayload(b.size(), payload, b.lim.Payload()); b.err != 0 {
		return
	}
	p := len(b.orig)
	wire.PutUint32(b.dst, p+offLength, uint32(afterSize+b.size()+payload))
	wire.PutUint16(b.dst, p+offHeaderSize, uint16(b.size()/4))
}
