package codec

import (
	"errors"
	"io"
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// A TruncatedError says that the input has ended inside a frame. It is
// io.ErrUnexpectedEOF to errors.Is.
type TruncatedError struct {
	Frame int64 // where the frame starts, in bytes from the start of the input
	Have  int   // how many of its bytes have come
	Need  int   // its size in bytes, or the least that it can be while LENGTH has not come
	Info  int   // size of its header info in bytes, or 0 while HEADER SIZE has not come
}

// Error says where the input ends. The text is ASCII of at most 256 bytes and
// holds no byte of the input.
func (e *TruncatedError) Error() string {
	b := make([]byte, 0, 128)
	b = append(b, "the input ends inside the "...)
	b = append(b, e.part()...)
	b = append(b, " of the frame that starts at byte "...)
	b = strconv.AppendInt(b, e.Frame, 10)
	b = append(b, ", of which "...)
	b = strconv.AppendInt(b, int64(e.Have), 10)
	b = append(b, " of "...)
	if e.Have < lengthSize {
		b = append(b, "at least "...)
	}
	b = strconv.AppendInt(b, int64(e.Need), 10)
	return string(append(b, " bytes have come"...))
}

// part is the part of the frame in which the next byte would stand.
func (e *TruncatedError) part() string {
	switch {
	case e.Have < frame.FixedSize:
		return "fixed part"
	case e.Have < frame.FixedSize+e.Info:
		return "header info"
	}
	return "payload"
}

// Unwrap gives io.ErrUnexpectedEOF.
func (e *TruncatedError) Unwrap() error { return io.ErrUnexpectedEOF }

const (
	lengthSize = 4  // of LENGTH
	sniffSize  = 8  // LENGTH, MAGIC and FLAGS: enough to know foreign bytes
	offInfo    = 12 // u16: header info in 4-byte words
)

// Misuse, and misbehaviour of what is read from and written to.
var (
	errCount   = errors.New("codec: Read or Write returned an impossible count")
	errFed     = errors.New("codec: End before Next has given all frames")
	errUnknown = errors.New("codec: Write panicked: what has been written is not known")
	errPayload = errors.New("codec: CommitPrefix of a payload that is not as long as LENGTH says")
	errShrunk  = errors.New("codec: Commit of a slice that is not Buffer extended")
)

// truncated describes the frame at offset off of which b has come, and more
// payload behind it.
func truncated(off int64, b []byte, more int) *TruncatedError {
	e := &TruncatedError{Frame: off, Have: len(b) + more, Need: frame.FixedSize}
	if len(b) >= lengthSize {
		e.Need = lengthSize + int(wire.Uint32(b, 0))
	}
	if len(b) >= frame.FixedSize {
		e.Info = infoSize(b)
	}
	return e
}

// infoSize is the size of the header info that a whole fixed part announces.
func infoSize(b []byte) int { return 4 * int(wire.Uint16(b, offInfo)) }

// hasInfo reports whether b has all of a frame but its payload.
func hasInfo(b []byte) bool {
	return len(b) >= frame.FixedSize && len(b) >= frame.FixedSize+infoSize(b)
}

// wait is how many bytes of a frame to come back with, where b has come and
// Parse wants n. It is less than n where more can be judged before that: LENGTH,
// MAGIC and FLAGS, the fixed part, the header info. So what is illegal fails
// early, and a frame is looked at five times at most, however it is cut.
func wait(b []byte, n int) int {
	switch {
	case len(b) < lengthSize:
		return lengthSize
	case len(b) < sniffSize:
		return sniffSize
	case len(b) < frame.FixedSize:
		return frame.FixedSize
	}
	if !hasInfo(b) {
		return frame.FixedSize + infoSize(b)
	}
	return n
}

// atEnd is the error for an input that ends with err inside the frame at off of
// which b has come, and more payload behind it.
func atEnd(off int64, b []byte, more int, err error) error {
	if len(b) > 0 && errors.Is(err, io.EOF) {
		return truncated(off, b, more)
	}
	return err
}

// illegal is the error for a parser's answer about the frame at off.
func illegal(off int64, n int, err error) error {
	return &wire.Error{Code: err.(wire.Code), Frame: off, Offset: n}
}
