package codec

// A pile collects a frame that is larger than the buffer for it, in segments of
// which each is as long as all that came before, so that memory follows what
// has come, and nothing is moved until the frame is whole.
type pile struct {
	segs [][]byte
	n    int // bytes in all of them
}

// room is free space for the next bytes of a frame of need bytes of which have
// have come, fewer than need.
func (p *pile) room(have, need int) []byte {
	if i := len(p.segs) - 1; i >= 0 && len(p.segs[i]) < cap(p.segs[i]) {
		return p.segs[i][len(p.segs[i]):cap(p.segs[i])]
	}
	p.segs = append(p.segs, make([]byte, 0, min(have, need-have)))
	return p.room(have, need)
}

// add counts n bytes that have been put into room.
func (p *pile) add(n int) {
	i := len(p.segs) - 1
	p.segs[i] = p.segs[i][:len(p.segs[i])+n]
	p.n += n
}

// join is start and the pile behind it, in a new slice; the pile is empty then.
func (p *pile) join(start []byte) []byte {
	b := append(make([]byte, 0, len(start)+p.n), start...)
	for _, s := range p.segs {
		b = append(b, s...)
	}
	*p = pile{}
	return b
}
