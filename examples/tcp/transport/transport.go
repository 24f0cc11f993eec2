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
// TTHeader Streaming has no window of its own for a stream, so that one user who
// does not call Recv holds up his whole connection (not its memory). Whoever
// expects that gives such a stream a connection of its own, or a context with a
// deadline: nothing is pending for a stream that is reset.
package transport

import (
	"net"
	"sync"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Options of a connection. The zero value works.
type Options struct {
	Name         string           // of this service, as cancel paths show it
	Limits       codec.ConnLimits // of frames and streams, and MaxPending
	SendBuffer   int              // bytes that wait to be written before Send blocks; 256 KiB
	FrameTimeout time.Duration    // for a frame that has begun to come whole; 30 s
}

// linger is how long a connection that is being closed waits for its peer.
const linger = time.Second

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
	draining bool      // closing follows the last stream
	closing  bool      // the writer writes what waits, and closes
	err      error     // why it is over
	wake     sync.Cond // of the writer
	room     sync.Cond // of senders, while out is full, and of the reader, while proto is
}

func start(nc net.Conn, role codec.Role, opt Options, opened func(*conn, *trailer.Stream) *Stream) *conn {
	if opt.SendBuffer <= 0 {
		opt.SendBuffer = 256 << 10
	}
	if opt.FrameTimeout <= 0 {
		opt.FrameTimeout = 30 * time.Second
	}
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
	for f.Type == frame.Data && c.proto.Full() && c.err == nil {
		c.room.Wait()
	}
	ev, err := c.proto.Recv(f)
	if err != nil {
		return err
	}
	if ev.Owed && len(c.out) <= c.opt.SendBuffer { // a peer that does not read gets none
		_ = c.append(codec.AppendFault(c.out, streamOf(f), ev.Fault))
	}
	s := c.streams[ev.Stream]
	switch ev.Kind {
	case codec.Opened:
		s = c.opened(c, streamOf(f))
		s.header = pairs(f)
		c.streams[ev.Stream] = s
	case codec.Headers:
		s.header = pairs(f)
		s.come.Broadcast()
	case codec.Message:
		s.in = append(s.in, append([]byte{}, f.Payload...))
		s.come.Signal()
	case codec.HalfClosed:
		s.closeRecv(ev.Err())
	case codec.Ended:
		s.trailer = pairs(f)
		if f.Type != frame.Trailer { // behind an rst or a fault nobody wants them
			s.take(len(s.in))
		}
		s.end(ev.Err())
	}
	return nil
}

func streamOf(f *frame.Frame) *trailer.Stream {
	return &trailer.Stream{ID: f.StreamID, Method: string(f.Method()), Protocol: f.Header.Protocol()}
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

// append takes what an encoder of codec.Conn has appended to c.out, or the error
// by which it refused.
func (c *conn) append(out []byte, err error) error {
	if err == nil {
		c.out = out
		c.wake.Signal()
	}
	return err
}

// writeLoop writes what waits, at once: two buffers change places, one is filled
// while the other is written.
func (c *conn) writeLoop() {
	var buf []byte
	for {
		if cap(buf) > 4*c.opt.SendBuffer {
			buf = nil // of a large message
		}
		c.mu.Lock()
		for len(c.out) == 0 && !c.closing && c.err == nil {
			c.wake.Wait()
		}
		buf, c.out = c.out, buf[:0]
		c.room.Broadcast()
		c.mu.Unlock()
		if len(buf) == 0 {
			break
		}
		if _, err := c.nc.Write(buf); err != nil {
			c.fail(err)
			return
		}
	}
	// Closing at once could take back what the peer has yet to read.
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		select {
		case <-c.over:
		case <-time.After(linger):
		}
	}
	c.fail(wire.ErrConnClosed)
}

// fail ends the connection and all its streams. The first reason counts.
func (c *conn) fail(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = why
	close(c.over)
	_ = c.nc.Close()
	for ev := range c.proto.Lost(why) {
		c.streams[ev.Stream].end(ev.Err())
	}
	c.wake.Broadcast()
	c.room.Broadcast()
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
