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
	orig    []byte // what Begin was given
	dst     []byte
	end     int    // len(dst) that can be reached without growing, header info within its limit
	room    int    // len(dst) that pairs in the open block may reach unasked; 0 after an error
	count   int    // where the count of the open block stands
	info    int32  // longest header info, in bytes
	payload int32  // longest payload, in bytes
	pairs   int32  // pairs so far
	most    uint16 // pairs that are allowed
	first   uint16 // pairs when the open block was begun
	typ     Type   // 0: Begin was not called
	id      byte   // info id of the open block; 0: none
	said    byte   // the last frame type placed as a pair; 0: none
	named   bool   // the last method placed is not empty
	method  bool   // a method has been placed
	strict  bool   // what a strict parser refuses is refused
	value   int    // len(dst) when BeginStr returned it; 0: EndStr is not due
	err     wire.Code
}

// Info ids that a Builder writes (rules 3.5 to 3.7).
const (
	infoStrs  = 0x01
	infoInts  = 0x10
	infoToken = 0x11
)

// Begin starts a frame at the end of dst, with the streaming flag and the
// default limits.
func Begin(dst []byte, t Type, stream int32, p header.Protocol) (b Builder) {
	b.info, b.payload, b.most = wire.DefaultMaxHeader, wire.DefaultMaxPayload, wire.DefaultMaxPairs
	b.begin(dst, t, stream, p)
	return b
}

// BeginWithin is Begin within lim. What it builds, a parser with the same
// limits accepts.
func BeginWithin(dst []byte, t Type, stream int32, p header.Protocol, lim *Limits) (b Builder) {
	b.info, b.payload, b.most = int32(lim.Header()), int32(lim.Payload()), uint16(min(lim.Pairs(), wire.MaxLen16))
	b.strict = lim.Strict
	b.begin(dst, t, stream, p)
	return b
}

// begin appends the fixed part, of which Finish fills in LENGTH and HEADER
// SIZE, and the first two bytes of the header info. It fills in the Builder that
// Begin returns, because one more copy of it costs as much as a pair.
func (b *Builder) begin(dst []byte, t Type, stream int32, p header.Protocol) {
	b.orig, b.dst, b.typ = dst, dst, t
	switch {
	case !t.Valid():
		b.fail(wire.ErrNotFrameType)
	case !p.Valid():
		b.fail(wire.ErrNotProtocol)
	case stream == 0 && t != Meta:
		b.fail(wire.ErrNoStreamID)
	default:
		n := len(dst)
		if n+FixedSize+2 > cap(dst) {
			b.dst = append(dst, make([]byte, 64)...) // as much as a data frame has before its payload
		}
		b.dst = b.dst[:n+FixedSize+2]
		b.end = min(cap(b.dst), n+FixedSize+int(b.info))
		d := (*[FixedSize + 2]byte)(b.dst[n : n+FixedSize+2])
		wire.PutUint32(d[:], offMagic, magic<<16|uint32(FlagStreaming))
		wire.PutUint32(d[:], offStreamID, uint32(stream))
		wire.PutUint16(d[:], FixedSize, uint16(p)<<8)
	}
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
	case b.strict && len(ids) > 0:
		b.fail(wire.ErrNotStrict)
	default:
		b.dst[len(b.dst)-1] = byte(len(ids))
		b.set(append(b.dst, ids...))
	}
}

// Token adds an ACL token (rule 3.7). Peers write it before all pairs.
func (b *Builder) Token(v string) { b.TokenBytes([]byte(v)) }

// TokenBytes is Token for bytes, which it copies.
func (b *Builder) TokenBytes(v []byte) {
	if !b.may(len(v)) || !b.reach(3+len(v)) {
		return
	}
	b.close()
	b.dst = append(b.dst, infoToken, byte(len(v)>>8), byte(len(v)))
	b.dst = append(b.dst, v...)
	b.pairs++
}

// Str adds a string pair (rule 3.5), into the block of the one before it if
// that was a string pair too. A key may come twice; readers take the last one.
func (b *Builder) Str(k, v string) {
	if b.id != infoStrs && !b.open(infoStrs, 4+len(k)+len(v), len(k)|len(v)) {
		return
	}
	p := len(b.dst)
	if b.room-p < shortStr || len(k) > short || len(v) > short {
		b.StrBytes([]byte(k), []byte(v))
		return
	}
	d := (*[shortStr]byte)(b.dst[p : p+shortStr])
	b.dst = b.dst[:p+4+len(k)+len(v)]
	b.pairs++
	d[0], d[1] = 0, byte(len(k))
	place(d[2:], []byte(k))
	d[2+len(k)], d[3+len(k)] = 0, byte(len(v))
	place(d[4+len(k):][:short:short], []byte(v))
}

