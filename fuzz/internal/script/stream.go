package script

import (
	"errors"
	"io"

	"github.com/ttwire/ttwire/wire"
)

// Stream is a byte stream that comes in pieces.
type Stream struct {
	Limits wire.Limits
	Sizes  []int // of the pieces, over and over; not all are 0
	Err    error // what it ends with: io.EOF or ErrBroken
	Join   bool  // Err comes with the last piece
	Bytes  []byte
}

// ErrBroken is how a Stream ends that does not end with io.EOF.
var ErrBroken = errors.New("script: connection broken")

// Stream reads one, which takes all of the script.
func (r *Reader) Stream() Stream {
	s := Stream{Limits: r.Limits(), Err: io.EOF}
	flags := r.Byte()
	s.Join = flags&1 != 0
	if flags&2 != 0 {
		s.Err = ErrBroken
	}
	for range 1 + flags>>5 {
		s.Sizes = append(s.Sizes, int(r.Uint16()))
	}
	s.Sizes[0] = max(s.Sizes[0], 1)
	s.Bytes = r.Rest()
	return s
}

// Stream writes one of at most 8 sizes.
func (w *Writer) Stream(limits byte, s Stream) {
	w.Byte(limits)
	flags := byte(len(s.Sizes)-1) << 5
	if s.Join {
		flags |= 1
	}
	if s.Err == ErrBroken {
		flags |= 2
	}
	w.Byte(flags)
	for _, n := range s.Sizes {
		w.Uint16(uint16(n))
	}
	w.Raw(s.Bytes)
}
