package main

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/ttwire/ttwire/status"
)

// step is one station of a cancel: who, and what it did.
type step struct{ who, did string }

// foreignHop is what live peers put into a path for all hops of another
// protocol.
const foreignHop = "non-ttstream path"

// pathOf is the way that a cancel or timeout took to the place of the error,
// as far as the text tells, and nil for errors of other classes. The names are
// escaped.
func pathOf(e *status.Error) []step {
	did := verb(e)
	if len(e.CancelPath) == 0 {
		return pathless(e, did)
	}
	steps := make([]step, 0, len(e.CancelPath)+1)
	for _, hop := range e.CancelPath {
		steps = append(steps, step{hopName(hop), did})
		if hop == foreignHop {
			steps[len(steps)-1].did = "not streaming"
		}
		did = "passed it on"
	}
	return append(steps, here(e.Side))
}

// verb is what the first one of a path did.
func verb(e *status.Error) string {
	switch {
	case errors.Is(e, status.CanceledByConnection):
		return "connection lost"
	case errors.Is(e, status.CanceledByReturn):
		return "handler returned"
	case errors.Is(e, status.ClassTimeout):
		return "ran out of time"
	case errors.Is(e, status.ClassCancel):
		return "cancelled"
	}
	return "gave up"
}

// pathless is the way of an error without a path, where code and side tell it.
func pathless(e *status.Error, did string) []step {
	info, _ := e.Info()
	if e.Kind != status.Stream || e.Side == status.SideUnknown || !info.Canceled && !info.Timeout {
		return nil
	}
	switch status.StreamCode(e.Code) {
	case status.CanceledInternally:
		return []step{{"another protocol", did}, here(e.Side)}
	case status.CanceledByDownstream, status.CanceledByUpstream, status.CanceledByConnection:
		return []step{{"the " + otherSide(e.Side).String(), did}, here(e.Side)}
	}
	if e.Side != info.Side {
		return []step{{"the " + info.Side.String(), did}, here(e.Side)}
	}
	return []step{{"here, " + e.Side.String() + " side", did}}
}

func otherSide(s status.Side) status.Side {
	if s == status.SideClient {
		return status.SideServer
	}
	return status.SideClient
}

// here is the end of every path.
func here(s status.Side) step {
	if s == status.SideUnknown {
		return step{"here", ""}
	}
	return step{"here", s.String() + " side"}
}

// hopName is the name of a hop as it may be shown: a long one is cut, since a row
// of names must stay readable, and one with an arrow in it is quoted, so that it
// does not look like two.
func hopName(hop string) string {
	switch {
	case hop == "":
		return "(no name)"
	case strings.Contains(hop, "->") && len(hop) <= maxKeyShown:
		return string(appendQuoted(nil, []byte(hop)))
	}
	return string(appendCut(nil, []byte(hop), maxKeyShown))
}

// arrow stands between two steps of a path.
const arrow = "  -->  "

// drawPath draws a path: in two lines if these are no wider than width, else
// with a line for each step.
func drawPath(steps []step, width int) []string {
	var above, below []byte
	for i, s := range steps {
		column := max(utf8.RuneCountInString(s.who), utf8.RuneCountInString(s.did))
		if i > 0 {
			above = append(above, arrow...)
			below = pad(below, len(arrow))
		}
		above, below = append(above, s.who...), append(below, s.did...)
		if i < len(steps)-1 {
			above = pad(above, column-utf8.RuneCountInString(s.who))
			below = pad(below, column-utf8.RuneCountInString(s.did))
		}
	}
	if max(utf8.RuneCount(above), utf8.RuneCount(below)) <= width {
		return []string{string(above), string(below)}
	}
	return drawDown(steps)
}

// drawDown draws a path from top to bottom.
func drawDown(steps []step) []string {
	wide := 0
	for _, s := range steps {
		wide = max(wide, utf8.RuneCountInString(s.who))
	}
	lines := make([]string, 0, len(steps))
	for i, s := range steps {
		line := []byte("    ")
		if i > 0 {
			line = append(line[:0], "--> "...)
		}
		line = append(line, s.who...)
		if s.did != "" {
			line = append(pad(line, wide-utf8.RuneCountInString(s.who)+2), s.did...)
		}
		lines = append(lines, string(line))
	}
	return lines
}
