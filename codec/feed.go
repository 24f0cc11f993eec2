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
//			break // b is free again; wait for more
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
}

// NewFeeder makes a Feeder that accepts frames within lim; the zero Limits has
// every default on.
func NewFeeder(lim frame.Limits) *Feeder { return &Feeder{lim: lim} }

// Feed hands in the next piece of the input. The Feeder reads b until Next has
// returned an error, wire.ErrShort included; b must not change before that.
// (What an earlier piece still has to give is copied in front of it.)
func (d *Feeder) Feed(b []byte) {
	if len(d.in) > 0 {
		b = slices.Concat(d.in, b)
	}
	d.in = b
}

// Next gives the next frame, valid until the next call of Next or Feed. The
// error is wire.ErrShort if the pieces so far hold no further whole frame, and
// a *wire.Error, for ever, if there is an illegal one.
func (d *Feeder) Next() (*frame.Frame, error) {
	if len(d.own) == 0 {
		if n, err := d.f.ParseWithin(d.in, &d.lim); err == nil {
			d.in = d.in[n:]
			d.off += int64(n)
			return &d.f, nil
		}
	}
	return d.next()
}

var errShort error = wire.ErrShort

// next is Next where a frame is cut or illegal, or one has been given from the
// Feeder's own memory.
func (d *Feeder) next() (*frame.Frame, error) {
	if d.err != nil {
		return nil, d.err
	}
	return nil, errShort
}

// End says what it means that the input ends here: nil between frames, a
// *TruncatedError inside one, or what the Feeder has failed with. It is to be
// called when Next has nothing more to give.
func (d *Feeder) End() error { return d.err }

// Offset is where the Feeder stands, in bytes from the start of the input:
// behind the last frame that it has given.
func (d *Feeder) Offset() int64 { return d.off }

// Buffered is how many bytes have been fed and not given yet. Offset and
// Buffered together are what has been fed.
func (d *Feeder) Buffered() int { return len(d.in) }

// InFrame reports whether bytes of a frame have come that has not been given,
// so that a transport can time it.
func (d *Feeder) InFrame() bool { return d.Buffered() > 0 }
