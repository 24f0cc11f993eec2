// Package transport carries TTHeader streams over a net.Conn, many on one
// connection: an example to copy, of what codec.Conn leaves to a transport.
//
// A connection has two goroutines and one lock. The reader hands each frame to
// codec.Conn and what that means to the stream; the writer writes all that waits
// at once. Streams append to what waits, by codec.Conn, which refuses what the
// protocol does not allow.
//
// Backpressure. Messages wait at their streams until Recv takes them. When
// ConnLimits.MaxPending bytes wait, on all streams together, the reader stops at
// the next message and TCP stops the peer, whose Send blocks once SendBuffer bytes
// wait there.
// Who does not read cannot see his peer go, either: StallTimeout ends that, and
// WriteTimeout the same at the sender.
// TTHeader Streaming has no window of its own for a stream, so that one user who
// does not call Recv holds up his whole connection (not its memory). Whoever
// expects that gives such a stream a connection of its own, or a context with a
// deadline: nothing is pending for a stream that is reset.
package transport

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// Options of a connection. The zero value works.
type Options struct {
	Name         string           // of this service, as cancel paths show it
	Limits       codec.ConnLimits // of frames and streams, and MaxPending
	SendBuffer   int              // bytes that wait to be written before Send blocks; 256 KiB
	FrameTimeout time.Duration    // for a frame that has begun to come whole; 30 s

	// StallTimeout is how long nobody may take a message while MaxPending bytes
	// wait. Then the connection ends by ErrStalled; 30 s.
	StallTimeout time.Duration

	// WriteTimeout is how long the peer may take for 256 KiB, or for what waits
	// if that is less: until TCP has taken them, not until they are read; 30 s.
	WriteTimeout time.Duration
}

// ErrStalled is why a connection ends whose messages nobody takes.
var ErrStalled = errors.New("transport: MaxPending bytes wait and nobody takes them")

// or30s gives d, or the default where d is not positive.
func or30s(d time.Duration) time.Duration {
	if d <= 0 {
		return 30 * time.Second
	}
	return d
}

const (
	// settle is how long a connection stays open behind its streams. A live peer
	// forgets frames that it has not looked at when it sees the end of input.
	settle = 100 * time.Millisecond

	// linger is how long a connection that is being closed waits for its peer.
	linger = time.Second
)

// conn is either end of a connection.
type conn struct {
	nc      net.Conn
	role    codec.Role
	opt     Options
	opened  func(*conn, *trailer.Stream) *Stream // at a server, with mu held
	reader  *codec.Reader
	timed   int64     // where the frame starts that a read deadline is set for
	refill  time.Time // of the budgets, last
	over    chan struct{}
	running sync.WaitGroup // both loops, and handlers

	mu       sync.Mutex // guards what follows, and the Streams
	proto    *codec.Conn
	streams  map[int32]*Stream
	out      []byte    // frames that wait to be written
	owed     int       // bytes of them that were appended by owe
	writeBy  time.Time // what is left, once close was called
	draining bool      // no more streams are opened, and closing follows the last one
	closing  bool      // the writer writes what waits, settles and closes
	settling bool      // all that waited is written
	settled  bool      // and the peer had time for it
	err      error     // why it is over
	wake     sync.Cond // of the writer
	room     sync.Cond // of senders, while out is full, and of the reader, while proto is
}

func start(nc net.Conn, role codec.Role, opt Options, opened func(*conn, *trailer.Stream) *Stream) *conn {
	if opt.SendBuffer <= 0 {
		opt.SendBuffer = 256 << 10
	}
	opt.FrameTimeout = or30s(opt.FrameTimeout)
	opt.StallTimeout = or30s(opt.StallTimeout)
	opt.WriteTimeout = or30s(opt.WriteTimeout)
	c := &conn{
		nc: nc, role: role, opt: opt, opened: opened, over: make(chan struct{}),
		proto: codec.NewConn(role, opt.Limits), streams: make(map[int32]*Stream),
	}
	c.wake.L, c.room.L = &c.mu, &c.mu
	c.reader = codec.NewReader((*source)(c), opt.Limits.Limits)
	c.running.Go(c.readLoop)
	c.running.Go(c.writeLoop)
	return c
}

