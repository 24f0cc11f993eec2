package codec

import (
	"io"
	"net"
)

// A sink is where a Writer writes to: b and, if it is not empty, payload behind
// it. It gives an error if not all of both is taken.
type sink interface {
	write(b, payload []byte) error
}

// sinkOf is the sink for dst: one that uses writev if dst has it.
func sinkOf(dst io.Writer) sink {
	switch dst.(type) {
	case *net.TCPConn, *net.UnixConn:
		return &vectorSink{dst: dst}
	}
	return plainSink{dst}
}

// plainSink writes the two one after the other.
type plainSink struct{ dst io.Writer }

func (s plainSink) write(b, payload []byte) error {
	if err := writeAll(s.dst, b); err != nil || len(payload) == 0 {
		return err
	}
	return writeAll(s.dst, payload)
}

// writeAll writes b once. A Writer that takes less must say why; where it does
// not, that is an error too.
func writeAll(dst io.Writer, b []byte) error {
	n, err := dst.Write(b)
	switch {
	case err != nil:
		return err
	case n < 0 || n > len(b):
		return errCount
	case n < len(b):
		return io.ErrShortWrite
	}
	return nil
}

// vectorSink writes both at once.
type vectorSink struct {
	dst  io.Writer
	both [2][]byte
	left net.Buffers // of both, kept here so that it is not allocated
}

func (s *vectorSink) write(b, payload []byte) error {
	if len(payload) == 0 {
		return writeAll(s.dst, b)
	}
	s.both = [2][]byte{b, payload}
	s.left = s.both[:]
	_, err := s.left.WriteTo(s.dst)
	return err
}

// A BufioxSink is what NewBufioxWriter needs of a bufiox.Writer.
type BufioxSink interface {
	// WriteBinary adds b, which it may use until Flush, and gives its length.
	WriteBinary(b []byte) (n int, err error)
	// Flush writes what has been added.
	Flush() error
}

type bufioxSink struct{ dst BufioxSink }

func (s bufioxSink) write(b, payload []byte) error {
	for _, p := range [2][]byte{b, payload} {
		if len(p) == 0 {
			continue
		}
		n, err := s.dst.WriteBinary(p)
		switch {
		case err != nil:
			return err
		case n != len(p):
			return io.ErrShortWrite
		}
	}
	return s.dst.Flush()
}
