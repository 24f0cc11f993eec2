package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// record is a frame as printers get it, valid until the next one is read.
type record struct {
	frame   frame.Frame
	start   int64 // where it starts in the input
	size    int   // its length on the wire, in bytes
	payload int   // the length of its payload, in bytes

	// resynced marks frames that were found by their looks, and those behind
	// them: it is likely, and not certain, that they are what was sent.
	resynced bool

	// Only of a tap, which knows the direction: half marks a client's trailer, after
	// what comes behind the end of its stream.
	half, after bool

	// status is the ending that a trailer or rst carries, after judge. unread
	// marks one in a payload too large to be held, of which nothing is known.
	status status.Status
	unread bool

	// pour writes the payload to w; nil for a frame that is held.
	pour func(w io.Writer) error
}

// writePayload writes the payload to w. Where the frame is not held this reads
// the input, is possible once, and gives a *cutError where the payload is not
// there whole. Its other errors are those of w.
func (r *record) writePayload(w io.Writer) error {
	if r.pour != nil {
		return r.pour(w)
	}
	_, err := w.Write(r.frame.Payload)
	return err
}

// ends reports whether the frame carries an ending.
func (r *record) ends() bool { return r.frame.Type == frame.Trailer || r.frame.Type == frame.Rst }

// judge reads the ending that the frame carries, if it is of those that do.
func (r *record) judge(m trailer.Mode) {
	if !r.ends() {
		return
	}
	r.status = status.Status{}
	if r.unread = len(r.frame.Payload) < r.payload; !r.unread {
		_ = trailer.ParseInto(&r.status, &r.frame, m) // status has all that the error says
	}
}

// readable reports whether all of the ending could be read. An rst whose
// exception is illegal is an ending all the same, and not readable.
func (r *record) readable() bool { return !r.ends() || !r.unread && r.status.Err == 0 }

// maxErrorText is how much of a peer's message goes into an error text at once,
// since that is made in memory.
const maxErrorText = 64 << 10

// errorText is the ending as a user's error shows it, the side apart. Of a
// message over maxErrorText it has the start, and how long the message is.
func (r *record) errorText() string {
	text, rest := r.errorStart()
	if len(rest) > 0 {
		text += fmt.Sprintf("... of %d bytes", len(r.status.Message))
	}
	return text
}

// errorStart is errorText, and what of a long message is not in it.
func (r *record) errorStart() (text string, rest []byte) {
	s := r.status
	s.Extra = nil // is in no text
	if s.Ending == status.EndIllegal {
		s.Message = nil // nor is what could be read all the same
	}
	n := escapedPiece(s.Message, maxErrorText)
	s.Message, rest = s.Message[:n], s.Message[n:]
	text = trailer.Err(&s, status.SideUnknown).Error()
	if s.NoDetail {
		// The code depends on the side (rule 8.2), which is not known here.
		_, text, _ = strings.Cut(text, "] ")
	}
	return text, rest
}
