package header

import "github.com/ttwire/ttwire/wire"

var defaults wire.Limits

// Parse reads header info that is there whole, with the default limits.
//
//   - err == nil: b is legal, n is len(b), and v views it.
//   - else err is a wire.Code other than ErrShort, and n the offset in b of the
//     first field that is illegal.
//
// It keeps b as the view's bytes, allocates nothing, and takes time linear in
// len(b). After an error v must not be used.
func (v *View) Parse(b []byte) (n int, err error) {
	switch typ, bad := v.ParseUsual(b, wire.DefaultMaxPairs); {
	case typ != 0:
		return len(b), nil
	case bad != 0:
		return bad, wire.ErrStrPair
	}
	return v.ParsePrefix(b, len(b), &defaults)
}

// ParsePrefix is Parse for the first len(b) bytes of header info of size
// bytes, within lim. If b is legal as far as it goes but not whole, err is
// wire.ErrShort and n is size; v must not be used then either.
//
// A field is judged once it is whole (rule 1.3), so what is illegal is so with
// the same code and offset however much of the rest has arrived.
func (v *View) ParsePrefix(b []byte, size int, lim *wire.Limits) (n int, err error) {
	if len(b) > size {
		b = b[:size:size]
	}
	v.info = b
	v.typeAt, v.method, v.strs, v.strsEnd, v.typ = 0, 0, 0, 0, 0
	if len(b) < 2 || !Protocol(b[0]).Valid() {
		return start(b, size)
	}
	p := 2
	if b[1] != 0 {
		if p, err = transforms(b, size, lim); err != nil {
			return p, err
		}
	}
	for room := lim.Pairs(); p < len(b); {
		if b[p] == infoPadding {
			p++
			continue
		}
		if p, room, err = v.block(b, p, size, room, lim.Strict); err != nil {
			return p, err
		}
	}
	if len(b) < size {
		return size, wire.ErrShort
	}
	return size, nil
}

// block walks the block at p, which is not padding, and takes its pairs off
// room.
func (v *View) block(b []byte, p, size, room int, strict bool) (n, left int, err error) {
	id := b[p]
	if id != infoInts && v.strs == 0 {
		v.strs = uint32(p)
	}
	pairs, first := 1, p+1
	if id != infoToken {
		if pairs, first, err = count(b, p, size); err != nil {
			return first, room, err
		}
	}
	if room < pairs {
		return p + 1, room, wire.ErrPairLimit
	}
	switch id {
	case infoStrs:
		n, err = values(b, first, 2*pairs, size, wire.ErrStrPair)
	case infoToken:
		n, err = values(b, first, 1, size, wire.ErrToken)
	default:
		n, err = v.ints(b, first, pairs, size, strict)
		return n, room - pairs, err
	}
	v.strsEnd = uint32(n)
	return n, room - pairs, err
}

// start judges header info of which the first byte is illegal or the first two
// are not there.
func start(b []byte, size int) (n int, err error) {
	switch {
	case size < 2:
		return 0, wire.ErrHeaderSize
	case len(b) > 0 && !Protocol(b[0]).Valid():
		return 0, wire.ErrProtocol
	}
	return size, wire.ErrShort
}

// transforms steps over the transform ids (rule 3.2).
func transforms(b []byte, size int, lim *wire.Limits) (n int, err error) {
	p := 2 + int(b[1])
	switch {
	case p > size:
		return 1, wire.ErrTransforms
	case lim.Strict:
		return 1, wire.ErrStrictTransforms
	}
	return p, nil
}

// count reads the info id at p and the u16 count behind it, and checks that
// the block can be as long as it says: each pair takes 4 bytes at least.
func count(b []byte, p, size int) (count, n int, err error) {
	code := wire.ErrIntCount
	if b[p] != infoInts {
		if b[p] != infoStrs {
			return 0, p, wire.ErrInfoID
		}
		code = wire.ErrStrCount
	}
	if p > len(b)-3 {
		n, err = cut(p+1, 2, size, code)
		return 0, n, err
	}
	count = int(wire.Uint16(b, p+1))
	if 4*count > size-(p+3) {
		return 0, p + 1, code
	}
	return count, p + 3, nil
}

// values walks n keys and values, each behind its u16 length: those of string
// pairs (rule 3.5), or the one of a token (rule 3.7).
func values(b []byte, p, n, size int, code wire.Code) (int, error) {
	if p = skip(b, p, n); p < 0 {
		return over(b, ^p, size, code)
	}
	return p, nil
}

// skip steps over n values, each behind its u16 length, and returns the end of
// the last, or ^p where p is the length of the one that is not there whole. It
// is a loop of its own so that its cursor stays in a register, and it does what
// wire.End16 does with half the branches.
func skip(b []byte, p, n int) int {
	for ; n > 0; n-- {
		q := int(uint32(p)) // as uint32, so that no bounds check is left
		if q > len(b)-2 {
			return ^p
		}
		if q += 2 + int(wire.Uint16(b, q)); q > len(b) {
			return ^p
		}
		p = q
	}
	return p
}

// ints walks count int pairs from p (rule 3.6):
//
//	u16 key, u16 length, value
func (v *View) ints(b []byte, p, count, size int, strict bool) (n int, err error) {
	for ; count > 0; count-- {
		if p > len(b)-4 {
			return cut(p, 4, size, wire.ErrIntPair)
		}
		end := wire.End16(b, p+2)
		if end < 0 {
			return over(b, p+2, size, wire.ErrIntPair)
		}
		k := Key(wire.Uint16(b, p))
		if strict && v.has(k) {
			return p, wire.ErrDuplicateKey
		}
		v.note(k, b, p+2, end)
		p = end
	}
	return p, nil
}

// has reports whether the frame type or the method has been noted.
func (v *View) has(k Key) bool {
	return k == KeyFrameType && v.typeAt != 0 || k == KeyMethod && v.method != 0
}

// note remembers where frame type and method are. The value of k has its u16
// length at p and ends at end.
func (v *View) note(k Key, b []byte, p, end int) {
	switch k {
	case KeyFrameType:
		v.typeAt, v.typ = uint32(p), 0
		if end == p+3 {
			v.typ = b[p+2]
		}
	case KeyMethod:
		v.method = uint32(p)
	}
}

// cut judges a field of n bytes at p that is not there whole: it is either
// still to come, or runs over the end of the header info.
func cut(p, n, size int, code wire.Code) (int, error) {
	if p+n <= size {
		return size, wire.ErrShort
	}
	return p, code
}

// over judges a value whose u16 length is at p and which is not there whole.
func over(b []byte, p, size int, code wire.Code) (int, error) {
	if p > len(b)-2 {
		return cut(p, 2, size, code)
	}
	return cut(p, 2+int(wire.Uint16(b, p)), size, code)
}
