package main

import (
	"encoding/json"
	"errors"
	"fmt"
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

// foundRecord is a record in a text.
type foundRecord struct {
	start, end int
	err        *status.Error
}

// records finds the records in s that begin before limit.
func records(s string, limit int) (all []foundRecord) {
	all = eachMark(all, s, recordJSON, limit, readJSON)
	return eachMark(all, s, recordText, limit, readAttrs)
}

// eachMark reads a record wherever mark stands in s. read tells where the
// record at a mark begins and ends, and gives a nil error if there is none.
func eachMark(all []foundRecord, s, mark string, limit int, read func(s string, at int) foundRecord) []foundRecord {
	for at := 0; ; {
		i := strings.Index(s[at:], mark)
		if i < 0 || at+i >= limit {
			return all
		}
		r := read(s, at+i)
		at += i + len(mark)
		if r.err != nil {
			all = append(all, r)
			at = max(at, r.end)
		}
	}
}

// readJSON reads a record as slog's JSONHandler writes it.
func readJSON(s string, at int) foundRecord {
	var r logRecord
	dec := json.NewDecoder(strings.NewReader(s[at:min(len(s), at+maxFoundText)]))
	if dec.Decode(&r) != nil {
		return foundRecord{}
	}
	return foundRecord{at, at + int(dec.InputOffset()), r.error()}
}

// readAttrs reads a record as slog's TextHandler writes it: attributes whose
// names begin with that of the error.
func readAttrs(s string, at int) foundRecord {
	start := strings.LastIndexAny(s[:at], " \t\n=\"") + 1
	prefix := s[start : at+1]
	var r logRecord
	end, next := start, start
	for strings.HasPrefix(s[next:], prefix) {
		name, value, n := cutAttr(s[next:min(len(s), start+maxFoundText)])
		if n == 0 {
			break
		}
		r.set(name[len(prefix):], value)
		if end = next + n; end == len(s) || s[end] != ' ' {
			break
		}
		next = end + 1
	}
	return foundRecord{start, end, r.error()}
}

// cutAttr reads name=value at the start of s and tells how long it is, 0 if
// there is none.
func cutAttr(s string) (name, value string, n int) {
	name, rest, ok := strings.Cut(s, "=")
	if !ok || strings.ContainsAny(name, " \t\n\"") {
		return "", "", 0
	}
	value = rest
	if quoted, err := strconv.QuotedPrefix(rest); err == nil {
		value, _ = strconv.Unquote(quoted)
		return name, value, len(name) + 1 + len(quoted)
	}
	if i := strings.IndexAny(rest, " \t\r\n"); i >= 0 {
		value = rest[:i]
	}
	return name, value, len(name) + 1 + len(value)
}

// set sets what an attribute of the text form says.
func (r *logRecord) set(name, value string) {
	if below, ok := strings.CutPrefix(name, "cause."); ok {
		if r.cause == nil {
			r.cause = &logRecord{}
		}
		r.cause.set(below, value)
		return
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
}

// cutPath reads a path as the text form has it: names in brackets, with a blank
// between them. Names that hold blanks come apart, but for the one that live
// peers use.
func cutPath(s string) []string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	hops := strings.Fields(strings.ReplaceAll(s, foreignHop, "\x00"))
	for i, hop := range hops {
		if hop == "\x00" {
			hops[i] = foreignHop
		}
	}
	return hops
}

// error is the error that a record tells of, nil if it is no record of one.
func (r *logRecord) error() *status.Error {
	kind := kindNamed(r.Kind)
	if kind == 0 || r.Code == nil {
		return nil
	}
	e := &status.Error{
		Kind: kind, Code: *r.Code, Side: sideNamed(r.Side), Remote: r.Remote,
		Message: r.Message, CancelPath: r.Path, Extra: r.Extra,
	}
	below := r.cause
	if below == nil && len(r.Cause) > 0 {
		below = &logRecord{}
		if json.Unmarshal(r.Cause, below) != nil {
			below = nil
		}
	}
	var text string
	switch {
	case below != nil:
		if cause := below.error(); cause != nil {
			e.Cause = cause.Err()
		}
	case json.Unmarshal(r.Cause, &text) == nil:
		e.Cause = causeFrom(text)
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
