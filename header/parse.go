package header

import (
	"github.com/ttwire/ttwire/wire"
)

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
	return v.ParsePrefix(b, len(b), &defaults)
}

// ParsePrefix is Parse for the first len(b) bytes of header info of size
// bytes, within lim. If b is legal as far as it goes but not whole, err is
// wire.ErrShort and n is size; v must not be used then either.
//
// A field is judged once it is whole (rule 1.3), so what is illegal is so with
// the same code and offset however much of the rest has arrived.
func (v *View) ParsePrefix(b []byte, size int, lim *wire.Limits) (n int, err error) {
	b = b[:min(len(b), size):min(len(b), size)]
	v.info = b
	v.typeAt, v.method, v.strs, v.typ = 0, 0, 0, 0
	if len(b) < 2 {
		return v.start(b, size)
	}
	if !Protocol(b[0]).Valid() {
		return 0, wire.ErrProtocol
	}
	p := 2
	if b[1] != 0 {
		if p += int(b[1]); p > size {
			return 1, wire.ErrTransforms
		}
		if lim.Strict {
			return 1, wire.ErrStrictTransforms
		}
	}
	w := walker{v: v, info: b, size: size, room: lim.Pairs(), strict: lim.Strict}
	return w.blocks(p)
}

// start judges header info of which not even the first two bytes are there.
func (v *View) start(b []byte, size int) (n int, err error) {
	if len(b) == 1 && !Protocol(b[0]).Valid() {
		return 0, wire.ErrProtocol
	}
	if size < 2 {
		return 0, wire.ErrHeaderSize
	}
	return size, wire.ErrShort
}

// walker goes over the blocks once, checks them, and notes in v where type,
// method and string pairs are.
type walker struct {
	v      *View
	info   []byte
	size   int // of the whole header info; info may hold less of it
	room   int // pairs that are still allowed
	strict bool
}

// blocks walks from p to the end.
func (w *walker) blocks(p int) (n int, err error) {
	for p < len(w.info) {
		switch w.info[p] {
		case infoPadding:
			p++
		case infoInts:
			p, err = w.ints(p)
		case infoStrs:
			p, err = w.strs(p)
		case infoToken:
			p, err = w.token(p)
		default:
			return p, wire.ErrInfoID
		}
		if err != nil {
			return p, err
		}
	}
	if p < w.size {
		return w.size, wire.ErrShort
	}
	return p, nil
}

// count reads the u16 count behind the info id at p and checks that the block
// can be as long as it says: each pair takes 4 bytes at least.
func (w *walker) count(p int, code wire.Code) (count, at int, err error) {
	if p+3 > len(w.info) {
		at, err = w.cut(p+1, 2, code)
		return 0, at, err
	}
	count = int(wire.Uint16(w.info, p+1))
	if 4*count > w.size-(p+3) {
		return 0, p + 1, code
	}
	if w.room -= count; w.room < 0 {
		return 0, p + 1, wire.ErrPairLimit
	}
	return count, p + 3, nil
}

// strs walks a block of string pairs (rule 3.5):
//
//	01 | u16 count | count times: u16 length, key, u16 length, value
func (w *walker) strs(p int) (n int, err error) {
	if w.v.strs == 0 {
		w.v.strs = uint32(p)
	}
	count, p, err := w.count(p, wire.ErrStrCount)
	if err != nil {
		return p, err
	}
	p, ok := skipStrs(w.info, p, 2*count)
	if !ok {
		return w.over(p, wire.ErrStrPair)
	}
	return p, nil
}

// skipStrs steps over count keys and values, or stops at the u16 length of the
// one that is not there whole. It is a loop of its own so that its cursor
// stays in a register.
func skipStrs(b []byte, p, count int) (int, bool) {
	for ; count > 0; count-- {
		end := wire.End16(b, p)
		if end < 0 {
			return p, false
		}
		p = end
	}
	return p, true
}

// ints walks a block of int pairs (rule 3.6):
//
//	10 | u16 count | count times: u16 key, u16 length, value
func (w *walker) ints(p int) (n int, err error) {
	count, p, err := w.count(p, wire.ErrIntCount)
	if err != nil {
		return p, err
	}
	for ; count > 0; count-- {
		if p+4 > len(w.info) {
			return w.cut(p, 4, wire.ErrIntPair)
		}
		end := wire.End16(w.info, p+2)
		if end < 0 {
			return w.over(p+2, wire.ErrIntPair)
		}
		switch Key(wire.Uint16(w.info, p)) {
		case KeyFrameType:
			if w.strict && w.v.typeAt != 0 {
				return p, wire.ErrDuplicateKey
			}
			w.noteType(p+2, end)
		case KeyMethod:
			if w.strict && w.v.method != 0 {
				return p, wire.ErrDuplicateKey
			}
			w.v.method = uint32(p + 2)
		}
		p = end
	}
	return p, nil
}

// noteType remembers the frame type whose u16 length is at p.
func (w *walker) noteType(p, end int) {
	w.v.typeAt, w.v.typ = uint32(p), 0
	if end == p+3 {
		w.v.typ = w.info[p+2]
	}
}

// token walks an ACL token (rule 3.7):
//
//	11 | u16 length, bytes
func (w *walker) token(p int) (n int, err error) {
	if w.v.strs == 0 {
		w.v.strs = uint32(p)
	}
	if w.room--; w.room < 0 {
		return p, wire.ErrPairLimit
	}
	end := wire.End16(w.info, p+1)
	if end < 0 {
		return w.over(p+1, wire.ErrToken)
	}
	return end, nil
}

// cut judges a field of n bytes at p that is not there whole: it is either
// still to come, or runs over the end of the header info.
func (w *walker) cut(p, n int, code wire.Code) (int, error) {
	if p+n <= w.size {
		return w.size, wire.ErrShort
	}
	return p, code
}

// over judges a value whose u16 length is at p and which is not there whole.
func (w *walker) over(p int, code wire.Code) (int, error) {
	if p+2 > len(w.info) {
		return w.cut(p, 2, code)
	}
	return w.cut(p, 2+int(wire.Uint16(w.info, p)), code)
}
