package transport

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Stream is one end of a stream. What only the other role may do is refused by
// codec.Conn (12005): SendHeader is a server's, CloseSend a client's. All
// methods may be called by several goroutines.
//
// It ends with its context. A client's is the one that Open was given; when it
// is done, the stream is reset. A server's is canceled when the client resets
// the stream, when the connection is lost and when the handler returns, with the
// error of Recv as its cause. Streams that are opened with it to yet another
// server are then reset with the same code and text, and pass the path of the
// cancel on, one hop longer (rule 8.4).
type Stream struct {
	c       *conn
	ctx     context.Context
	cancel  context.CancelCauseFunc
	unwatch func() bool   // of ctx, at a client
	timeout time.Duration // that ctx had left when the stream was opened

	// c.mu guards what follows.
	st       trailer.Stream
	data     frame.Template
	header   map[string]string // the peer's, or nil as long as it has not come
	trailer  map[string]string // the peer's
	headed   bool              // our own header is sent
	pairs    []status.Pair     // of our own trailer
	handling bool              // a handler runs
	in       [][]byte          // messages that have come
	recvErr  error             // what Recv gives behind them: io.EOF if all is well
	ended    error             // the same, once the stream is over both ways
	come     sync.Cond         // what is waited for: a header, a message, the end
}

func newStream(ctx context.Context, c *conn, st *trailer.Stream) *Stream {
	s := &Stream{c: c, st: *st, unwatch: func() bool { return false }}
	s.come.L = &c.mu
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	return s
}

// Context is the stream's context.
func (s *Stream) Context() context.Context { return s.ctx }

// Method is the method that the client asked for.
func (s *Stream) Method() string { return s.st.Method }

// lock locks the connection when there is room for a frame, or none is needed
// any more.
func (s *Stream) lock() {
	s.c.mu.Lock()
	s.waitForRoom()
}

func (s *Stream) waitForRoom() {
	for len(s.c.out) > s.c.opt.SendBuffer && s.ended == nil && s.c.err == nil {
		s.c.room.Wait()
	}
}

// result is the error that a user gets for one of codec.Conn's.
func (s *Stream) result(err error) error {
	switch {
	case err == nil:
		return nil
	case s.ended != nil && s.ended != io.EOF:
		return s.ended
	case err == wire.ErrConnClosed: // at Open: streams that were live have ended by it
		e := s.fault(status.TransportClosing, "")
		if !errors.Is(s.c.err, io.EOF) { // which is how a stream ends well
			e.Cause = s.c.err
		}
		return e
	}
	return status.FromError(err).Err()
}

// Send sends a message. It blocks while too much waits to be written, at the
// longest until the stream ends. msg is the caller's again when it returns.
func (s *Stream) Send(msg []byte) error {
	s.lock()
	defer s.c.mu.Unlock()
	err := s.sendable()
	if err == nil && !s.headed {
		err = s.sendHeader(nil)
	}
	if err == nil {
		err = s.c.append(s.c.proto.Send(s.c.out, &s.data, msg))
	}
	return s.result(err)
}

// SendHeader sends a server's header pairs, once. Without it, an empty header
// goes out in front of what is sent first.
func (s *Stream) SendHeader(pairs ...status.Pair) error {
	s.lock()
	defer s.c.mu.Unlock()
	err := s.sendable()
	if err == nil {
		err = s.sendHeader(pairs)
	}
	return s.result(err)
}

func (s *Stream) sendHeader(pairs []status.Pair) error {
	err := s.c.append(s.c.proto.SendHeader(s.c.out, &s.st, pairs))
	s.headed = s.headed || err == nil || err == wire.ErrHeaderSent
	return err
}

// sendable refuses what is sent on a stream that is over. codec.Conn knows ids
// only, and this one may be of a later stream by now.
func (s *Stream) sendable() error {
	if s.ended != nil {
		return wire.ErrStreamEnded
	}
	return nil
}

// SetTrailer sets the pairs of a server's trailer, which goes out when the
// handler returns.
func (s *Stream) SetTrailer(pairs ...status.Pair) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.pairs = pairs
}

// CloseSend tells the server that no more messages come. For a stream that has
// ended there is nobody to tell: Recv says how it ended.
func (s *Stream) CloseSend() error {
	s.lock()
	defer s.c.mu.Unlock()
	if s.ended != nil {
		return nil
	}
	return s.result(s.c.append(s.c.proto.CloseSend(s.c.out, &s.st)))
}

// Recv is the next message. Behind the last one it gives io.EOF if the peer
// ended well, and otherwise the error, over and over. When the peer resets the
// stream, messages that have not been taken are lost.
func (s *Stream) Recv() ([]byte, error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for len(s.in) == 0 && s.recvErr == nil {
		s.come.Wait()
	}
	if len(s.in) == 0 {
		return nil, s.recvErr
	}
	msg := s.in[0]
	s.take(1)
	return msg, nil
}

// Header is the header of the peer: at a client, it waits for it; at a server it
// is the metadata that the stream was opened with. It is empty if a message comes
// first.
func (s *Stream) Header() (map[string]string, error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for s.header == nil && s.ended == nil {
		s.come.Wait()
	}
	if s.header == nil && s.ended != io.EOF {
		return nil, s.ended
	}
	return s.header, nil
}

// Trailer is the trailer of the server, once Recv has given an error; nil if the
// stream has ended without one.
func (s *Stream) Trailer() map[string]string {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	return s.trailer
}

// take removes the first n messages that have come.
func (s *Stream) take(n int) {
	full := s.c.proto.Full()
	for _, msg := range s.in[:n] {
		s.c.proto.Taken(s.st.ID, len(msg))
	}
	clear(s.in[:n])
	s.in = s.in[n:]
	if full {
		s.c.room.Broadcast()
	}
	s.release()
}
