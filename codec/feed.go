package codec

import (
	"slices"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// A Feeder cuts bytes into frames as they are handed in, for event loops that
// own reading and buffers. It has the laws of Reader.
//
//	fd.Feed(b)
//	for {
//		f, err := fd.Next()
//		if err == wire.ErrShort {
//			break // b is the caller's again
//		}
//		...
//	}
//
// Frames that lie wholly inside a piece alias it. Only a frame that is cut is
// copied into memory of the Feeder's own, which holds no more than what has come
// of it, twice over while it is put together: an idle Feeder holds none, unless
// for reuse at most 64 KiB, or the size of the last large frame until 16 cut
// frames have been smaller.
//
// A Feeder must not be used by several goroutines at once.
type Feeder struct {
	f    frame.Frame
	lim  frame.Limits
	in   []byte // of the piece, not used yet
	own  []byte // the start of the frame that is cut, or all of one that Next has given
	pile pile   // what follows own while a large frame comes
	need int    // how many bytes of the cut frame are worth a look
	done bool   // Next has given own
	calm int    // cut frames in a row that were not large
	off  int64
	err  error
	lost int // bytes fed that count as buffered, and are not kept since it failed
}

// NewFeeder makes a Feeder that accepts frames within lim; the zero Limits has
// every default on.
func NewFeeder(lim frame.Limits) *Feeder { return &Feeder{lim: lim} }

// Feed hands in the next piece of the input. The Feeder reads b until Next has
// returned an error, wire.ErrShort included; b must not change before that.
// (What an earlier piece still has to give is copied in front of it.) After an
// illegal frame b is counted and not read.
func (d *Feeder) Feed(b []byte) {
	switch {
	case d.err != nil:
		d.lost += len(b)
		return
	case len(d.in) > 0:
		b = slices.Concat(d.in, b)
	}
	d.in = b
}

// fail ends the Feeder. It lets go of the piece, which is the caller's again.
func (d *Feeder) fail(err error) {
	d.lost = d.Buffered()
	d.err = err
	d.in, d.own, d.pile = nil, nil, pile{}
}

// Next gives the next frame, valid until the next call of Next or Feed. The
// error is wire.ErrShort if the pieces so far hold no further whole frame, and
// a *wire.Error, for ever, if there is an illegal one.
func (d *Feeder) Next() (*frame.Frame, error) {
	if d.need == 0 {
		if n, err := d.f.ParseWithin(d.in, &d.lim); err == nil {
			d.in = d.in[n:]
			d.off += int64(n)
			return &d.f, nil
		}
	}
	return d.next()
}

// next is Next where a frame is cut or illegal, or one has been given from the
// Feeder's own memory.
func (d *Feeder) next() (*frame.Frame, error) {
	d.recycle()
	for d.err == nil {
		b := d.in
		if d.need > 0 {
			if !d.gather() {
				return nil, wire.ErrShort
			}
			b = d.own
		}
		n, err := d.f.ParseWithin(b, &d.lim)
		switch {
		case err == nil:
			return d.give(n), nil
		case err != wire.ErrShort:
			d.fail(illegal(d.off, n, err))
		case len(b) == 0:
			return nil, wire.ErrShort
		default:
			d.need = wait(b, n)
		}
	}
	return nil, d.err
}

// give moves over the frame of n bytes that has just been parsed.
func (d *Feeder) give(n int) *frame.Frame {
	d.off += int64(n)
	if d.done = d.need > 0; !d.done {
		d.in = d.in[n:]
	}
	return &d.f
}

// gather moves what the cut frame needs from the piece to the Feeder's own
// memory, and reports whether that is enough for a look at it.
func (d *Feeder) gather() bool {
	have := len(d.own) + d.pile.n
	piece := d.in[:min(d.need-have, len(d.in))]
	d.in = d.in[len(piece):]
	if d.pile.n == 0 && len(d.own)+len(piece) <= max(cap(d.own), DefaultBufferSize) {
		d.own = append(d.own, piece...)
		return len(d.own) == d.need
	}
	for len(piece) > 0 {
		have = len(d.own) + d.pile.n
		n := copy(d.pile.room(min(max(have, len(piece)), d.need-have)), piece)
		d.pile.add(n)
		piece = piece[n:]
	}
	if len(d.own)+d.pile.n < d.need {
		return false
	}
	d.own = d.pile.join(d.own)
	return true
}

// recycle makes the memory of a frame that has been given free for the next one
// that is cut, or gives it back if that has been too much for a while.
func (d *Feeder) recycle() {
	if !d.done {
		return
	}
	if d.calm++; len(d.own) > DefaultBufferSize {
		d.calm = 0
	}
	if d.own = d.own[:0]; cap(d.own) > DefaultBufferSize && d.calm > calmReads {
		d.own = nil
	}
	d.done, d.need = false, 0
}

// End says what it means that the input ends here: nil between frames, a
// *TruncatedError inside one, or what the Feeder has failed with; the error
// stays. Next must have given all that it can.
func (d *Feeder) End() error {
	d.recycle()
	switch {
	case d.err != nil:
	case len(d.in) > 0:
		return errFed
	case d.need > 0:
		d.fail(d.endInside())
	}
	return d.err
}

// endInside is the error for an end inside the cut frame: what has come of it
// may be illegal, which only its header info can be.
func (d *Feeder) endInside() error {
	if !hasInfo(d.own) {
		d.own = d.pile.join(d.own)
	}
	if n, err := d.f.ParseWithin(d.own, &d.lim); err != wire.ErrShort {
		return illegal(d.off, n, err)
	}
	return truncated(d.off, d.own, d.pile.n)
}

// Offset is where the Feeder stands, in bytes from the start of the input:
// behind the last frame that it has given.
func (d *Feeder) Offset() int64 { return d.off }

// Buffered is how many bytes have been fed and not given yet. Offset and
// Buffered together are what has been fed.
func (d *Feeder) Buffered() int {
	switch {
	case d.err != nil:
		return d.lost
	case d.done:
		return len(d.in)
	}
	return len(d.own) + d.pile.n + len(d.in)
}

// InFrame reports whether bytes of a frame have come that has not been given,
// so that a transport can time it.
func (d *Feeder) InFrame() bool { return d.Buffered() > 0 }
