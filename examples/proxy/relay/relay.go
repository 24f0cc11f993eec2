// Package relay passes TCP connections on, byte for byte, and shows what passes
// to a Tap: an example to copy, of a proxy that does not depend on what it
// understands.
//
// Bytes are written before the Tap sees them; it can neither change nor refuse
// them. All it must not do is wait, since it runs between a read and the next.
//
// All else is as if the two ends were connected. A side that has finished
// sending is passed on as that, and the other direction goes on. A side that is
// slow stops the other: nothing is read before what was read has been written. A
// reset becomes a reset, so that no end takes it for the end of the data.
package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Watcher is told of connections, which have numbers from 1 on, by several
// goroutines.
type Watcher interface {
	// Opened gives taps for what the client sends and for what it gets.
	Opened(conn int64, client, upstream net.Addr) (c2s, s2c Tap)
	// Failed says why a connection was not passed on; conn 0: not accepted.
	Failed(conn int64, err error)
}

// A Tap sees one direction of a connection, from one goroutine.
type Tap interface {
	// Bytes sees what has been passed on. b is valid until it returns.
	Bytes(b []byte)
	// End comes last: with nil if the sender has finished, else ErrStopped,
	// ErrAborted, a *WriteError, or what reading failed with.
	End(err error)
}

// ErrStopped ends a direction because the relay stops, and ErrAborted because
// the other direction has failed.
var (
	ErrStopped = errors.New("relay: stopped")
	ErrAborted = errors.New("relay: the other direction has failed")
)

// WriteError is why bytes could not be passed on.
type WriteError struct{ error }

// Unwrap gives what writing failed with.
func (e *WriteError) Unwrap() error { return e.error }

const flushTime = time.Second // to write what has been read when the relay stops

// Relay passes connections on to the TCP address Upstream.
type Relay struct {
	Upstream string
	Watcher  Watcher
}

// Serve accepts connections until ctx is done. Then it closes ln, writes what
// has been read, and ends all connections: those that do not take it, by a reset.
func (r *Relay) Serve(ctx context.Context, ln *net.TCPListener) {
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	var conns sync.WaitGroup
	defer conns.Wait()
	for n := int64(1); ctx.Err() == nil; n++ {
		client, err := ln.AcceptTCP()
		switch {
		case err == nil:
			conns.Go(func() { r.conn(ctx, n, client) })
		case ctx.Err() == nil:
			n--
			r.Watcher.Failed(0, err) // too many open files, most likely, which passes
			time.Sleep(flushTime / 10)
		}
	}
}

// conn passes on one connection, both ways, until both have ended.
func (r *Relay) conn(ctx context.Context, n int64, client *net.TCPConn) {
	defer client.Close()
	up, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", r.Upstream)
	if err != nil {
		abort(client)
		r.Watcher.Failed(n, err)
		return
	}
	upstream := up.(*net.TCPConn)
	defer upstream.Close()
	defer context.AfterFunc(ctx, func() {
		for _, c := range []*net.TCPConn{client, upstream} {
			c.SetReadDeadline(time.Now())
			c.SetWriteDeadline(time.Now().Add(flushTime))
		}
	})()
	c2s, s2c := r.Watcher.Opened(n, client.RemoteAddr(), upstream.RemoteAddr())
	var both sync.WaitGroup
	both.Go(func() { pass(upstream, client, c2s) })
	both.Go(func() { pass(client, upstream, s2c) })
	both.Wait()
}

// pass passes on what src sends until that ends, and how it ends.
func pass(dst, src *net.TCPConn, tap Tap) {
	err := forward(dst, src, tap)
	switch {
	case err == nil, err == ErrStopped:
		_ = dst.CloseWrite() // if that fails, so does the other direction
	case !errors.Is(err, syscall.EPIPE):
		abort(dst)
		abort(src)
	default: // dst had finished and is gone; what it has sent still goes to src
	}
	tap.End(err)
}

// abort closes a connection by a reset.
func abort(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

// forward writes what it reads. Its errors are those of Tap.End.
func forward(dst, src *net.TCPConn, tap Tap) error {
	buf := make([]byte, 4<<10) // most connections are idle
	for {
		n, err := src.Read(buf)
		if n > 0 {
			wrote, werr := dst.Write(buf[:n])
			if tap.Bytes(buf[:wrote]); werr != nil {
				err = &WriteError{werr}
			}
		}
		if err != nil {
			return reason(err)
		}
		if n == 4<<10 && n == len(buf) {
			buf = make([]byte, 64<<10)
		}
	}
}

// reason tells what the relay has done itself from what the peers have.
func reason(err error) error {
	_, unsent := err.(*WriteError)
	switch {
	case err == io.EOF:
		return nil
	case errors.Is(err, net.ErrClosed):
		return ErrAborted
	case errors.Is(err, os.ErrDeadlineExceeded) && !unsent:
		return ErrStopped
	}
	return err
}
