package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ttwire/ttwire/status"
)

// An error of package status that goes to log/slog is there as a group of
// attributes, not as a text:
//
//	"err":{"kind":"stream","code":12007,"name":"canceled","side":"server",...}
//	err.kind=stream err.code=12007 err.name=canceled err.side=server ...
const (
	recordJSON = `{"kind":"`
	recordText = ".kind="
)

// logRecord is the attributes of an error.
type logRecord struct {
	Kind    string            `json:"kind"`
	Code    *int32            `json:"code"`
	Side    string            `json:"side"`
	Remote  bool              `json:"remote"`
	Message string            `json:"message"`
	Path    []string          `json:"canceled_path"`
	Extra   map[string]string `json:"extra"` // only in JSON: the text form of a map is ambiguous
	Cause   json.RawMessage   `json:"cause"`

	cause *logRecord // of the text form
}

// maxCauses is how many records below one another are taken apart, as many as
// package status takes apart in texts; what is deeper stays text.
const maxCauses = 16

// foundRecord is a record in a text.
type foundRecord struct {
	start, end int
	err        *status.Error
}

// recordWork is how often a text is read for records, all in all. Where each is
// read once, that is once; but what begins like one may end like none, with more
// that begins like one inside.
const recordWork = 8

// maxAttrName is how long the name of an attribute may be, in bytes: so far
// before a mark may a record begin.
const maxAttrName = 1 << 10

// recordReader reads the records in a text.
type recordReader struct {
	text  string
	limit int // they begin before this
	left  int // how much may still be read, in bytes
}

// records finds the records in s that begin before limit, from the start of s
// to its end. whole is false if there was too much that only begins like one to
// look at all of it.
func records(s string, limit int) (all []foundRecord, whole bool) {
	r := recordReader{s, limit, recordWork * len(s)}
	all = r.each(all, recordJSON, r.json)
	all = r.each(all, recordText, r.attrs)
	slices.SortStableFunc(all, func(a, b foundRecord) int { return cmp.Compare(a.start, b.start) })
	return all, r.left >= 0
}

// each reads a record wherever mark stands. read tells where the record at a
// mark begins and ends, and gives a nil error if there is none.
func (r *recordReader) each(all []foundRecord, mark string, read func(at int) foundRecord) []foundRecord {
	for at := 0; r.left >= 0; {
		i := strings.Index(r.text[at:], mark)
		if i < 0 || at+i >= r.limit+maxAttrName {
			return all
		}
		found := read(at + i)
		at += i + len(mark)
		if found.err != nil && found.start < r.limit {
			all = append(all, found)
			at = max(at, found.end)
		}
	}
	return all
}

// window is the text from here on, as far as a record may go.
func (r *recordReader) window(from int) string {
	return r.text[from:min(len(r.text), from+maxFoundText)]
}

// json reads a record as slog's JSONHandler writes it.
func (r *recordReader) json(at int) foundRecord {
	window := r.window(at)
	dec := json.NewDecoder(strings.NewReader(window))
	var rec logRecord
	err := dec.Decode(&rec)
	n := int(dec.InputOffset())
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		n = int(syntax.Offset)
	case err == io.ErrUnexpectedEOF:
		n = len(window)
	}
	if r.left -= n; err != nil {
		return foundRecord{}
	}
	return foundRecord{at, at + n, rec.error(0)}
}

// attrs reads a record as slog's TextHandler writes it: attributes whose names
// begin with that of the error.
func (r *recordReader) attrs(at int) foundRecord {
	from := max(0, at-maxAttrName)
	start := from + strings.LastIndexAny(r.text[from:at], nameEnds) + 1
	r.left -= at - start
	if start == from && from > 0 {
		return foundRecord{}
	}
	prefix, window := r.text[start:at+1], r.window(start)
	var rec logRecord
	end, next := 0, 0
	for strings.HasPrefix(window[next:], prefix) {
		name, value, n := r.attr(window[next:])
		if n == 0 {
			break
		}
		rec.set(name[len(prefix):], value)
		if end = next + n; end == len(window) || window[end] != ' ' {
			break
		}
		next = end + 1
	}
	return foundRecord{start, start + end, rec.error(0)}
}

