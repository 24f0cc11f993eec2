package trailer

import "github.com/ttwire/ttwire/wire"

// The type codes of Thrift's binary protocol, as far as anything is done with
// them. 1 (void) and what is missing here have no encoding.
const (
	thriftStop   = 0
	thriftBool   = 2
	thriftByte   = 3
	thriftDouble = 4
	thriftInt16  = 6
	thriftInt32  = 8
	thriftInt64  = 10
	thriftString = 11
	thriftStruct = 12
	thriftMap    = 13
	thriftSet    = 14
	thriftList   = 15
)

// maxThriftDepth is how deep containers may nest inside an unknown field
// (rule 5.3); peers stop at the same depth.
const maxThriftDepth = 64

// thriftSize is the fewest bytes a value of each type takes: exactly as many
// up to thriftInt64, at least as many above. No known type takes 0, so that a
// count is never more work than the bytes behind it.
var thriftSize = [16]uint8{
	thriftBool: 1, thriftByte: 1, thriftDouble: 8,
	thriftInt16: 2, thriftInt32: 4, thriftInt64: 8,
	thriftString: 4, thriftStruct: 1, thriftMap: 6, thriftSet: 5, thriftList: 5,
}

// sizeOf is thriftSize of t, and 0 for a type that does not exist.
func sizeOf(t byte) int {
	if int(t) >= len(thriftSize) {
		return 0
	}
	return int(thriftSize[t])
}

// skipField is where the field at b[p:] ends. b holds its type and id. depth
// is how many containers its value may nest.
func skipField(b []byte, p, depth int) (end int, err error) {
	t := b[p]
	if sizeOf(t) == 0 {
		return p, wire.ErrExceptionField
	}
	return skipValue(b, p+3, t, depth)
}

// skipValue is where the value at b[p:] ends; t is a type that exists.
func skipValue(b []byte, p int, t byte, depth int) (end int, err error) {
	if t <= thriftInt64 {
		return skipFixed(b, p, 1, sizeOf(t), p)
	}
	if t == thriftString {
		if end = wire.End32(b, p); end < 0 {
			return p, wire.ErrExceptionField
		}
		return end, nil
	}
	if depth == 0 {
		return p, wire.ErrExceptionDepth
	}
	switch t {
	case thriftStruct:
		return skipStruct(b, p, depth-1)
	case thriftMap:
		return skipMap(b, p, depth-1)
	}
	return skipList(b, p, depth-1)
}

// skipFixed steps over count values of size bytes; at is what to blame if they
// are not all there.
func skipFixed(b []byte, p int, count uint32, size, at int) (end int, err error) {
	total := uint64(count) * uint64(size)
	if total > uint64(len(b)-p) {
		return at, wire.ErrExceptionField
	}
	return p + int(total), nil
}

// skipStruct steps over fields until the stop byte.
func skipStruct(b []byte, p, depth int) (end int, err error) {
	for p < len(b) {
		// u8 type, or the stop byte
		if b[p] == thriftStop {
			return p + 1, nil
		}
		// u16 id
		if p > len(b)-3 {
			return p, wire.ErrExceptionField
		}
		if p, err = skipField(b, p, depth); err != nil {
			return p, err
		}
	}
	return p, wire.ErrExceptionStop
}

// skipList steps over a list or a set.
func skipList(b []byte, p, depth int) (end int, err error) {
	// u8 element type, i32 count
	if p > len(b)-5 {
		return p, wire.ErrExceptionField
	}
	t, count := b[p], wire.Uint32(b, p+1)
	if count == 0 {
		return p + 5, nil // of whatever type: peers do not look
	}
	if sizeOf(t) == 0 {
		return p, wire.ErrExceptionField
	}
	end, err = skipFixed(b, p+5, count, sizeOf(t), p+1)
	if err != nil || t <= thriftInt64 {
		return end, err
	}
	p += 5
	for ; count > 0; count-- {
		if p, err = skipValue(b, p, t, depth); err != nil {
			return p, err
		}
	}
	return p, nil
}

// skipMap steps over a map.
func skipMap(b []byte, p, depth int) (end int, err error) {
	// u8 key type, u8 value type, i32 count
	if p > len(b)-6 {
		return p, wire.ErrExceptionField
	}
	k, v, count := b[p], b[p+1], wire.Uint32(b, p+2)
	if count == 0 {
		return p + 6, nil // of whatever types: peers do not look
	}
	if sizeOf(k) == 0 {
		return p, wire.ErrExceptionField
	}
	if sizeOf(v) == 0 {
		return p + 1, wire.ErrExceptionField
	}
	end, err = skipFixed(b, p+6, count, sizeOf(k)+sizeOf(v), p+2)
	if err != nil || k <= thriftInt64 && v <= thriftInt64 {
		return end, err
	}
	p += 6
	for ; count > 0; count-- {
		if p, err = skipValue(b, p, k, depth); err != nil {
			return p, err
		}
		if p, err = skipValue(b, p, v, depth); err != nil {
			return p, err
		}
	}
	return p, nil
}
