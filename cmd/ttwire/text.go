package main

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// Where text is cut, unless --full is given.
const (
	maxKeyShown   = 64
	maxValueShown = 160
)

// The columns of a frame's line. The method is last because it can be long.
const (
	colOffset = iota
	colType
	colStream
	colSize
	colPayload
	numColumns
)

var columnTitles = [numColumns]string{"OFFSET", "TYPE", "STREAM", "SIZE", "PAYLOAD"}

// startWidths are what most recordings get by with. A column that needs more
// grows and stays so, since how much it will need is known only at the end.
var startWidths = [numColumns]int{8, 7, 6, 7, 7}

// maxKeyColumn is the widest that keys push their values to the right.
const maxKeyColumn = 32

// textPrinter shows frames to people: a line each, the pairs below it.
type textPrinter struct {
	palette
	out     output
	full    bool // cut nothing, leave nothing out
	payload bool // show payloads

	when   string // the start of each line that is not below another: the time, or ""
	place  string // and what is behind that
	titled bool   // the titles are there already
	rest   string // what happens to the rest behind an illegal frame
	hint   string // what could be done about it, said once

	turn *textTurn // for headings; nil where there is only one input
	name string    // in them
	said *said     // nil: nothing is to be said

	frames int // of this file
	widths [numColumns]int
	line   []byte
}

func (t *textPrinter) begin(name string) error {
	t.frames, t.widths = 0, startWidths
	return t.turn.begin(t, showName(name))
}

// heading appends the line above the frames of an input.
func (t *textPrinter) heading(l []byte, name string, again bool) []byte {
	if again {
		l = append(l, '\n')
	}
	return append(t.title.append(l, "==> "+name+" <=="), '\n')
}

func (t *textPrinter) frame(r *record) error {
	l := t.line[:0]
	if t.frames++; t.frames == 1 && !t.titled {
		l = t.titles(l)
	}
	l = t.notes(t.columns(l, r), &r.frame)
	if r.after && !r.ends() {
		l = append(l, "  "+afterMark...)
	}
	l = append(l, '\n')
	if l = t.pairs(l, &r.frame); r.ends() {
		l = t.status(l, r)
	}
	if err := t.flush(l); err != nil || !t.payload || r.payload == 0 {
		return err
	}
	d := &hexDumper{out: t.out, indent: t.indent()}
	err := firstOf(r.writePayload(d), d.Close())
	if cut := (*cutError)(nil); errors.As(err, &cut) {
		return firstOf(t.cut(cut, &r.frame), err)
	}
	return err
}

func (t *textPrinter) end() error { return nil }

// flush writes l to the output and keeps its memory for the next lines.
func (t *textPrinter) flush(l []byte) error {
	t.line = l[:0]
	if err := t.turn.take(t); err != nil {
		return err
	}
	_, err := t.out.Write(l)
	return err
}

// titles appends the line above the first frame.
func (t *textPrinter) titles(l []byte) []byte {
	l = append(append(append(l, t.title.on...), t.when...), t.place...)
	for i, title := range columnTitles {
		if i == colType {
			l = t.left(l, i, title)
		} else {
			l = t.right(l, i, title)
		}
	}
	return append(append(append(l, "METHOD"...), t.title.off...), '\n')
}

// columns appends a frame's line up to the method.
func (t *textPrinter) columns(l []byte, r *record) []byte {
	f := &r.frame
	l = append(t.start(l), t.faint.on...)
	l = t.number(l, colOffset, r.start)
	l = append(l, t.faint.off...)
	if r.resynced {
		l = t.doubt(l)
	}
	l = append(l, t.types[f.Type].on...)
	l = t.left(l, colType, f.Type.String())
	l = append(l, t.types[f.Type].off...)
	l = t.number(l, colStream, int64(f.StreamID))
	l = t.number(l, colSize, int64(r.size))
	l = t.number(l, colPayload, int64(r.payload))
	m, ok := f.Header.Method()
	if !ok {
		return append(l, '-')
	}
	return t.word(l, m)
}

// notes appends to a frame's line what is not as it is on nearly every frame.
func (t *textPrinter) notes(l []byte, f *frame.Frame) []byte {
	if f.Flags != frame.FlagStreaming {
		l = append(l, "  flags=0x"...)
		l = appendHexInt(l, int64(f.Flags), 4)
	}
	if p := f.Header.Protocol(); p != header.ThriftStruct {
		l = append(append(l, "  protocol="...), p.String()...)
	}
	if ids := f.Header.Transforms(); len(ids) > 0 {
		l = append(l, "  transforms="...)
		for _, id := range ids[:min(len(ids), maxKeyShown/2)] {
			l = appendHex(l, id)
		}
		if len(ids) > maxKeyShown/2 {
			l = append(l, "..."...)
		}
	}
	return l
}

