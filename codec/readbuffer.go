package codec

import "io"

const (
	firstSize     = 512 // of a read buffer, in bytes
	growth        = 8   // times the size, where a read has filled the buffer
	largest       = 4   // times the configured size, before frames are piled up
	calmReads     = 16  // after which a buffer over its size shrinks
	maxEmptyReads = 100 // in a row
)

// readBuffer holds what has been read and not used: buf[r:w].
type readBuffer struct {
	buf  []byte
	r, w int
	size int   // what len(buf) is to be while frames fit
	calm int   // fills since the last one that made use of more than size
	end  error // what src has ended with
	src  io.Reader
	pile pile // what follows buf[r:w] while a frame is read that buf cannot hold
}

func (b *readBuffer) bytes() []byte { return b.buf[b.r:b.w] }

func (b *readBuffer) len() int { return b.w - b.r + b.pile.n }

// fill reads until need bytes are there, or src has ended. It moves what is
// buffered.
func (b *readBuffer) fill(need int) {
	full := b.w == len(b.buf) // by the last read: larger ones pay
	b.shrink(need)
	b.w = copy(b.buf, b.buf[b.r:b.w])
	b.r = 0
	for b.w < need && b.end == nil {
		if full {
			b.grow(need)
		}
		if b.w == len(b.buf) {
			b.pileUp(need)
			return
		}
		b.w += b.readInto(b.buf[b.w:b.window(need)])
		full = b.w == len(b.buf)
	}
}

// window is where the next read ends at most. A buffer that has grown for a
// large frame is not filled with the start of the next one, which would have to
// be moved.
func (b *readBuffer) window(need int) int {
	return min(len(b.buf), max(need, largest*b.size))
}

// grow enlarges a buffer that a read has filled, within its bounds.
func (b *readBuffer) grow(need int) {
	switch {
	case len(b.buf) < b.size:
		b.resize(min(max(growth*len(b.buf), firstSize), b.size))
	case need > len(b.buf) && len(b.buf) < largest*b.size:
		b.resize(largest * b.size)
	}
}

// shrink goes back to the usual size if no more has been of use for a while.
func (b *readBuffer) shrink(need int) {
	if b.calm++; need > b.size || b.w > b.size {
		b.calm = 0
	}
	if b.calm > calmReads && len(b.buf) > b.size { // and b.w is not
		b.resize(b.size)
	}
}

// resize moves what is buffered into a new buffer.
func (b *readBuffer) resize(n int) {
	buf := make([]byte, n)
	b.w = copy(buf, b.buf[b.r:b.w])
	b.buf, b.r = buf, 0
}

// pileUp reads the rest of a frame of need bytes that fills the buffer to its
// last byte, and puts it together in a new one. A payload that remains incomplete stays
// piled up: nobody will look at it.
func (b *readBuffer) pileUp(need int) {
	have := b.w + b.pile.n // a pile is there already if src panicked
	for have < need && b.end == nil {
		n := b.readInto(b.pile.room(min(have, need-have)))
		b.pile.add(n)
		have += n
	}
	if have == need || !hasInfo(b.buf) {
		b.buf = b.pile.join(b.buf)
		b.w = have
	}
}

// readInto reads once into p, which is not empty: n is 0 only if b.end is set.
// Bytes that come with an error count before it.
func (b *readBuffer) readInto(p []byte) (n int) {
	for i := 0; i < maxEmptyReads && n == 0 && b.end == nil; i++ {
		if n, b.end = b.src.Read(p); n < 0 || n > len(p) {
			n, b.end = 0, errCount
		}
	}
	if n == 0 && b.end == nil {
		b.end = io.ErrNoProgress
	}
	return n
}
