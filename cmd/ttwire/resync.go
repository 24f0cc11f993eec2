package main

import (
	"bytes"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// This file finds frames in bytes of which nobody says where one starts.

const (
	// maxLook is how far seek looks ahead for what follows a frame. Of a longer
	// frame its header must do.
	maxLook = 1 << 20

	// What seek may spend on looking into header info: bytes at once, and for
	// each byte of the input. Without a limit, bytes that look like the starts
	// of many large headers one inside the other would take quadratic time.
	creditAtOnce  = 1 << 20
	creditPerByte = 4
)

// What the fixed part begins with (docs/wire.md, section 2).
const (
	lengthSize = 4
	flagsEnd   = 8
)

var magic = []byte{0x10, 0x00}

// seek moves the input to the next plausible frame at byte from or behind it.
// Its errors are those of next that are no frame's: what ended the input.
//
// A frame is plausible if its header is legal, and either the input ends inside
// or right behind it, or the bytes behind it are the start of a legal header
// too. This is what keeps frames out that are somebody's payload: the last one
// of them is followed by something else, unless the payload ends with it and
// its own frame's header is what was damaged (see ownEnd).
func (s *scanner) seek(from int64) error {
	for s.in.off < from {
		if err := s.in.fill(1); err != nil {
			return s.sought(err)
		}
		s.in.step(int(min(from-s.in.off, int64(len(s.in.unread())))))
	}
	for {
		n, found := nextMagic(s.in.unread())
		s.in.step(n)
		switch {
		case !found:
			if err := s.in.peek(len(s.in.unread()) + 1); err != nil {
				s.in.step(len(s.in.unread()))
				return s.sought(err)
			}
		case s.plausible():
			return nil
		default:
			s.in.step(1)
		}
	}
}

// sought gives what ended the input its place.
func (s *scanner) sought(err error) error {
	if isEnd(err) {
		return err
	}
	return &readError{s.in.off, err}
}

// nextMagic is where in b a frame could start that has its MAGIC in b, and its
// FLAGS if they are there; or how many bytes of b can be no start.
func nextMagic(b []byte) (n int, found bool) {
	for len(b)-n >= lengthSize+len(magic) {
		i := bytes.Index(b[n+lengthSize:], magic)
		if i < 0 {
			return len(b) - (lengthSize + len(magic) - 1), false
		}
		if n += i; len(b)-n < flagsEnd || begun(b[n:]) {
			return n, true
		}
		n++
	}
	return n, false
}

// plausible reports whether the input goes on with a plausible frame.
func (s *scanner) plausible() bool {
	size, err := s.headerAt(0)
	if err != nil {
		return false
	}
	return size > maxLook || s.endsWithin(size) || s.startAt(size)
}

// endsWithin reports whether no byte of the input comes behind the next n.
func (s *scanner) endsWithin(n int) bool {
	return s.in.peek(n+1) != nil && len(s.in.unread()) <= n
}

// startAt reports whether a legal header stands n bytes ahead, as far as the
// input goes.
func (s *scanner) startAt(n int) bool {
	_, err := s.headerAt(n)
	return err == nil || err == wire.ErrShort
}

// headerAt reads the header that stands n bytes ahead, and gives the size of
// its frame. wire.ErrShort is where the input ends inside it.
func (s *scanner) headerAt(n int) (size int, err error) {
	for {
		b := s.in.unread()
		if s.spent > creditAtOnce+creditPerByte*s.in.off {
			return 0, errTooDear
		}
		b = b[min(n, len(b)):]
		head, payload, err := s.try.ParseHeaderWithin(b, &s.lim)
		s.spent += int64(min(head, len(b)))
		if err != wire.ErrShort {
			return head + payload, err
		}
		if s.in.peek(n+head) != nil && len(s.in.unread()) <= n+len(b) { // nothing more has come
			return 0, err
		}
	}
}

// errTooDear is a header that was not read. It stays in this file.
const errTooDear = wire.ErrHeaderLimit

// ownEnd is how long the illegal frame at the start of the unread bytes says it
// is. ok is false where it is no frame by its first 8 bytes, or another frame
// or the end of the input does not follow: then its LENGTH is not to be trusted.
//
// With it, a payload is stepped over as such even where all of it looks like
// frames.
func (s *scanner) ownEnd() (n int, ok bool) {
	b := s.in.unread()
	if !begun(b) {
		return 0, false
	}
	n = lengthSize + int(wire.Uint32(b, 0))
	if n < frame.FixedSize || n > maxLook {
		return 0, false
	}
	if s.endsWithin(n) {
		return n, len(s.in.unread()) == n
	}
	return n, s.startAt(n)
}

// begun reports whether b begins as frames of TTHeader Streaming do: with MAGIC
// and the streaming flag.
func begun(b []byte) bool {
	return len(b) >= flagsEnd && bytes.Equal(b[lengthSize:lengthSize+len(magic)], magic) &&
		frame.Flags(wire.Uint16(b, lengthSize+len(magic)))&frame.FlagStreaming != 0
}
