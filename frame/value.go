package frame

import "github.com/ttwire/ttwire/wire"

// BeginStr adds a string pair whose value is still to be made, and returns the
// slice to append the value to. What the caller makes of it goes to EndStr,
// before any other call; nothing in it may be changed but by appending. This
// is how a value is encoded in place.
func (b *Builder) BeginStr(k string) []byte {
	b.Str(k, "")
	b.value = len(b.dst)
	return b.dst
}

// EndStr ends the pair that BeginStr began: dst is what BeginStr returned with
// the value appended. A value over 65,535 bytes is refused with
// wire.ErrTooLong, and EndStr without BeginStr, or another call between the two,
// with wire.ErrOrder.
func (b *Builder) EndStr(dst []byte) {
	n := len(dst) - len(b.dst)
	switch {
	case b.err != 0:
	case b.value == 0 || b.value != len(b.dst) || n < 0:
		b.fail(wire.ErrOrder)
	case n > wire.MaxLen16:
		b.fail(wire.ErrTooLong)
	default:
		wire.PutUint16(dst, len(b.dst)-2, uint16(n))
		b.put(dst)
	}
	b.value = 0
}