// StrBytes is Str for bytes, which it copies.
func (b *Builder) StrBytes(k, v []byte) {
	if !b.open(infoStrs, 4+len(k)+len(v), len(k)|len(v)) {
		return
	}
	dst := append(wire.AppendUint16(b.dst, uint16(len(k))), k...)
	b.dst = append(wire.AppendUint16(dst, uint16(len(v))), v...)
	b.pairs++
}

// Int adds an int pair (rule 3.6), into the block of the one before it if that
// was an int pair too. KeyFrameType places the frame type at this point; the
// last one placed must be the type that the frame was begun with.
func (b *Builder) Int(k header.Key, v string) { b.IntBytes(k, []byte(v)) }

// IntBytes is Int for bytes, which it copies.
func (b *Builder) IntBytes(k header.Key, v []byte) {
	if b.strict && (k == header.KeyFrameType && b.said != 0 || k == header.KeyMethod && b.method) {
		b.fail(wire.ErrNotStrict)
	}
	if !b.open(infoInts, 4+len(v), len(v)) {
		return
	}
	b.dst = append(wire.AppendUint32(b.dst, uint32(k)<<16|uint32(len(v))), v...)
	b.pairs++
	switch k {
	case header.KeyFrameType:
		// A value of "\x00" must not read as none.
		if b.said = 0xFF; len(v) == 1 && v[0] != 0 {
			b.said = v[0]
		}
	case header.KeyMethod:
		b.named, b.method = len(v) != 0, true
	}
}

// Method adds the frame type, unless it has been placed, and the method: the
// two int pairs that peers write, in their usual order.
func (b *Builder) Method(m string) {
	p := len(b.dst)
	if b.err != 0 || b.said != 0 || b.method || b.id == infoInts ||
		len(m) > short || b.end-p < shortInts || b.pairs+2 > int32(b.most) {
		b.MethodBytes([]byte(m))
		return
	}
	b.close()
	d := (*[shortInts]byte)(b.dst[p : p+shortInts])
	b.dst = b.dst[:p+12+len(m)]
	b.id, b.first, b.count = infoInts, uint16(b.pairs), p+1
	b.pairs += 2
	b.said, b.named, b.method = b.typ.digit(), len(m) != 0, true
	wire.PutUint32(d[:], 0, infoInts<<24)
	wire.PutUint32(d[:], 4, uint32(header.KeyFrameType)<<24|1<<8|uint32(b.said))
	wire.PutUint32(d[:], 8, uint32(header.KeyMethod)<<16)
	d[11] = byte(len(m))
	place(d[12:], []byte(m))
}

// MethodBytes is Method for bytes, which it copies.
func (b *Builder) MethodBytes(m []byte) {
	if b.said == 0 {
		b.placeType()
	}
	b.IntBytes(header.KeyMethod, m)
}

// placeType adds the frame type as an int pair.
func (b *Builder) placeType() {
	if b.open(infoInts, 5, 0) {
		b.said = b.typ.digit()
		b.dst = append(b.dst, 0, byte(header.KeyFrameType), 0, 1, b.said)
		b.pairs++
	}
}

// size is the header info so far, in bytes.
func (b *Builder) size() int { return len(b.dst) - len(b.orig) - FixedSize }

// full is the len(dst) that the header info must not pass.
func (b *Builder) full() int { return len(b.orig) + FixedSize + int(b.info) }

// ready reports whether there is no error. That Begin was not called is one.
func (b *Builder) ready() bool {
	if b.typ == 0 {
		b.fail(wire.ErrNotFrameType)
	}
	return b.err == 0
}

// may reports whether one more pair is allowed. long has the bits of its parts'
// lengths: over 65,535 if one of them is.
func (b *Builder) may(long int) bool {
	switch {
	case !b.ready():
	case long > wire.MaxLen16:
		b.fail(wire.ErrTooLong)
	case b.pairs >= int32(b.most):
		b.fail(wire.ErrTooManyPairs)
	default:
		return true
	}
	return false
}

