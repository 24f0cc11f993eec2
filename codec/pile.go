package codec

// A pile collects a frame that is larger than the buffer for it, in segments
// that are no longer than what came before them, so that memory follows what
// has come, and nothing is moved until the frame is whole.
type pile struct {
	segs [][]byte
	n    int // bytes in all of them
}

// room is free space at the end of the pile: what is left of the last segment,
// or else a new one of size bytes.
func (p *pile) room(size int) []byte {
	if i := len(p.segs) - 1; i >= 0 && len(p.segs[i]) < cap(p.segs[i]) {
		return p.segs[i][len(p.segs[i]):cap(p.segs[i])]
	}
	seg := make([]byte, 0, size)
	p.segs = append(p.segs, seg)
	return seg[:size]
}

// add counts n bytes that have been put into room.
func (p *pile) add(n int) {
	last := &p.segs[len(p.segs)-1]
	*last = (*last)[:len(*last)+n]
	p.n += n
}

// join is start and the pile behind it, in a new slice. The pile is empty then.
func (p *pile) join(start []byte) []byte {
	b := append(make([]byte, 0, len(start)+p.n), start...)
	for _, s := range p.segs {
		b = append(b, s...)
	}
	*p = pile{}
	return b
}
