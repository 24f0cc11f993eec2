package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// scanner walks over the frames of one input in constant memory.
//
//	for err := s.next(); err == nil; err = s.next() { use s.frame, s.start, ... }
//
// A frame is held whole where it fits. One that does not is only its header
// here; next steps over its payload, or leaves that to writePayload where the
// payload is wanted.
type scanner struct {
	in   *input
	lim  frame.Limits
	want [frame.Rst + 1]bool // by frame type: whether such payloads are wanted

	record      // the current frame; valid until next or writePayload
	header bool // its header is known, also after a *cutError

	head []byte // the header of a frame that is not held
	held int    // how much of in's unread bytes belongs to the frame
	rest int    // how much of a payload that is not held has not been read

	try   frame.Frame // what seek looks at
	spent int64       // how many bytes of header info seek has looked at
}

// cutError says that the input ends inside a frame.
type cutError struct {
	start int64 // where the frame starts in the input
	have  int   // bytes of it that are there
	need  int   // its whole size; 14 if not even its LENGTH is there
	err   error // a *readError, if it was no end that cut it
}

func (e *cutError) Error() string {
	return fmt.Sprintf("cut short: the frame that starts at byte %d needs %d bytes and %d are there", e.start, e.need, e.have)
}

// Unwrap gives what ended the input if not its end.
func (e *cutError) Unwrap() error { return e.err }

// errFolder is what opening a folder gives.
var errFolder = errors.New("is a folder: name the files in it")

// readError says where reading failed; what it wraps is the reader's word.
type readError struct {
	off int64
	err error
}

func (e *readError) Error() string { return fmt.Sprintf("reading at byte %d: %v", e.off, e.err) }
func (e *readError) Unwrap() error { return e.err }

// next moves to the next frame. Its errors end the input, or what of it hangs
// together: io.EOF or a *gapError where it is whole, a *wire.Error where the
// next frame is illegal, a *cutError where it is not there whole, a *readError
// where reading failed before that was known.
func (s *scanner) next() error {
	if err := s.leave(); err != nil {
		return err
	}
	s.start, s.header = s.in.off, false
	if s.pour == nil {
		s.pour = s.copyPayload
	}
	for {
		n, payload, err := s.frame.ParseHeaderWithin(s.in.unread(), &s.lim)
		switch {
		case err != nil && err != wire.ErrShort:
			return s.illegal(n, err)
		case err == nil:
			s.size, s.payload, s.header = n+payload, payload, true
			if n = s.size; n <= len(s.in.unread()) {
				s.held = n
				s.frame.Payload = s.in.unread()[n-payload : n : n]
				return nil
			}
			if !s.holds() {
				return s.detach(n - payload)
			}
		}
		if err := s.in.fill(n); err != nil {
			return s.ended(err)
		}
	}
}

// known is the current frame if its header is known, or nil.
func (s *scanner) known() *frame.Frame {
	if !s.header {
		return nil
	}
	return &s.frame
}

// leave steps over what is left of the current frame.
func (s *scanner) leave() error {
	s.in.step(s.held)
	if s.held = 0; s.rest == 0 {
		return nil
	}
	return s.copyPayload(io.Discard)
}

// holds reports whether the current frame is to be held whole, which an ending
// must be to be read.
func (s *scanner) holds() bool {
	wanted := s.want[s.frame.Type] || s.ends()
	return s.size <= len(s.in.buf) || wanted && s.size <= maxHeld
}

// detach takes the frame's header of n bytes out of the input's way, and steps
// over its payload if that is not wanted.
func (s *scanner) detach(n int) error {
	s.head = append(s.head[:0], s.in.unread()[:n]...)
	_, _, _ = s.frame.ParseHeaderWithin(s.head, &s.lim) // the same bytes were legal just now
	s.in.step(n)
	if s.rest = s.payload; s.want[s.frame.Type] {
		return nil
	}
	return s.copyPayload(io.Discard)
}

// copyPayload is writePayload for frames that may not be held.
func (s *scanner) copyPayload(w io.Writer) error {
	if s.rest == 0 {
		_, err := w.Write(s.frame.Payload)
		return err
	}
	n, err := s.in.forward(w, s.rest)
	s.rest -= n
	if err == nil || len(s.in.unread()) > 0 { // with bytes left to write it is w that failed
		return err
	}
	cut := &cutError{start: s.start, have: s.size - s.rest, need: s.size}
	if s.rest = 0; !isEnd(err) {
		cut.err = &readError{s.in.off, err}
	}
	return cut
}

// ended judges what is there of a frame that the input ends in.
func (s *scanner) ended(err error) error {
	b := s.in.unread()
	if !isEnd(err) {
		return &readError{s.in.off + int64(len(b)), err}
	}
	if len(b) == 0 {
		return err
	}
	if _, _, err = s.frame.ParseHeaderWithin(b, &s.lim); err == nil {
		return &cutError{start: s.start, have: len(b), need: s.size}
	}
	n, err := s.frame.ParseWithin(b, &s.lim)
	if s.header = false; err != wire.ErrShort {
		return s.illegal(n, err)
	}
	return &cutError{start: s.start, have: len(b), need: n}
}

// illegal gives a parse error its place.
func (s *scanner) illegal(at int, err error) error {
	var code wire.Code
	errors.As(err, &code)
	return &wire.Error{Code: code, Frame: s.start, Offset: at}
}
