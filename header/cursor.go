package header

import "github.com/ttwire/ttwire/wire"

// cursor steps over the pairs of header info that Parse has found legal, which
// is why it checks nothing: every accessor of View is a loop over it.
type cursor struct {
	info []byte
	p    int  // where the next pair or block begins
	left int  // pairs left in this block
	id   byte // info id of this block
	key  int  // where the pair begins
	val  int  // where its value begins
}

func (v *View) cursor(p int) cursor { return cursor{info: v.info, p: p} }

// next moves to the next pair of any kind; a token counts as one.
func (c *cursor) next() bool {
	for c.left == 0 {
		if c.p >= len(c.info) {
			return false
		}
		c.block()
	}
	c.left--
	c.key = c.p
	switch c.id {
	case infoStrs:
		c.val = c.p + 4 + int(wire.Uint16(c.info, c.p))
	case infoInts:
		c.val = c.p + 4
	default:
		c.val = c.p + 2
	}
	c.p = c.val + int(wire.Uint16(c.info, c.val-2))
	return true
}

// block steps over an info id and its count.
func (c *cursor) block() {
	c.id = c.info[c.p]
	c.p++
	switch c.id {
	case infoPadding:
	case infoToken:
		c.left = 1
	default:
		c.left = int(wire.Uint16(c.info, c.p))
		c.p += 2
	}
}

func (c *cursor) intKey() Key    { return Key(wire.Uint16(c.info, c.key)) }
func (c *cursor) strKey() []byte { return c.info[c.key+2 : c.val-2 : c.val-2] }
func (c *cursor) value() []byte  { return c.info[c.val:c.p:c.p] }
