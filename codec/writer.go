package codec

import (
	"io"

	"github.com/ttwire/ttwire/frame"
)

// A Writer gathers frames and writes many of them at once.
//
// Whatever appends to a slice appends straight into its buffer:
//
//	err := w.Commit(t.Append(w.Buffer(), payload))
//	b := frame.Begin(w.Buffer(), frame.Header, stream, header.ThriftStruct)
//	...
//	err = w.Commit(b.Finish(nil))
//	err = w.Flush()
//
// When an encoder refuses, the error is returned, nothing of that frame stays
// behind, and the Writer can be used as before. When a write fails, or takes
// fewer bytes than it was given, the Writer has failed: what waited is dropped,
// nothing is tried again, and every call returns the same error.
//
// Frames are written once at least as many bytes wait as the buffer has, by
// Flush, and with a large payload. The memory held is what waits, and for reuse
// at most 4 times the buffer size.
//
// A Writer must not be used by several goroutines at once: see the Shared
// example.
type Writer struct {
	dst  io.Writer
	lim  frame.Limits
	buf  []byte
	size int
	err  error
}

// CopyMax is the largest payload, in bytes, that is copied behind its prefix.
// Above it, sending payloads from where they are costs less.
const CopyMax = 16 << 10

// NewWriter makes a Writer to dst. WriteFrame refuses frames that are not
// within lim; the zero Limits has every default on.
func NewWriter(dst io.Writer, lim frame.Limits) *Writer {
	return NewWriterSize(dst, lim, DefaultBufferSize)
}

// NewWriterSize is NewWriter with a buffer of size bytes.
func NewWriterSize(dst io.Writer, lim frame.Limits, size int) *Writer {
	return &Writer{dst: dst, lim: lim, size: size}
}

// Buffer is the slice for the next frames to be appended to, and for Commit to
// be given back. It must not be kept.
func (w *Writer) Buffer() []byte { return w.buf }

// Commit takes Buffer extended by whole frames, or the error of what should
// have extended it, which it returns.
func (w *Writer) Commit(b []byte, err error) error { return err }

// CommitPrefix is Commit for frames of which the last one lacks its payload,
// which it adds: up to CopyMax bytes are copied, a larger payload is written
// before CommitPrefix returns, by writev where dst is a network connection.
func (w *Writer) CommitPrefix(payload, b []byte, err error) error { return err }

// WriteData adds a data frame. The payload is the caller's again when it
// returns.
func (w *Writer) WriteData(t *frame.Template, payload []byte) error {
	b, err := t.AppendPrefix(w.Buffer(), len(payload))
	return w.CommitPrefix(payload, b, err)
}

// WriteFrame adds a frame as it was read: see frame.Frame.AppendTo.
func (w *Writer) WriteFrame(f *frame.Frame) error {
	return w.Commit(f.AppendWithin(w.Buffer(), &w.lim))
}

// Flush writes what waits.
func (w *Writer) Flush() error { return w.err }

// Buffered is how many bytes wait to be written.
func (w *Writer) Buffered() int { return len(w.buf) }
