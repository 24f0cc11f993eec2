package fuzz

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/status"
)

// printable reports whether s is one line of text that cannot steer a terminal.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return isControl(r) || r == '\u2028' || r == '\u2029' || 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
	})
}

// ParseText: status.ParseText and FindText over any text. What they find lies
// in the text and in order, and reads the same when it is printed again.
func ParseText(t T, in []byte) {
	s := string(in)
	first, ok := status.ParseText(s)
	if ok != (first != nil) {
		t.Fatalf("%v, %v", first, ok)
	}
	end, count := 0, 0
	for found := range status.FindText(s) {
		if found.Start < end || found.End <= found.Start || found.End > len(s) || found.Err == nil {
			t.Fatalf("found %d to %d behind %d, of %d bytes: %v", found.Start, found.End, end, len(s), found.Err)
		}
		if count++; count == 1 && (!ok || found.Err.Kind != first.Kind || found.Err.Code != first.Code) {
			t.Fatalf("FindText begins with %v, ParseText with %v", found.Err, first)
		}
		if head := headOf(found.Err); !strings.HasPrefix(s[found.Start:], head[0]) && !strings.HasPrefix(s[found.Start:], head[1]) {
			t.Fatalf("%q at %d reads as %v", s[found.Start:min(len(s), found.Start+60)], found.Start, found.Err)
		}
		end = found.End
		readsAgain(t, found.Err)
	}
	if ok != (count > 0) {
		t.Fatalf("ParseText finds %v, FindText %d", first, count)
	}
	if ok {
		readsAgain(t, first)
	}
	// A record of 96 bytes for each head, of which the shortest has 23, and its
	// strings. ParseText prints each of up to 16 causes again to see that its
	// text is an error's to the byte, and each is part of the one above it: that
	// comes to 50 times.
	find := func(in []byte) {
		for range status.FindText(string(in)) {
		}
	}
	allocates(t, in, 8, 1<<12, func() { find(in) })
	allocates(t, in, 64, 1<<12, func() { status.ParseText(s) })
	linear(t, in, find)
	linearTimes(t, in, parseTextTimes, func(in []byte) { status.ParseText(string(in)) })
}

// parseTextTimes is for the up to 16 causes that ParseText prints again, which
// takes most of one maxReadings where the code is instrumented.
const parseTextTimes = 4

// headOf is what stands at the front of an error's text: in its own form, or
// Kitex's of a business error.
func headOf(e *status.Error) [2]string {
	own := fmt.Sprintf("type:%v, code:%d, msg:", e.Kind, e.Code)
	switch e.Kind {
	case status.Stream:
		own = fmt.Sprintf("[ttstream error, code=%d]", e.Code)
	case status.Business:
		return [2]string{own, fmt.Sprintf("biz error: code=%d, msg=", e.Code)}
	}
	return [2]string{own, own}
}

// readsAgain asserts that an error's text is its own: printable, and the same
// when it is read and printed again.
func readsAgain(t T, e *status.Error) {
	t.Helper()
	text := e.Error()
	if !printable(text) {
		t.Fatalf("cannot be printed: %q", text)
	}
	got, ok := status.ParseText(text)
	if e.Kind == status.Application {
		return // its text is its message alone
	}
	if !ok || got.Error() != text {
		t.Fatalf("text  %q\nreads %v", text, got)
	}
}

// longText is how long a text may be, in bytes: runs in a script can make 1 MiB,
// which would take much of the time.
const longText = 64 << 10

// ErrorText: status.ParseText of the text of any status.Error gives an error of
// the same text, and, under the conditions of its doc comment, the same error.
func ErrorText(t T, in []byte) {
	e := script.NewReader(in).Error()
	if len(e.Error()) > longText {
		return
	}
	readsAgain(t, e)
	inTime(t, []byte(e.Error()), parseTextTimes, func(text []byte) { status.ParseText(string(text)) })
	isKnown(t, e)
	if got, ok := status.ParseText(e.Error()); isPlain(e, true) && (!ok || !sameError(got, e)) {
		t.Fatalf("text %q\nread %+v\nwant %+v", e, got, e)
	}
	if quoted := fmt.Sprintf("%q %+v", e, e); strings.ContainsFunc(quoted, func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' }) {
		t.Fatalf("%%q or %%+v cannot be printed: %q", quoted)
	}
}

// isKnown asserts that the error that a user gets leads back to what is known.
func isKnown(t T, e *status.Error) {
	t.Helper()
	user := fmt.Errorf("wrapped: %w", e.Err())
	if status.FromError(user) != e || !errors.Is(user, e.Kind) {
		t.Fatalf("%+v is not found behind %v", e, user)
	}
	var biz *status.BizError
	if errors.As(e.Err(), &biz) && e.Kind != status.Business && !hasBusiness(e.Cause) {
		t.Fatalf("%v passes for a business error", e.Kind)
	}
}

func hasBusiness(err error) bool {
	var biz *status.BizError
	return errors.As(err, &biz)
}

// marks are what a message may not hold if ParseText is to give it back.
var marks = []string{"[ttstream error, code=", "type:", "biz error: ", ", caused by "}

func isPlainText(s string) bool {
	for _, m := range marks {
		if strings.Contains(s, m) {
			return false
		}
	}
	return !strings.HasPrefix(s, `\x5b`)
}

// isPlain reports whether ParseText promises to give e back: by its doc
// comment, and where what it does not promise is not in e.
func isPlain(e *status.Error, outermost bool) bool {
	if e.Kind == status.Application || !isPlainText(e.Message) || len(e.CancelPath) > 17 {
		return false
	}
	if e.Kind == status.Stream && e.Cause != nil && e.Message != "" {
		return false // the message of a Stream error that has a cause is not in the text
	}
	below := causeOf(e.Cause)
	switch {
	case e.Cause == nil:
		return true
	case below != nil:
		return depthOf(e) <= 16 && isPlain(below, false)
	}
	return e.Kind != status.Stream && plainErr(e.Cause) && isPlainText(e.Cause.Error())
}

// plainErr reports whether an error of another package has none of ours below.
func plainErr(err error) bool { return errors.Unwrap(err) == nil }

// causeOf is a cause as the error of package status that it is itself.
func causeOf(err error) *status.Error {
	switch e := err.(type) {
	case *status.BizError:
		return (*status.Error)(e)
	case *status.Exception:
		return (*status.Error)(e)
	}
	return nil
}

func depthOf(e *status.Error) int {
	n := 0
	for e = causeOf(e.Cause); e != nil; e = causeOf(e.Cause) {
		n++
	}
	return n
}

// sameError compares what a text can tell.
func sameError(a, b *status.Error) bool {
	if a.Kind != b.Kind || a.Code != b.Code || a.Side != b.Side || a.Message != b.Message || len(a.CancelPath) != len(b.CancelPath) {
		return false
	}
	for i, hop := range a.CancelPath {
		if hop != b.CancelPath[i] {
			return false
		}
	}
	x, y := causeOf(a.Cause), causeOf(b.Cause)
	switch {
	case x != nil && y != nil:
		return sameError(x, y)
	case x != nil || y != nil:
		return false
	case a.Cause == nil || b.Cause == nil:
		return a.Cause == nil && b.Cause == nil
	}
	return rawCause(a.Cause) == rawCause(b.Cause)
}

func rawCause(err error) string { return err.Error() }