// nameEnds end the name of an attribute.
const nameEnds = " \t\n=\""

// attr reads name=value at the start of s and tells how long it is, 0 if there
// is none.
func (r *recordReader) attr(s string) (name, value string, n int) {
	i := strings.IndexAny(s, nameEnds)
	if i < 0 || s[i] != '=' {
		r.left -= len(s)
		return "", "", 0
	}
	name, value = s[:i], s[i+1:]
	if quoted, err := strconv.QuotedPrefix(value); err == nil {
		value, _ = strconv.Unquote(quoted)
		n = len(name) + 1 + len(quoted)
	} else {
		if strings.HasPrefix(value, `"`) {
			r.left -= len(value) // it may have been looked at to its end
		}
		if i := strings.IndexAny(value, " \t\r\n"); i >= 0 {
			value = value[:i]
		}
		n = len(name) + 1 + len(value)
	}
	r.left -= n
	return name, value, n
}

// set sets what an attribute of the text form says.
func (r *logRecord) set(name, value string) {
	for range maxCauses {
		below, ok := strings.CutPrefix(name, "cause.")
		if !ok {
			break
		}
		if r.cause == nil {
			r.cause = &logRecord{}
		}
		r, name = r.cause, below
	}
	switch name {
	case "kind":
		r.Kind = value
	case "code":
		if code, err := strconv.ParseInt(value, 10, 32); err == nil {
			c := int32(code)
			r.Code = &c
		}
	case "side":
		r.Side = value
	case "remote":
		r.Remote = value == "true"
	case "message":
		r.Message = value
	case "canceled_path":
		r.Path = cutPath(value)
	case "cause":
		r.Cause, _ = json.Marshal(value)
	}
	if below, ok := strings.CutPrefix(name, "cause."); ok && r.Cause == nil {
		r.Cause, _ = json.Marshal(below + "=" + value)
	}
}

// cutPath reads a path as the text form has it: names in brackets, with a blank
// between them, so that an empty one is there as two blanks. Names that hold
// blanks come apart, but for the one that live peers use.
func cutPath(s string) []string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if s == "" {
		return nil
	}
	hops := strings.Split(strings.ReplaceAll(s, foreignHop, "\x00"), " ")
	for i, hop := range hops {
		if hop == "\x00" {
			hops[i] = foreignHop
		}
	}
	return hops
}

// error is the error that a record tells of, nil if it is no record of one. depth
// is how many are above it.
func (r *logRecord) error(depth int) *status.Error {
	kind := kindNamed(r.Kind)
	if kind == 0 || r.Code == nil {
		return nil
	}
	e := &status.Error{
		Kind: kind, Code: *r.Code, Side: sideNamed(r.Side), Remote: r.Remote,
		Message: r.Message, CancelPath: r.Path, Extra: r.Extra,
	}
	below := r.cause
	if below == nil && len(r.Cause) > 0 && depth < maxCauses {
		below = &logRecord{}
		if json.Unmarshal(r.Cause, below) != nil {
			below = nil
		}
	}
	var text string
	switch {
	case below != nil:
		if cause := below.error(depth + 1); cause != nil {
			e.Cause = cause.Err()
		}
	case json.Unmarshal(r.Cause, &text) == nil:
		e.Cause = causeFrom(text)
	case len(r.Cause) > 0:
		e.Cause = errors.New(string(r.Cause))
	}
	return e
}

// causeFrom is the cause of which a record has the text.
func causeFrom(text string) error {
	for f := range status.FindText(text) {
		return fmt.Errorf("%s%w", text[:f.Start], f.Err.Err())
	}
	return errors.New(text)
}

func kindNamed(name string) status.Kind {
	for k := status.Framework; k <= status.Application; k++ {
		if k.String() == name {
			return k
		}
	}
	return 0
}

func sideNamed(name string) status.Side {
	for s := status.SideClient; s <= status.SideServer; s++ {
		if s.String() == name {
			return s
		}
	}
	return status.SideUnknown
}
