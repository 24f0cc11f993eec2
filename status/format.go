package status

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
)

// Format prints the text for %v and %s, that text quoted for %q, and for %+v
// everything that is known, on several lines, each of which begins with a tab
// but the first.
func (e *Error) Format(s fmt.State, verb rune) {
	if verb == 'v' && s.Flag('+') {
		_, _ = s.Write(e.appendDetail(nil, "\n\t"))
		return
	}
	_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), e.Error())
}

// Format is that of [Error].
func (e *BizError) Format(s fmt.State, verb rune) { (*Error)(e).Format(s, verb) }

// Format is that of [Error].
func (e *Exception) Format(s fmt.State, verb rune) { (*Error)(e).Format(s, verb) }

// LogValue is the error as a group of attributes, its cause as one of its own.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("kind", e.Kind.String()),
		slog.Int("code", int(e.Code)),
	}
	add := func(ok bool, a slog.Attr) {
		if ok {
			attrs = append(attrs, a)
		}
	}
	info, known := e.Info()
	add(known, slog.String("name", info.Name))
	add(e.Side != SideUnknown, slog.String("side", e.Side.String()))
	add(e.Remote, slog.Bool("remote", true))
	add(e.Message != "", slog.String("message", e.Message))
	add(e.Desc != "", slog.String("desc", e.Desc))
	add(e.Extra != nil, slog.Any("extra", e.Extra))
	add(e.CancelPath != nil, slog.Any("canceled_path", e.CancelPath))
	add(e.Partial != nil, slog.Any("partial", e.Partial))
	add(e.Cause != nil, slog.Any("cause", e.Cause))
	return slog.GroupValue(attrs...)
}

// LogValue is that of [Error].
func (e *BizError) LogValue() slog.Value { return (*Error)(e).LogValue() }

// LogValue is that of [Error].
func (e *Exception) LogValue() slog.Value { return (*Error)(e).LogValue() }

// appendDetail appends the text and then a line for each thing it does not say,
// every line beginning with nl.
func (e *Error) appendDetail(dst []byte, nl string) []byte {
	dst = e.appendText(dst)
	line := func(name, text string) {
		dst = append(dst, nl...)
		dst = append(dst, name...)
		dst = append(dst, ": "...)
		dst = appendEscaped(dst, text, "")
	}
	line("kind", e.Kind.String())
	info, known := e.Info()
	if known {
		line("code", strconv.Itoa(int(e.Code))+" "+info.Name)
		line("class", info.Class.String())
		line("meaning", info.Meaning)
	} else {
		line("code", strconv.Itoa(int(e.Code)))
	}
	if e.Side != SideUnknown {
		line("side", e.Side.String())
	}
	if e.Remote {
		line("said by", "the peer")
	}
	if e.Desc != "" {
		line("desc", e.Desc)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Extra)) {
		line("extra", strconv.Quote(k)+" = "+strconv.Quote(e.Extra[k]))
	}
	if e.Partial != nil {
		line("read of it", partialText(e.Partial))
	}
	if e.Cause == nil {
		return dst
	}
	dst = append(dst, nl...)
	dst = append(dst, "cause: "...)
	if cause := recordOf(e.Cause); cause != nil {
		return cause.appendDetail(dst, nl+"\t")
	}
	return appendCause(dst, e.Cause)
}

// partialText is the text, with the code of a kind whose text has none.
func partialText(e *Error) string {
	if e.Kind == Application {
		return "an exception of type id " + strconv.Itoa(int(e.Code)) + ": " + e.Message
	}
	return e.Error()
}
