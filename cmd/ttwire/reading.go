package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ttwire/ttwire/wire"
)

// maxWaitingLines is how many lines wait for the first frame of a direction.
const maxWaitingLines = 64

// reading is the dump of one input: a file, or one direction of a captured
// connection.
type reading struct {
	*dump
	show printer
	name string
	s    *scanner

	captured bool // it is a direction of a captured connection
	status   int  // the worst so far
	lost     bool // where the next frame starts is not known: look from byte from on
	from     int64
	missing  int64 // bytes in gaps

	// In a capture there is much that is not TTHeader Streaming, and where it
	// is not there from its start that is known only at the end. Until a frame
	// is there the lines about what is missing wait.
	waiting []func() error
	open    bool // nothing waits any more
}

func (d *dump) newReading(name string, in *input, show printer) *reading {
	s := &scanner{in: in, lim: d.lim}
	for t := range s.want {
		s.want[t] = d.payload
	}
	return &reading{dump: d, show: show, name: name, s: s, open: true}
}

// run shows what is in the input, and what ends it. Its error is one of the
// output.
func (r *reading) run() (status int, err error) {
	for more := true; more; {
		if r.lost {
			more, err = r.search()
		} else {
			more, err = r.frame()
		}
		if err != nil {
			return statusFailed, err
		}
	}
	return r.status, nil
}

func (r *reading) frame() (more bool, err error) {
	if err := r.s.next(); err != nil {
		return r.ended(err)
	}
	if err := r.release(); err != nil {
		return false, err
	}
	if r.s.judge(r.mode()); !r.s.readable() {
		r.worst(statusIllegal)
	}
	if err := r.show.frame(&r.s.record); err != nil {
		return false, r.broke(err)
	}
	return true, nil
}

func (r *reading) worst(status int) { r.status = max(r.status, status) }

// ended shows what search or next ended with.
func (r *reading) ended(err error) (more bool, _ error) {
	r.progress.clear()
	var illegal *wire.Error
	var cut *cutError
	switch gap, isGap := err.(*gapError); {
	case isGap:
		return true, r.gap(gap)
	case err == io.EOF:
		return false, r.finish()
	case errors.As(err, &illegal):
		return r.illegal(illegal)
	case errors.As(err, &cut) && cut.err == nil:
		return r.cut(cut)
	}
	if err := r.end(); err != nil {
		return false, err
	}
	r.complain(r.name, err)
	r.worst(statusFailed)
	return false, nil
}

// end ends what has been shown as frames.
func (r *reading) end() error { return firstOf(r.release(), r.show.end()) }

// finish is for an input that ended between frames, or was searched to its end.
func (r *reading) finish() error {
	if n := r.s.in.off - r.missing; !r.open && n > 0 {
		r.waiting = nil
		return r.show.foreign(noFrame, fmt.Sprintf("no frame in its %d bytes", n))
	}
	if r.s.in.off == 0 && !r.json && !r.summary {
		r.note(r.name, "empty: no frames")
	}
	return r.end()
}

// noFrame is the reason for bytes that were searched, with no protocol known.
const noFrame = "no-frame"

func (r *reading) illegal(e *wire.Error) (more bool, err error) {
	w := window{r.s.start, r.s.in.unread()}
	if !r.open && !begun(w.b) && (!r.resync || isForeign(e.Code)) {
		r.waiting = nil
		return false, r.show.foreign(e.Code.Reason(), strings.TrimPrefix(e.Code.Error(), "illegal frame: "))
	}
	r.worst(statusIllegal)
	if !r.resync {
		err = firstOf(r.end(), r.show.illegal(e, w))
		r.hintHex()
		return false, err
	}
	err = firstOf(r.release(), r.show.illegal(e, w))
	r.lost, r.from = true, r.s.start+1
	if n, ok := r.s.ownEnd(); ok {
		r.from = r.s.start + int64(n)
	}
	return true, err
}

// isForeign reports whether a code is the name of a protocol.
func isForeign(c wire.Code) bool { return wire.ErrHTTPRequest <= c && c <= wire.ErrTRPC }

func (r *reading) hintHex() {
	if r.s.start == 0 && !r.hex && !r.captured && looksLikeHex(r.s.in.unread()) {
		r.note(r.name, "this looks like hex text: try --hex")
	}
}

func (r *reading) cut(e *cutError) (more bool, err error) {
	r.worst(statusIllegal)
	f := r.s.known()
	gap, more := r.s.in.err.(*gapError)
	if !more {
		err = firstOf(r.end(), r.show.cut(e, f))
		r.hintHex()
		return false, err
	}
	if err := firstOf(r.release(), r.show.cut(e, f)); err != nil {
		return false, err
	}
	// Of a frame whose size is known the rest is no place to look for frames.
	if r.from = 0; f != nil {
		r.from = e.start + int64(e.need)
	}
	r.s.in.step(len(r.s.in.unread()))
	return true, r.gap(gap)
}

// gap shows that bytes are missing, and goes on behind them.
func (r *reading) gap(gap *gapError) error {
	at := r.s.in.off
	r.s.in.pass(gap)
	r.missing += r.s.in.off - at
	r.lost = true
	return r.tell(func() error { return r.show.gap(at, gap.bytes) })
}

// search looks for a frame, and shows what it has passed over.
func (r *reading) search() (more bool, err error) {
	at := r.s.in.off
	end := r.s.seek(r.from)
	if to := r.s.in.off; to > at {
		if err := r.tell(func() error { return r.show.skipped(at, to, end == nil) }); err != nil {
			return false, err
		}
	}
	if end != nil {
		return r.ended(end)
	}
	r.lost, r.s.resynced = false, true
	return true, nil
}

// tell shows a line about what is missing, once there is a frame.
func (r *reading) tell(line func() error) error {
	r.waiting = append(r.waiting, line)
	if !r.open && len(r.waiting) < maxWaitingLines {
		return nil
	}
	r.worst(statusIllegal)
	return r.release()
}

// release shows the lines that have waited.
func (r *reading) release() error {
	for _, line := range r.waiting {
		r.worst(statusIllegal)
		if err := line(); err != nil {
			return err
		}
	}
	r.waiting, r.open = r.waiting[:0], true
	return nil
}

// broke judges an error that show.frame has met, and gives it back if it is the
// output's.
func (r *reading) broke(err error) error {
	r.progress.clear()
	var cut *cutError
	switch {
	case !errors.As(err, &cut):
		return err
	case cut.err != nil:
		r.complain(r.name, cut)
		r.worst(statusFailed)
	default:
		r.worst(statusIllegal)
	}
	return nil
}
