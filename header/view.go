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
	info    []byte
	typeAt  uint32 // offset of the u16 length of the last frame type; 0: none
	method  uint32 // offset of the u16 length of the last method; 0: none
	strs    uint32 // offset of the first block of string pairs or token, if strsEnd is behind it
	strsEnd uint32 // where the last of those ends; 0: none
	typ     byte   // the last frame type if it is one byte, else 0
}

// Bytes is the header info as it stood on the wire, padding included.
func (v *View) Bytes() []byte { return v.info[:len(v.info):len(v.info)] }

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
	m, _ := value(v.info, int(v.method))
	return m, true
}

// Ints iterates over the int pairs in wire order, duplicates included.
func (v *View) Ints() iter.Seq2[Key, []byte] {
	return func(yield func(Key, []byte) bool) {
		for p := v.first(); p < len(v.info); {
			id, n, q := block(v.info, p)
			if p = q; id != infoInts {
				p = pass(v.info, id, n, p)
				continue
			}
			for ; n > 0; n-- {
				var val []byte
				k := Key(wire.Uint16(v.info, p))
				if val, p = value(v.info, p+2); !yield(k, val) {
					return
				}
			}
		}
	}
}

// Strs iterates over the string pairs in wire order, duplicates included. The
// ACL token is not among them: see Token.
func (v *View) Strs() iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		for p := int(v.strs); p < int(v.strsEnd); {
			id, n, q := block(v.info, p)
			if p = q; id != infoStrs {
				p = pass(v.info, id, n, p)
				continue
			}
			for ; n > 0; n-- {
				var key, val []byte
				key, p = value(v.info, p)
				if val, p = value(v.info, p); !yield(key, val) {
					return
				}
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
	val, _ = value(v.info, at)
	return val, true
}

// At is where an int key's value begins, as the offset of its u16 length in
// Bytes, or -1 if there is none. It is for error texts and debuggers.
func (v *View) At(k Key) int {
	at := -1
	for p := v.first(); p < len(v.info); {
		id, n, q := block(v.info, p)
		if p = q; id != infoInts {
			p = pass(v.info, id, n, p)
			continue
		}
		for ; n > 0; n-- {
			if Key(wire.Uint16(v.info, p)) == k {
				at = p + 2
			}
			p = end16(v.info, p+2)
		}
	}
	return at
}

// FrameTypeAt is At for KeyFrameType, which Parse has noted.
func (v *View) FrameTypeAt() int {
	if v.typeAt == 0 {
		return -1
	}
	return int(v.typeAt)
}

// Str is the value of a string key; where it comes twice, the last one (rule
// 3.9). The ACL token answers to KeyToken, like a pair of that name (rule 3.7).
func (v *View) Str(k string) (val []byte, ok bool) {
	at := -1
	for p := int(v.strs); p < int(v.strsEnd); {
		id, n, q := block(v.info, p)
		p = q
		switch {
		case id == infoStrs:
			for ; n > 0; n-- {
				end := end16(v.info, p)
				if string(v.info[p+2:end]) == k {
					at = end
				}
				p = end16(v.info, end)
			}
			continue
		case id == infoToken && k == KeyToken:
			at = p
		}
		p = pass(v.info, id, n, p)
	}
	if at < 0 {
		return nil, false
	}
	val, _ = value(v.info, at)
	return val, true
}

// Token is the ACL token; where there are several, the last one (rule 3.7).
func (v *View) Token() (val []byte, ok bool) {
	for p := int(v.strs); p < int(v.strsEnd); {
		id, n, q := block(v.info, p)
		if id == infoToken {
			val, _ = value(v.info, q)
			ok = true
		}
		p = pass(v.info, id, n, q)
	}
	return val, ok
}

// Refusal is why an encoder within lim cannot send this header info on as it
// stands, though the limits that it was parsed with allowed it: a wire.Code of
// class wire.ErrRefused, or 0.
func (v *View) Refusal(lim *wire.Limits) wire.Code {
	switch size := len(v.info); {
	case size == 0 || size%4 != 0:
		return wire.ErrNotHeader
	case size > lim.Header():
		return wire.ErrHeaderTooLarge
	case size/minPair > lim.Pairs() && v.count(nil) > lim.Pairs():
		return wire.ErrTooManyPairs
	case lim.Strict && (v.info[1] != 0 || v.count(isType) > 1 || v.count(isMethod) > 1):
		return wire.ErrNotStrict
	}
	return 0
}

// minPair is the least that a pair takes, in bytes: that of an empty token.
const minPair = 3

func isType(k Key) bool   { return k == KeyFrameType }
func isMethod(k Key) bool { return k == KeyMethod }

// count counts the int pairs whose key is wanted, or, with nil, all pairs and
// tokens.
func (v *View) count(wanted func(Key) bool) (pairs int) {
	for p := v.first(); p < len(v.info); {
		id, n, q := block(v.info, p)
		if wanted == nil {
			pairs += n
		}
		p = pass(v.info, id, n, q)
		for ; wanted != nil && id == infoInts && n > 0; n-- {
			if wanted(Key(wire.Uint16(v.info, q))) {
				pairs++
			}
			q = end16(v.info, q+2)
		}
	}
	return pairs
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
