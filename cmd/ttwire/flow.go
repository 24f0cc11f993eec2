package main

import (
	"io"
	"iter"
)

// flow is a reader that is fed. Who reads from it runs only while it is given
// something, and stands still in Read when there is nothing left: so many
// readers take turns without a goroutine that runs beside them.
type flow struct {
	piece []byte    // what has not been read of what was given
	gap   *gapError // what was given, if it was a gap
	ended bool

	resume func() (struct{}, bool)
	yield  func(struct{}) bool
}

// newFlow makes a flow that is read by read, which reads up to the end. Each
// flow must be ended.
func newFlow(read func(io.Reader)) *flow {
	f := &flow{}
	f.resume, _ = iter.Pull(func(yield func(struct{}) bool) {
		f.yield = yield
		read(f)
	})
	return f
}

// give lets the reader have b, which it has read when give returns. more is
// false once the reader has returned.
func (f *flow) give(b []byte) (more bool) {
	f.piece = b
	_, more = f.resume()
	return more
}

// skip lets the reader have a gap.
func (f *flow) skip(bytes int64) (more bool) {
	f.gap = &gapError{bytes}
	_, more = f.resume()
	return more
}

// end lets the reader have the end.
func (f *flow) end() {
	f.ended = true
	f.resume()
}

// Read is the reader's side.
func (f *flow) Read(b []byte) (int, error) {
	for {
		switch gap := f.gap; {
		case len(f.piece) > 0:
			n := copy(b, f.piece)
			f.piece = f.piece[n:]
			return n, nil
		case gap != nil:
			f.gap = nil
			return 0, gap
		case f.ended:
			return 0, io.EOF
		default:
			f.yield(struct{}{})
		}
	}
}
