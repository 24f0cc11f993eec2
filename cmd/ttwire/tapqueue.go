package main

import (
	"io"
	"sync"
)

// lineQueue writes lines to an output that may be slow or stand still, and
// never keeps whoever has a line waiting: what finds no room is left out, and
// the output says how much that was.
type lineQueue struct {
	out  io.Writer
	most int // bytes that may wait; what is put then may be longer
	note func(lost int64) []byte
	done chan struct{} // closed once nothing more is written

	mu     sync.Mutex
	wake   sync.Cond
	lines  []byte // that wait
	lost   int64  // frames and events, since the last that found room
	closed bool
	err    error
}

// newLineQueue makes a queue to out. note makes the line that says how much is
// missing.
func newLineQueue(out io.Writer, most int, note func(lost int64) []byte) *lineQueue {
	q := &lineQueue{out: out, most: most, note: note, done: make(chan struct{})}
	q.wake.L = &q.mu
	go q.write()
	return q
}

// room reports whether there is room for one more frame or event. If there is
// none it counts as lost, and need not be made into lines.
func (q *lineQueue) room() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) < q.most {
		return true
	}
	q.lost++
	return false
}

// put adds lines that room was found for. It keeps nothing of b.
func (q *lineQueue) put(b []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settle()
	q.lines = append(q.lines, b...)
	q.wake.Signal()
}

// settle says how much is missing here.
func (q *lineQueue) settle() {
	if q.lost > 0 {
		q.lines = append(q.lines, q.note(q.lost)...)
		q.lost = 0
	}
}

// close writes what waits, and gives the error that the output has had.
func (q *lineQueue) close() error {
	q.mu.Lock()
	q.settle()
	q.closed = true
	q.wake.Signal()
	q.mu.Unlock()
	<-q.done
	return q.err
}

// write writes what waits until that fails, or the queue is closed and empty.
func (q *lineQueue) write() {
	defer close(q.done)
	var b []byte
	for q.take(&b) {
		if _, err := q.out.Write(b); err != nil {
			q.err = err
			return
		}
	}
}

// take waits for lines and takes all there are, for the memory of those before.
func (q *lineQueue) take(b *[]byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.lines) == 0 && !q.closed {
		q.wake.Wait()
	}
	if *b = (*b)[:0]; cap(*b) > q.most {
		*b = nil // once a large payload has gone by
	}
	*b, q.lines = q.lines, *b
	return len(*b) > 0
}
