package main

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/examples/proxy/relay"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

const (
	// maxLive is how many live streams of a connection are known by their id.
	maxLive = 65536

	// maxLiveShown is how many of them are named.
	maxLiveShown = 100

	// putFrom is how many bytes of lines are gathered at most before they go to
	// the queue, and keptLines what is kept of the memory for them.
	putFrom   = 64 << 10
	keptLines = 256 << 10
)

// tapConn is what the two directions of a connection share.
type tapConn struct {
	*tap
	n int64

	mu    sync.Mutex
	live  map[int32]struct{} // streams that were opened and have not ended
	early [64]int32          // a ring of those that ended and had not been opened
	next  int                // in early
	ended endedStreams
}

func newTapConn(t *tap, n int64) *tapConn {
	return &tapConn{tap: t, n: n, live: map[int32]struct{}{}}
}

// opened counts a stream as live, unless its end has been seen already: the
// directions are looked at one by one, and a reply can overtake its request.
func (c *tapConn) opened(id int32) {
	if i := slices.Index(c.early[:], id); i >= 0 {
		c.early[i] = 0
	} else if len(c.live) < maxLive {
		c.live[id] = struct{}{}
	}
}

func (c *tapConn) closed(id int32) {
	if _, ok := c.live[id]; !ok {
		c.early[c.next%len(c.early)] = id
		c.next++
	}
	delete(c.live, id)
}

// direction shows one direction of a connection. It implements relay.Tap.
type direction struct {
	*tapConn
	dir     string
	feed    *codec.Feeder // nil once nothing more can be framed
	bytes   int64
	record  record
	printer printer
	json    *jsonPrinter // printer, or nil
	text    *textPrinter // printer, or nil
	name    []byte       // of json, without the marks of a frame
	buf     bytes.Buffer // what printer has written
}

func newDirection(c *tapConn, dir string) *direction {
	d := &direction{tapConn: c, dir: dir, feed: codec.NewFeeder(c.lim)}
	if c.json {
		d.json = c.newJSON(&d.buf)
		d.printer = d.json
		return d
	}
	p := c.newText(&d.buf, false)
	p.palette, p.place, p.widths = c.colors, placeText(c.n, dir), startWidths
	p.titled, p.rest = true, "passed on and not shown"
	d.printer, d.text = p, p
	return d
}

// seen sets the time that is shown of what comes next.
func (d *direction) seen(at time.Time) {
	if d.text != nil {
		d.text.when = whenText(at)
		return
	}
	d.name = appendConn(d.name[:0], at, d.n, d.dir)
	d.json.name = d.name
}

// mark sets what is shown of the current frame besides itself.
func (d *direction) mark(r *record) {
	if d.json != nil {
		d.json.name = appendMarks(d.name, r)
	}
}

// Bytes shows the frames that end in b.
func (d *direction) Bytes(b []byte) {
	d.bytes += int64(len(b))
	if d.feed == nil {
		return
	}
	d.seen(d.now())
	d.feed.Feed(b)
	f, err := d.feed.Next()
	for ; err == nil; f, err = d.feed.Next() {
		d.frame(f)
	}
	d.mark(&record{})
	if err != wire.ErrShort {
		d.stop(err, b)
	}
	d.put()
}

func (d *direction) frame(f *frame.Frame) {
	r := &d.record
	r.frame, r.size, r.payload = *f, f.Size(), len(f.Payload)
	r.start = d.feed.Offset() - int64(r.size)
	if r.judge(d.mode()); !r.readable() {
		d.flawed.Store(true)
	}
	r.half = f.Type == frame.Trailer && d.dir == "c2s"
	r.after = d.follow(f)
	if !d.queue.room() {
		return
	}
	d.mark(r)
	if _ = d.printer.frame(r); d.buf.Len() >= putFrom { // buf meets no errors
		d.put()
	}
}

// follow keeps count of the streams, and tells whether the frame comes after the
// end of its stream.
func (d *direction) follow(f *frame.Frame) (after bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, client := f.StreamID, d.dir == "c2s"
	switch how := d.ended.how(id); {
	case f.Type == frame.Meta:
	case f.Type == frame.Header && client:
		d.ended.forget(id)
		d.opened(id)
	case how == endedByRst, how == endedByTrailer && !client:
		return true
	case f.Type == frame.Rst:
		d.ended.add(id, endedByRst)
		d.closed(id)
	case f.Type == frame.Trailer && !client:
		d.ended.add(id, endedByTrailer)
		d.closed(id)
	}
	return false
}

// stop shows why nothing more can be framed, near the last piece of the input.
func (d *direction) stop(err error, piece []byte) {
	d.feed = nil
	d.flawed.Store(true)
	if !d.queue.room() {
		return
	}
	var illegal *wire.Error
	var cut *codec.TruncatedError
	switch {
	case errors.As(err, &illegal):
		w := window{d.bytes - int64(len(piece)), piece}
		if skip := illegal.Frame - w.from; skip > 0 {
			w = window{illegal.Frame, piece[skip:]}
		}
		_ = d.printer.illegal(illegal, w)
	case errors.As(err, &cut):
		_ = d.printer.cut(&cutError{start: cut.Frame, have: cut.Have, need: cut.Need}, nil)
	}
}

// put hands over what has been written.
func (d *direction) put() {
	if d.buf.Len() == 0 {
		return
	}
	d.queue.put(d.buf.Bytes())
	if d.buf.Reset(); d.buf.Cap() > keptLines {
		d.buf = bytes.Buffer{}
	}
}

// ended is how a direction has ended.
type ended struct {
	at      time.Time
	conn    int64
	dir     string
	bytes   int64
	how     string
	err     error   // if it broke
	live    int     // streams that were live, where that is worth a word
	streams []int32 // the first of them
}

// End shows how the direction has ended.
func (d *direction) End(err error) {
	e := &ended{at: d.now(), conn: d.n, dir: d.dir, bytes: d.bytes}
	d.seen(e.at)
	if d.feed != nil && err != relay.ErrStopped {
		if cut := d.feed.End(); cut != nil {
			d.stop(cut, nil)
		}
	}
	switch err {
	case nil:
		e.how = "closed"
	case relay.ErrStopped:
		e.how = "stopped"
	case relay.ErrAborted:
		e.how = "aborted"
	default:
		e.how, e.err = "broken", err
	}
	if err != nil || d.dir == "s2c" {
		e.live, e.streams = d.liveStreams()
	}
	if d.queue.room() {
		d.buf.Write(d.lines.ended(e))
	}
	d.put()
}

// liveStreams is how many streams are live, and the ids of the first of them.
func (c *tapConn) liveStreams() (n int, ids []int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids = slices.Sorted(maps.Keys(c.live))
	return len(ids), ids[:min(len(ids), maxLiveShown)]
}
