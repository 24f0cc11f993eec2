package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// Handler serves one stream, in a goroutine of its own. What it returns is how
// the stream ends: nil well, a *status.BizError as a business error, another
// error as an exception (trailer.StatusOf). ctx is the stream's.
type Handler func(ctx context.Context, s *Stream) error

// Server serves streams. Its exported fields are set before it serves.
type Server struct {
	Options  Options
	Handlers map[string]Handler // by method

	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
	conns     map[*conn]bool
	running   sync.WaitGroup // conns
}

// ErrServerClosed is what Serve returns after Shutdown.
var ErrServerClosed = errors.New("transport: the server is closed")

// acceptPause is between two tries to accept while that fails.
const acceptPause = 20 * time.Millisecond

// Serve accepts connections until ln fails, or until Shutdown. It closes ln. An
// error that passes, such as too many open files, is waited out.
func (srv *Server) Serve(ln net.Listener) error {
	defer ln.Close()
	srv.mu.Lock()
	srv.listeners = append(srv.listeners, ln)
	closed := srv.closed
	srv.mu.Unlock()
	for !closed {
		nc, err := ln.Accept()
		if err == nil {
			err = srv.ServeConn(nc)
		}
		srv.mu.Lock()
		closed = srv.closed
		srv.mu.Unlock()
		if err != nil && !closed {
			if t, ok := err.(interface{ Temporary() bool }); !ok || !t.Temporary() {
				return err
			}
			time.Sleep(acceptPause)
		}
	}
	return ErrServerClosed
}

// ServeConn serves a connection, which belongs to the Server from now on. It
// does not wait.
func (srv *Server) ServeConn(nc net.Conn) error {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.closed {
		_ = nc.Close()
		return ErrServerClosed
	}
	if srv.conns == nil {
		srv.conns = make(map[*conn]bool)
	}
	c := start(nc, codec.Server, srv.Options, srv.open)
	srv.conns[c] = true
	srv.running.Go(func() {
		c.running.Wait()
		srv.mu.Lock()
		defer srv.mu.Unlock()
		delete(srv.conns, c)
	})
	return nil
}

// open starts the handler of a stream that a client has opened.
func (srv *Server) open(c *conn, st *trailer.Stream) *Stream {
	s := newStream(context.Background(), c, st)
	h := srv.Handlers[st.Method]
	switch {
	case c.draining:
		h = goAway
	case h == nil:
		h = unknown // rule 9.2
	}
	s.handling = true
	c.running.Go(func() { s.serve(h) })
	return s
}

// shutsDown is what a client is told whose stream is reset by Shutdown (12013).
const shutsDown = "canceled by connection closed: the server shuts down"

// goAway resets a stream that came too late.
func goAway(_ context.Context, s *Stream) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.reset(s.fault(status.CanceledByConnection, shutsDown))
	return nil
}

// unknown ends a stream whose method there is no handler for.
func unknown(_ context.Context, s *Stream) error {
	return (&status.Error{Kind: status.Application, Code: 1, Message: fmt.Sprintf("unknown method %q", s.st.Method)}).Err()
}

// serve calls the handler. A panic, of its error's methods too, is the end of its
// stream only, and so is runtime.Goexit.
func (s *Stream) serve(h Handler) {
	how := aborted("the handler has not returned")
	defer func() {
		if r := recover(); r != nil {
			slog.Error("transport: a handler panics", "method", s.st.Method, "panic", r, "stack", string(debug.Stack()))
			how = aborted("the handler panics")
		}
		s.finish(how)
	}()
	var err error
	if s.data, err = frame.NewTemplate(s.st.ID, s.st.Method, s.st.Protocol); err == nil {
		err = h(s.ctx, s)
	}
	how = trailer.StatusOf(err)
}

func aborted(msg string) status.Status {
	return trailer.StatusOf(status.NewFramework(status.RetServerSystem, msg))
}

// finish ends the stream as its handler has returned, unless it has ended before.
func (s *Stream) finish(how status.Status) {
	s.lock()
	defer s.c.mu.Unlock()
	c := s.c
	if s.handling = false; s.ended == nil {
		if !s.headed {
			_ = s.sendHeader(nil)
		}
		out, err := c.proto.End(c.out, &s.st, &how, s.pairs)
		if err != nil { // what cannot be sent must not read as something else
			how = trailer.StatusOf(fmt.Errorf("the ending cannot be sent: %w", err))
			out, err = c.proto.End(c.out, &s.st, &how, nil)
		}
		s.conclude(out, err)
		s.end(s.fault(status.CanceledByReturn, ""))
	}
	s.take(len(s.in))
}

// Shutdown accepts no more connections and streams, and closes each connection
// behind its last stream. What is left when ctx is done is reset (12013), and the
// connections are closed within some two seconds. It waits for all handlers to return.
func (srv *Server) Shutdown(ctx context.Context) error {
	srv.mu.Lock()
	srv.closed = true
	for _, ln := range srv.listeners {
		_ = ln.Close()
	}
	srv.mu.Unlock()
	srv.each((*conn).drain)
	defer context.AfterFunc(ctx, func() {
		srv.each(func(c *conn) { c.close(status.CanceledByConnection, shutsDown) })
	})()
	srv.running.Wait()
	return ctx.Err()
}

func (srv *Server) each(f func(*conn)) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for c := range srv.conns {
		f(c)
	}
}
