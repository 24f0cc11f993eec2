package header

import (
	"iter"

	"github.com/ttwire/ttwire/wire"
)

// The info ids: what kind of block follows (rules 3.4 to 3.8).
const (
	infoPadding = 0x00
	infoStrs    = 0x01
	infoInts    = 0x10
	infoToken   = 0x11
)

// View is a parsed header info: a window on the bytes it was parsed from, with
// what Parse noted on its way. It is valid until the owner of those bytes
// reuses them; Clone is the way to keep it longer. All slices it hands out
// alias those bytes, capped at their own length.
//
// The zero View has no pairs. A View may be copied; it is safe for concurrent
// reading.
type View struct {
	info   []byte
	typeAt uint32 // offset of the u16 length of the last frame type; 0: none
	method uint32 // offset of the u16 length of the last method; 0: none
	strs   uint32 // offset of the first block that holds a string pair or token; 0: none
	typ    byte   // the last frame type if it is one byte, else 0
}

// Bytes is the header info as it stood on the wire, padding included.
func (v *View) Bytes() []byte { return v.info }

// Protocol is the PROTOCOL ID (rule 3.1).
func (v *View) Protocol() Protocol {
	if len(v.info) == 0 {
		return 0
	}
	return Protocol(v.info[0])
}

// Transforms is the list of transform ids, one byte each (rule 3.2). Nothing
// is known to use them; they are carried.
func (v *View) Transforms() []byte {
	if len(v.info) == 0 {
		return nil
	}
	end := v.first()
	return v.info[2:end:end]
}

// FrameType is the value of int key 27 if it is one byte long, else 0. Which
// values are legal is package frame's business (rule 4.1).
func (v *View) FrameType() byte { return v.typ }

// Method is the value of int key 9 (rule 4.2). A frame may have none.
func (v *View) Method() ([]byte, bool) {
	if v.method == 0 {
		return nil, false
	}
	return v.value(int(v.method)), true
}

// Ints iterates over the int pairs in wire order, duplicates included.
func (v *View) Ints() iter.Seq2[Key, []byte] {
	return func(yield func(Key, []byte) bool) {
		for c := v.cursor(v.first()); c.next(); {
			if c.id == infoInts && !yield(c.intKey(), c.value()) {
				return
			}
		}
	}
}

// Strs iterates over the string pairs in wire order, duplicates included. The
// ACL token is not among them: see Token.
func (v *View) Strs() iter.Seq2[[]byte, []byte] {
	return func(yield func(k, val []byte) bool) {
		for c := v.cursor(v.firstStr()); c.next(); {
			if c.id == infoStrs && !yield(c.strKey(), c.value()) {
				return
			}
		}
	}
}

// Int is the value of an int key; where it comes twice, the last one (rule 3.9).
func (v *View) Int(k Key) (val []byte, ok bool) {
	at := v.At(k)
	if at < 0 {
		return nil, false
	}
	return v.value(at), true
}

// At is where an int key's value begins, as the offset of its u16 length in
// Bytes, or -1 if there is none. It is for error texts and debuggers.
func (v *View) At(k Key) int {
	at := -1
	for c := v.cursor(v.first()); c.next(); {
		if c.id == infoInts && c.intKey() == k {
			at = c.val - 2
		}
	}
	return at
}

// Str is the value of a string key; where it comes twice, the last one (rule
// 3.9). The ACL token answers to KeyToken, like a pair of that name (rule 3.7).
func (v *View) Str(k string) (val []byte, ok bool) {
	token := k == KeyToken
	for c := v.cursor(v.firstStr()); c.next(); {
		if c.id == infoStrs && string(c.strKey()) == k || token && c.id == infoToken {
			val, ok = c.value(), true
		}
	}
	return val, ok
}

// Token is the ACL token; where there are several, the last one (rule 3.7).
func (v *View) Token() (val []byte, ok bool) {
	for c := v.cursor(v.firstStr()); c.next(); {
		if c.id == infoToken {
			val, ok = c.value(), true
		}
	}
	return val, ok
}

// Clone copies the header info, so that the copy outlives the caller's bytes.
func (v *View) Clone() View {
	c := *v
	c.info = append([]byte(nil), v.info...)
	return c
}

// first is where the blocks begin.
func (v *View) first() int {
	if len(v.info) == 0 {
		return 0
	}
	return 2 + int(v.info[1])
}

// firstStr is where the first block with a string pair or token begins, or the
// end.
func (v *View) firstStr() int {
	if v.strs == 0 {
		return len(v.info)
	}
	return int(v.strs)
}

// value is what stands behind the u16 length at an offset that Parse noted.
func (v *View) value(at int) []byte {
	end := at + 2 + int(wire.Uint16(v.info, at))
	return v.info[at+2 : end : end]
}
