package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// Cancel resets the stream, unless it has ended, and drops what has come and has
// not been taken. At a client it frees what the stream holds, as receiving until
// there is an error does: one of the two must be done.
func (s *Stream) Cancel() {
	s.cancel(nil)
	why := s.reason()
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.reset(why)
	if len(s.in) > 0 && s.recvErr == io.EOF { // with messages lost, it is no good end
		s.recvErr = s.fault(status.Canceled, "")
	}
	s.take(len(s.in))
}

// closeRecv ends receiving.
func (s *Stream) closeRecv(why error) {
	if s.recvErr = why; why == nil {
		s.recvErr = io.EOF
	}
	s.come.Broadcast()
}

// end ends the stream for its user. The first reason counts.
func (s *Stream) end(why error) {
	if s.ended != nil {
		return
	}
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
	if c.proto.Release(s.st.ID) == nil {
		delete(c.streams, s.st.ID)
		c.closeIfDrained()
	}
}

// expired resets the stream since its context is done.
func (s *Stream) expired() {
	why := s.reason()
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.reset(why)
}

// reason is what a done context means to the user and to the peer. It calls
// methods of the user's error: without the lock, and one of a nil pointer panics.
func (s *Stream) reason() (why *status.Exception) {
	cause := context.Cause(s.ctx)
	defer func() {
		if recover() != nil {
			why = s.fault(status.CanceledWithCause, fmt.Sprintf("a cause of type %T that panics", cause))
		}
	}()
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
	if s.c.streams[s.st.ID] == s { // it has been opened
		path := trailer.Path(strings.Join(why.CancelPath, ","))
		st := trailer.Cancel(status.StreamCode(why.Code), why.Msg(), path, s.c.opt.Name)
		s.conclude(s.c.proto.Reset(s.c.out, &s.st, &st))
	}
	s.take(len(s.in))
	s.end(why)
}

// bare is the ending of an rst that says nothing: the smallest there is.
var bare = status.Status{Ending: status.EndCanceled, NoDetail: true}

// conclude takes the stream's last frame, or the error by which it was refused:
// the limits hold for what is sent, too. The peer must learn of the end all the
// same, if need be by a bare rst, or by that of the connection.
func (s *Stream) conclude(out []byte, err error) {
	if s.c.append(out, err) == nil {
		return
	}
	if s.c.append(s.c.proto.Reset(s.c.out, &s.st, &bare)) != nil {
		s.c.lose(err)
	}
}