// pairs appends the pairs of a frame, a line each: ints, strings, token. Frame
// type and method are left out where the frame's own line says all about them.
func (t *textPrinter) pairs(l []byte, f *frame.Frame) []byte {
	said := !t.full && saidOnce(f, header.KeyFrameType) && saidOnce(f, header.KeyMethod)
	hidden := func(k header.Key) bool { return said && (k == header.KeyFrameType || k == header.KeyMethod) }
	var wide int
	var key []byte
	for k := range f.Header.Ints() {
		if !hidden(k) {
			key = appendIntKey(key[:0], k)
			wide = max(wide, len(key))
		}
	}
	for k := range f.Header.Strs() {
		key = t.word(key[:0], k)
		wide = max(wide, utf8.RuneCount(key))
	}
	for range tokens(f) {
		wide = max(wide, len(tokenKey))
	}
	wide = min(wide, maxKeyColumn)
	for k, v := range f.Header.Ints() {
		if !hidden(k) {
			key = appendIntKey(key[:0], k)
			l = t.pair(l, key, v, wide)
		}
	}
	for k, v := range f.Header.Strs() {
		key = t.word(key[:0], k)
		l = t.pair(l, key, v, wide)
	}
	for v := range tokens(f) {
		l = t.pair(l, []byte(tokenKey), v, wide)
	}
	return l
}

// tokenKey is what stands for the key of an ACL token. No string key looks like
// it, since one with a blank is quoted.
const tokenKey = "acl token"

// saidOnce reports whether an int key comes at most once.
func saidOnce(f *frame.Frame, key header.Key) bool {
	n := 0
	for k := range f.Header.Ints() {
		if k == key {
			n++
		}
	}
	return n <= 1
}

// appendIntKey appends what an int key is called.
func appendIntKey(dst []byte, k header.Key) []byte {
	dst = strconv.AppendInt(append(dst, "int "...), int64(k), 10)
	if name := k.String(); name != strconv.Itoa(int(k)) {
		dst = append(append(dst, ' '), name...)
	}
	return dst
}

// pair appends the line of one pair.
func (t *textPrinter) pair(l, key, value []byte, wide int) []byte {
	l = append(l, t.indent()...)
	l = append(append(append(l, t.key.on...), key...), t.key.off...)
	l = pad(l, max(wide-utf8.RuneCount(key), 0)+2)
	return append(appendCut(l, value, t.most(maxValueShown)), '\n')
}

// word appends a key or method, which stands before something else.
func (t *textPrinter) word(l, s []byte) []byte {
	most := t.most(maxKeyShown)
	if most == 0 || len(s) <= most {
		return appendWord(l, s)
	}
	return appendCut(l, s, most)
}

// most is a limit for what is shown of a value, 0 for none.
func (t *textPrinter) most(n int) int {
	if t.full {
		return 0
	}
	return n
}

// indent is what stands before everything below a frame's line.
func (t *textPrinter) indent() string {
	return blanks[:min(len(t.when)+len(t.place)+t.widths[colOffset]+4, len(blanks))]
}

// start begins a line that is not below another.
func (t *textPrinter) start(l []byte) []byte { return appendStart(l, t.palette, t.when, t.place) }

func appendStart(l []byte, p palette, when, place string) []byte {
	if when != "" {
		l = p.faint.append(l, when)
	}
	return append(l, place...)
}

// number appends a number to the right end of its column.
func (t *textPrinter) number(l []byte, col int, n int64) []byte {
	var digits [20]byte
	return t.right(l, col, string(strconv.AppendInt(digits[:0], n, 10)))
}

func (t *textPrinter) right(l []byte, col int, text string) []byte {
	t.widths[col] = max(t.widths[col], len(text))
	return append(append(pad(l, t.widths[col]-len(text)), text...), "  "...)
}

func (t *textPrinter) left(l []byte, col int, text string) []byte {
	return pad(append(l, text...), t.widths[col]-len(text)+2)
}

var blanks = strings.Repeat(" ", 64)

// pad appends n blanks.
func pad(l []byte, n int) []byte {
	for n > 0 {
		some := min(n, len(blanks))
		l = append(l, blanks[:some]...)
		n -= some
	}
	return l
}
