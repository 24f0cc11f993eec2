package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ttwire/ttwire/status"
)

const (
	// maxGroups is how many different errors are kept apart. Those first seen
	// after that are only counted, by code, so that memory stays bounded.
	maxGroups = 1024

	// maxPlaces is how many of the places of a group are kept, besides the last.
	maxPlaces = 3
)

// place is where an error stands.
type place struct {
	file         string // "" for an argument, "-" for standard input
	line, offset int64
}

// group is what is known of errors that are equal.
type group struct {
	text   string // of the first one
	err    *status.Error
	cut    bool // the text goes on
	varies bool // the texts differ in words that hold digits
	count  int64
	places []place // the first ones
	last   place
}

// codeKey is a code and whose it is.
type codeKey struct {
	kind status.Kind
	code int32
	lost bool // a code that has another meaning with such a text (saysLost)
}

func keyOf(e *status.Error) codeKey { return codeKey{e.Kind, e.Code, saysLost(e)} }

// codeGroups holds the groups of one code.
type codeGroups struct {
	sense  sense // what the code means: errors of one key agree in that
	count  int64
	groups []*group // in the order of their first ones
	others int64    // how many errors are in no group
}

// report collects the errors of all inputs, in bounded memory.
type report struct {
	byText map[string]*group
	byCode map[codeKey]*codeGroups
	codes  []*codeGroups // in the order of their first ones
	others int64         // how many errors are in none of these
	total  int64
	cut    int64 // how many texts were cut
	key    []byte
}

func newReport() *report {
	return &report{byText: map[string]*group{}, byCode: map[codeKey]*codeGroups{}}
}

// add counts an error.
func (r *report) add(f *finding, at place) {
	r.total++
	if f.cut {
		r.cut++
	}
	c := r.code(f.err)
	if c == nil {
		r.others++
		return
	}
	c.count++
	g := r.group(c, f)
	if g == nil {
		c.others++
		return
	}
	g.count++
	g.last = at
	g.varies = g.varies || g.text != f.text
	if len(g.places) < maxPlaces {
		g.places = append(g.places, at)
	}
}

// code finds or makes what is kept of a code; nil if there is no room.
func (r *report) code(e *status.Error) *codeGroups {
	k := keyOf(e)
	c := r.byCode[k]
	if c == nil && len(r.codes) < maxGroups {
		c = &codeGroups{sense: senseOf(e)}
		r.byCode[k] = c
		r.codes = append(r.codes, c)
	}
	return c
}

// group finds or makes the group of an error; nil if there is no room.
func (r *report) group(c *codeGroups, f *finding) *group {
	r.key = appendKey(r.key[:0], f.err)
	g := r.byText[string(r.key)]
	if g == nil && len(r.byText) < maxGroups {
		g = newGroup(f)
		r.byText[string(r.key)] = g
		c.groups = append(c.groups, g)
	}
	return g
}

// newGroup reads the text of the finding again, from a copy: what was read is
// part of a line, which may be long and is not to be kept.
func newGroup(f *finding) *group {
	g := &group{text: strings.Clone(f.text), err: f.err, cut: f.cut}
	if !f.record {
		g.err = firstError(g.text)
	}
	return g
}

// sorted is the codes with the most frequent one first, and so their groups.
func (r *report) sorted() []*codeGroups {
	slices.SortStableFunc(r.codes, func(a, b *codeGroups) int { return cmp.Compare(b.count, a.count) })
	for _, c := range r.codes {
		slices.SortStableFunc(c.groups, func(a, b *group) int { return cmp.Compare(b.count, a.count) })
	}
	return r.codes
}

// kept is how many groups there are.
func (r *report) kept() int { return len(r.byText) }

// ungrouped is how many errors are in no group.
func (r *report) ungrouped() (n int64) {
	for _, c := range r.codes {
		n += c.others
	}
	return n + r.others
}

// appendKey appends what equal errors have in common: everything but the words
// of messages that hold a digit, such as times, addresses and ids.
func appendKey(dst []byte, e *status.Error) []byte {
	for ; e != nil; e = causeOf(e) {
		dst = append(dst, byte(e.Kind), byte(e.Side))
		dst = strconv.AppendInt(dst, int64(e.Code), 10)
		for _, hop := range e.CancelPath {
			dst = append(append(dst, 1), hop...)
		}
		dst = appendPattern(append(dst, 2), e.Message)
		for _, k := range slices.Sorted(maps.Keys(e.Extra)) {
			dst = appendPattern(append(append(append(dst, 5), k...), 6), e.Extra[k])
		}
		if e.Cause != nil {
			dst = append(dst, 3)
			if causeOf(e) == nil {
				dst = appendPattern(dst, e.Cause.Error())
			}
		}
	}
	return dst
}

// appendPattern appends s with one mark for each stretch of words that hold a
// digit, such as 98.2ms or 10.0.0.1:80.
func appendPattern(dst []byte, s string) []byte {
	gap, marked := "", false
	for len(s) > 0 {
		n := wordLen(s)
		word := s[:n]
		s = s[n:]
		if strings.ContainsAny(word, "0123456789") {
			if !marked || len(gap) != 1 || !strings.Contains(".:-", gap) {
				dst = append(append(dst, gap...), 4)
			}
			marked = true
		} else {
			dst = append(append(dst, gap...), word...)
			marked = false
		}
		n = len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool { return !inWord(r) }))
		gap, s = s[:n], s[n:]
	}
	return append(dst, gap...)
}

// wordLen is how long the word at the start of s is.
func wordLen(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// inWord is about ASCII alone: scripts without blanks between words would
// otherwise have whole sentences as one.
func inWord(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9'
}
