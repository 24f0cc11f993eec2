package header

import "github.com/ttwire/ttwire/wire"

// Peers write the frame type and the method in one block, and in either order,
// since they write it from a map. One compare of 8 bytes tells which.
const (
	typeFirst   = 0x10_0002_001B_0001 // info id, count 2, key 27, length 1; type, key 9, length, method follow
	methodFirst = 0x10_0002_0009      // info id, count 2, key 9; length, method, key 27, length 1, type follow
	typePair    = 0x001B_0001         // key 27, length 1
)

// ParseUsual is the fast path of Parse and of package frame, for header info of
// the one shape that streaming peers write: thrift-struct or protobuf-struct,
// no transforms, at most one block of string pairs, then frame type and method,
// then less than a word of padding, and no more than pairs pairs in all.
//
// If typ is not 0, it is what FrameType then gives, and the view is as Parse
// would make it. If bad is not 0, b is illegal: the string pair whose u16
// length is at bad runs over the end (wire.ErrStrPair). If both are 0, that
// says nothing about b: Parse knows.
func (v *View) ParseUsual(b []byte, pairs int) (typ byte, bad int) {
	if len(b) < 14 || wire.Uint16(b, 0)&^0x0100 != uint16(ThriftStruct)<<8 {
		return 0, 0
	}
	at := 2
	if b[2] == infoStrs {
		strs := int(wire.Uint16(b, 3))
		if pairs -= strs; pairs < 0 || 4*strs > len(b)-5 {
			return 0, 0
		}
		if at = skip(b, 5, 2*strs); at < 0 {
			return 0, ^at
		}
	}
	p, end := int(uint32(at)), 0 // as uint32, so that no bounds check is left below
	if pairs < 2 || p > len(b)-12 {
		return 0, 0
	}
	switch x := wire.Uint64(b, p); {
	case x>>8 == typeFirst:
		y := wire.Uint32(b, p+8)
		if y>>16 != uint32(KeyMethod) {
			return 0, 0
		}
		typ, v.typeAt, v.method = byte(x), uint32(p+5), uint32(p+10)
		end = p + int(uint16(y))
	case x>>24 == methodFirst:
		end = p + int(uint16(x>>8))
		if end > len(b)-12 || wire.Uint32(b, end+7) != typePair {
			return 0, 0
		}
		typ, v.typeAt, v.method = b[end+11], uint32(end+9), uint32(p+5)
	default:
		return 0, 0
	}
	padding := uint(len(b) - 12 - end)
	if padding > 3 || wire.Uint32(b, len(b)-4)&paddingMask[padding] != 0 {
		return 0, 0
	}
	v.info, v.strs, v.strsEnd, v.typ = b, 2, uint32(p), typ
	return typ, 0
}

// paddingMask has the bits of the last n bytes of a u32 at n.
var paddingMask = [4]uint32{0, 0xFF, 0xFFFF, 0xFF_FFFF}
