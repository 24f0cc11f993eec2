package codec

import (
	"io"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
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
// Frames are written once at least as many bytes wait as the buffer's size is, by
// Flush, and with a large payload. The buffer grows with what waits; at most 4
// times its size is kept.
//
// A Writer must not be used by several goroutines at once: see SharedWriter.
type Writer struct {
	dst  sink
	lim  frame.Limits
	buf  []byte // what waits
	size int
	err  error // what every call returns from now on
}

// DefaultBatch is how many bytes a Writer gathers, unless told otherwise. With a
// frame of a few KiB more they still are one segment on Linux's loopback
// interface, which sidecars use: its MTU is 64 KiB, and a write of a little more
// takes 2 to 4 times as long (bench, TCP/*-writes-64KiB).
const DefaultBatch = 60 << 10

// CopyMax is the largest payload, in bytes, that is copied behind its prefix.
// Above that, sending it from where it is costs less.
const CopyMax = 16 << 10

// NewWriter makes a Writer to dst. WriteFrame refuses frames that are not
// within lim; the zero Limits has every default on.
func NewWriter(dst io.Writer, lim frame.Limits) *Writer {
	return NewWriterSize(dst, lim, DefaultBatch)
}

// NewWriterSize is NewWriter with a buffer of size bytes. With 0, every frame is
// written when it is committed.
func NewWriterSize(dst io.Writer, lim frame.Limits, size int) *Writer {
	return &Writer{dst: sinkOf(dst), lim: lim, size: size}
}

// NewBufioxWriter is NewWriter for the bufiox.Writer that CloudWeGo transports
// hold. Each write is WriteBinary and then Flush.
func NewBufioxWriter(dst BufioxSink, lim frame.Limits) *Writer {
	return &Writer{dst: bufioxSink{dst}, lim: lim, size: DefaultBatch}
}

// Buffer is the slice for the next frames to be appended to, and for Commit to
// be given back. It must not be kept.
func (w *Writer) Buffer() []byte { return w.buf }

// Commit takes Buffer extended by whole frames, or the error of what should
// have extended it, which it returns.
func (w *Writer) Commit(b []byte, err error) error {
	if err = w.take(b, err); err != nil || len(b) < w.size {
		return err
	}
	return w.write(nil)
}

// CommitPrefix is Commit for frames of which the last one lacks its payload,
// which it adds: up to CopyMax bytes are copied, a larger payload is written
// before CommitPrefix returns, by writev where dst is a TCP or Unix connection.
// A payload that is not as long as LENGTH says is refused.
func (w *Writer) CommitPrefix(payload, b []byte, err error) error {
	if err == nil && !lacks(b[min(len(w.buf), len(b)):], len(payload)) {
		err = errPayload
	}
	if err == nil && len(payload) <= CopyMax {
		return w.Commit(append(b, payload...), nil)
	}
	if err = w.take(b, err); err != nil {
		return err
	}
	return w.write(payload)
}

// lacks reports whether the frames in b are whole but for n bytes of the last.
func lacks(b []byte, n int) bool {
	for len(b) >= lengthSize {
		size := lengthSize + uint64(wire.Uint32(b, 0))
		if size >= uint64(len(b)) {
			return size == uint64(len(b))+uint64(n)
		}
		b = b[size:]
	}
	return len(b)+n == 0
}

// take makes b what waits.
func (w *Writer) take(b []byte, err error) error {
	switch {
	case w.err != nil:
		return w.err
	case err != nil:
		return err
	case len(b) < len(w.buf):
		return errShrunk
	}
	w.buf = b
	return nil
}

// WriteData adds a data frame. The payload is the caller's again when it
// returns.
func (w *Writer) WriteData(t *frame.Template, payload []byte) error {
	if len(payload) <= CopyMax {
		b, err := t.Append(w.buf, payload)
		if err == nil && w.err == nil && len(b) < w.size { // most often, and without a call
			w.buf = b
			return nil
		}
		return w.Commit(b, err)
	}
	b, err := t.AppendPrefix(w.buf, len(payload))
	return w.CommitPrefix(payload, b, err)
}

// WriteFrame adds a frame as it came: see frame.Frame.AppendTo.
func (w *Writer) WriteFrame(f *frame.Frame) error {
	if len(f.Payload) <= CopyMax {
		return w.Commit(f.AppendWithin(w.buf, &w.lim))
	}
	b, err := appendPrefix(w.buf, f, &w.lim)
	return w.CommitPrefix(f.Payload, b, err)
}

// appendPrefix appends a frame without its payload, which LENGTH counts.
func appendPrefix(dst []byte, f *frame.Frame, lim *frame.Limits) ([]byte, error) {
	prefix := *f
	prefix.Payload = nil
	b, err := prefix.AppendWithin(dst, lim)
	if err != nil {
		return dst, err
	}
	length := len(b) - len(dst) - lengthSize
	if len(f.Payload) > min(lim.Payload(), wire.MaxLength-length) {
		return dst, wire.ErrPayloadTooLarge
	}
	wire.PutUint32(b, len(dst), uint32(length+len(f.Payload)))
	return b, nil
}

// Flush writes what waits.
func (w *Writer) Flush() error {
	if w.err != nil || len(w.buf) == 0 {
		return w.err
	}
	return w.write(nil)
}

// write writes what waits and payload behind it, if there is either.
func (w *Writer) write(payload []byte) error {
	if len(w.buf)+len(payload) == 0 {
		return nil
	}
	w.err = errUnknown // until dst says more, if it does
	w.err = w.dst.write(w.buf, payload)
	if w.buf = w.buf[:0]; cap(w.buf) > 4*max(w.size, CopyMax) {
		w.buf = nil
	}
	return w.err
}

// Buffered is how many bytes wait to be written.
func (w *Writer) Buffered() int { return len(w.buf) }
