package codec

import (
	"sync"
	"sync/atomic"
)

// A SharedWriter lets several goroutines use one Writer. Who finds nobody
// waiting writes what all have committed, so that the frames of goroutines that
// send at the same time share a write, and a frame that is alone is not held
// back.
//
// This is what a lock around Writer should do. With 8 goroutines that send small
// frames over TCP, a lock with a Flush for each frame takes about 6 times as long
// (BenchmarkShared), and a second buffer, filled while the first one is written,
// took 1.3 to 1.7 times as long, since it groups less.
//
// A peer that stops reading stops the write, and with it everybody in Do; that
// is all the backpressure there is. A write deadline on the connection ends it.
type SharedWriter struct {
	mu   sync.Mutex
	w    *Writer
	want atomic.Int32 // goroutines in Do
}

// NewSharedWriter shares w, which must not be used otherwise from now on.
func NewSharedWriter(w *Writer) *SharedWriter { return &SharedWriter{w: w} }

// Do calls f, which has the Writer to itself, and then flushes unless another
// goroutine waits in Do, which sees to it then. It returns f's error, or that of
// the flush. Whatever must be in step with the order of frames on the wire, like
// a Conn, is used inside f.
//
// Where Do returns nil, what f has committed may be yet to be written, by a
// goroutine that is in Do already. If that fails, that one has the error, and
// everybody from then on.
func (s *SharedWriter) Do(f func(w *Writer) error) (err error) {
	s.want.Add(1)
	s.mu.Lock()
	defer func() { // also if f panics: others may rely on this flush
		if s.want.Add(-1) == 0 {
			if flushed := s.w.Flush(); err == nil {
				err = flushed
			}
		}
		s.mu.Unlock()
	}()
	return f(s.w)
}

// Flush writes what waits.
func (s *SharedWriter) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Flush()
}