func (c *conn) readLoop() {
	for {
		f, err := c.reader.Next()
		if err == nil {
			err = c.receive(f)
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

// source is what the Reader reads: the connection, with a deadline while a
// frame is on its way.
type source conn

func (s *source) Read(p []byte) (int, error) {
	c, now := (*conn)(s), time.Now()
	if at := c.reader.Offset(); !c.reader.InFrame() {
		c.timed = -1
		_ = c.nc.SetReadDeadline(time.Time{}) // an idle peer may stay so
	} else if at != c.timed {
		c.timed = at
		_ = c.nc.SetReadDeadline(now.Add(c.opt.FrameTimeout))
	}
	if now.Sub(c.refill) > time.Second { // makes budgets of rates
		c.refill = now
		c.mu.Lock()
		c.proto.Refill()
		c.mu.Unlock()
	}
	return c.nc.Read(p)
}

// receive hands a frame to its stream. With a message it waits while too much is
// pending.
func (c *conn) receive(f *frame.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Type == frame.Data {
		c.waitForTaken()
	}
	ev, err := c.proto.Recv(f)
	if err != nil {
		return err
	}
	if ev.Owed {
		if err := c.owe(c.streamOf(f), ev.Fault); err != nil {
			return err
		}
	}
	s := c.streams[ev.Stream]
	switch ev.Kind {
	case codec.Opened:
		s = c.opened(c, c.streamOf(f))
		s.header = pairs(f)
		c.streams[ev.Stream] = s
	case codec.Headers:
		s.header = pairs(f)
		s.come.Broadcast()
	case codec.Message:
		if s.header == nil { // there is none
			s.header = make(map[string]string)
		}
		s.in = append(s.in, append([]byte{}, f.Payload...))
		s.come.Broadcast() // a Signal may wake one who waits for the header
	case codec.HalfClosed:
		s.closeRecv(ev.Err())
	case codec.Ended:
		if f.Type == frame.Trailer {
			s.trailer = pairs(f)
		} else { // behind an rst or a fault nobody wants them
			s.take(len(s.in))
		}
		s.end(ev.Err())
	}
	return nil
}

// waitForTaken waits until less than MaxPending is pending. As nothing is read
// meanwhile, it would not even be noticed that the peer has gone.
func (c *conn) waitForTaken() {
	if !c.proto.Full() {
		return
	}
	stalled := false
	defer time.AfterFunc(c.opt.StallTimeout, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		stalled = true
		c.room.Broadcast()
	}).Stop()
	for c.proto.Full() && c.err == nil {
		if stalled {
			c.lose(ErrStalled)
			return
		}
		c.room.Wait()
	}
}

func (c *conn) streamOf(f *frame.Frame) *trailer.Stream {
	return &trailer.Stream{
		ID: f.StreamID, Method: string(f.Method()), Protocol: f.Header.Protocol(), Limits: &c.opt.Limits.Limits,
	}
}

// pairs are the string pairs of a frame, as a copy.
func pairs(f *frame.Frame) map[string]string {
	m := make(map[string]string)
	for k, v := range f.Header.Strs() {
		m[string(k)] = string(v)
	}
	if v, ok := f.Header.Str(header.KeyToken); ok {
		m[header.KeyToken] = string(v)
	}
	return m
}

// fail ends the connection and all its streams. The first reason counts.
func (c *conn) fail(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lose(why)
}

// lose is fail with mu held.
func (c *conn) lose(why error) {
	if c.err != nil {
		return
	}
	if first := c.proto.Err(); first != nil {
		why = first
	}
	c.err = why
	close(c.over)
	_ = c.nc.Close()
	for ev := range c.proto.Lost(why) {
		if s := c.streams[ev.Stream]; s != nil {
			s.end(ev.Err())
		}
	}
	c.wake.Broadcast()
	c.room.Broadcast()
}

// close resets the streams that are live, and lets the writer close the
// connection behind that.
func (c *conn) close(code status.StreamCode, msg string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.streams {
		s.reset(s.fault(code, msg))
	}
	c.draining, c.closing = true, true
	c.writeBy = time.Now().Add(linger)
	_ = c.nc.SetWriteDeadline(c.writeBy) // of the write that goes on
	c.wake.Signal()
}

// drain closes the connection behind its last stream.
func (c *conn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	c.closeIfDrained()
}

func (c *conn) closeIfDrained() {
	if c.draining && len(c.streams) == 0 {
		c.closing = true
		c.wake.Signal()
	}
}
