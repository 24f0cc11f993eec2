package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
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

// Cancel resets the stream, unless it has ended. At a client it frees what the
// stream holds, as receiving until there is an error does: one of the two must
// be done.
func (s *Stream) Cancel() {
	s.cancel(nil)
	s.expired()
}

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
	case s.c.err != nil:
		return status.WrapStream(s.c.err, status.TransportClosing)
	}
	return status.FromError(err).Err()
}

// Send sends a message. It blocks while too much waits to be written, at the
// longest until the stream ends. msg is the caller's again when it returns.
func (s *Stream) Send(msg []byte) error {
	s.lock()
	defer s.c.mu.Unlock()
	if err := s.sendHeader(nil); err != nil {
		return s.result(err)
	}
	return s.result(s.c.append(s.c.proto.Send(s.c.out, &s.data, msg)))
}

// SendHeader sends a server's header pairs, once. Without it, an empty header
// goes out in front of what is sent first.
func (s *Stream) SendHeader(pairs ...status.Pair) error {
	s.lock()
	defer s.c.mu.Unlock()
	s.headed = false
	return s.result(s.sendHeader(pairs))
}

func (s *Stream) sendHeader(pairs []status.Pair) (err error) {
	if !s.headed {
		s.headed = true
		err = s.c.append(s.c.proto.SendHeader(s.c.out, &s.st, pairs))
	}
	return err
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
// is the metadata that the stream was opened with.
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

// Trailer is the trailer of the server, once Recv has given an error.
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

// closeRecv ends receiving.
func (s *Stream) closeRecv(why error) {
	if s.recvErr = why; why == nil {
		s.recvErr = io.EOF
	}
	s.come.Broadcast()
}

// end ends the stream for its user.
func (s *Stream) end(why error) {
	s.closeRecv(why)
	s.ended = s.recvErr
	s.unwatch()
	s.cancel(why)
	s.c.room.Broadcast()
	s.release()
}

// release frees the stream's slot, once it is over and its user is done.
func (s *Stream) release() {
	c := s.c
	if s.ended == nil || len(s.in) > 0 || s.handling || c.streams[s.st.ID] != s {
		return
	}
	_ = c.proto.Release(s.st.ID)
	delete(c.streams, s.st.ID)
	c.closeIfDrained()
}

// expired resets the stream since its context is done.
func (s *Stream) expired() {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.reset(s.reason())
}

// reason is what a done context means to the user and to the peer.
func (s *Stream) reason() *status.Exception {
	cause := context.Cause(s.ctx)
	switch e := status.FromError(cause); {
	case errors.Is(cause, context.DeadlineExceeded):
		return s.fault(status.StreamTimeout, fmt.Sprint("stream timeout, timeout in ctx: ", s.timeout))
	case errors.Is(cause, context.Canceled):
		return s.fault(status.Canceled, "")
	case e.Kind == status.Stream: // of the handler that has opened this stream: passed on
		why := s.fault(status.StreamCode(e.Code), (*status.Exception)(e).Msg())
		why.CancelPath = e.CancelPath
		return why
	}
	return s.fault(status.CanceledWithCause, cause.Error())
}

// fault is an error of this side; without msg it has the code's own text.
func (s *Stream) fault(code status.StreamCode, msg string) *status.Exception {
	e := status.NewStream(code, msg)
	e.Side = s.c.role.Side()
	return e
}

// reset ends the stream at once and both ways.
func (s *Stream) reset(why *status.Exception) {
	if s.ended != nil {
		return
	}
	path := trailer.Path(strings.Join(why.CancelPath, ","))
	st := trailer.Cancel(status.StreamCode(why.Code), why.Msg(), path, s.c.opt.Name)
	_ = s.c.append(s.c.proto.Reset(s.c.out, &s.st, &st))
	s.take(len(s.in))
	s.end(why)
}