// open makes room for a pair of n bytes in a block of this kind, which it begins
// if it is not open.
func (b *Builder) open(id byte, n, long int) bool {
	if !b.may(long) {
		return false
	}
	if id != b.id {
		n += 3
	}
	if !b.reach(n) {
		return false
	}
	if id != b.id {
		b.close()
		b.id, b.first, b.count = id, uint16(b.pairs), len(b.dst)+1
		b.dst = append(b.dst, id, 0, 0)
	}
	// No pair has under 4 bytes, so that none in this room is one too many.
	b.room = min(b.end, len(b.dst)+4*(int(b.most)-int(b.pairs)))
	return true
}

// reach makes room for n bytes, and fails where that is more than is allowed.
func (b *Builder) reach(n int) bool { return n <= b.end-len(b.dst) || b.grow(n) }

// grow is reach where dst has no room. It is rare, and costs where it is inlined.
//
//go:noinline
func (b *Builder) grow(n int) bool {
	if n > b.full()-len(b.dst) {
		b.fail(wire.ErrHeaderTooLarge)
		return false
	}
	b.set(append(b.dst, make([]byte, n)...)[:len(b.dst)])
	return true
}

// set takes over dst, which may be another slice.
func (b *Builder) set(dst []byte) { b.dst, b.end = dst, min(cap(dst), b.full()) }

// put takes over dst with a pair appended, if the header info is still within
// its limit.
func (b *Builder) put(dst []byte) {
	b.room = 0
	if b.set(dst); len(dst) > b.end {
		b.fail(wire.ErrHeaderTooLarge)
	}
}

// fail makes the first error stick.
func (b *Builder) fail(c wire.Code) {
	if b.room = 0; b.err == 0 {
		b.err = c
	}
}

// close ends the open block by writing its count.
func (b *Builder) close() {
	if b.id != 0 {
		wire.PutUint16(b.dst, b.count, uint16(b.pairs)-b.first)
	}
	b.id = 0
}

// Finish ends the frame with its payload, which it copies, and returns the
// extended slice. On error it returns the slice that Begin was given, as it
// was, and a wire.Code. The Builder is done with either way.
func (b *Builder) Finish(payload []byte) ([]byte, error) {
	dst, err := b.FinishPrefix(len(payload))
	if err != nil || len(payload) == 0 {
		return dst, err
	}
	return append(dst, payload...), nil
}

// FinishPrefix is Finish without the payload: the caller sends payload bytes
// of it right behind what is returned, by writev or otherwise.
func (b *Builder) FinishPrefix(payload int) ([]byte, error) {
	if b.said == 0 {
		b.placeType()
	}
	n, start := len(b.dst), len(b.orig)
	info := (n - start - FixedSize + 3) &^ 3 // with padding
	end := start + FixedSize + info
	switch {
	case b.err != 0:
	case b.value != 0:
		b.fail(wire.ErrOrder)
	case b.said != b.typ.digit():
		b.fail(wire.ErrNotFrameType)
	case b.typ == Header && !b.named:
		b.fail(wire.ErrNoMethod)
	case end <= b.end || b.grow(end-n):
		if uint(payload) > uint(min(int(b.payload), wire.MaxLength-afterSize-info)) {
			b.fail(wire.ErrPayloadTooLarge)
			break
		}
		b.close()
		b.room, b.err = 0, wire.ErrOrder
		dst := b.dst[:end]
		for ; n < end; n++ {
			dst[n] = 0
		}
		head := (*[FixedSize]byte)(dst[start : start+FixedSize])
		wire.PutUint32(head[:], offLength, uint32(afterSize+info+payload))
		wire.PutUint16(head[:], offHeaderSize, uint16(info>>2))
		return dst, nil
	}
	return b.orig, b.err
}

// What is short is placed in a window on dst that has room for the longest that
// is, so that the compiler leaves no bounds check: most keys and values are.
const (
	short     = 32          // bytes of a key or value
	shortStr  = 4 + 2*short // of a string pair
	shortInts = 12 + short  // of a block with frame type and method
)

// place copies a short src to d, which has room for it: two moves that overlap
// beat the call that copy is. It is as large as the compiler inlines.
func place(d, src []byte) {
	n := len(src)
	switch {
	case n >= 16:
		*(*[16]byte)(d) = [16]byte(src)
		n -= 16
		*(*[16]byte)(d[n:]) = [16]byte(src[n:])
	case n >= 8:
		*(*[8]byte)(d) = [8]byte(src)
		n -= 8
		*(*[8]byte)(d[n:]) = [8]byte(src[n:])
	case n >= 4:
		*(*[4]byte)(d) = [4]byte(src)
		n -= 4
		*(*[4]byte)(d[n:]) = [4]byte(src[n:])
	default:
		copy(d, src)
	}
}
