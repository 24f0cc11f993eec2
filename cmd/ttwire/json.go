package main

import (
	"encoding/base64"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// jsonPrinter shows frames to programs: one JSON object a line. The keys and
// their order are a contract, which help states.
type jsonPrinter struct {
	out     output
	payload bool // add payloads
	many    bool // there are several files: add their names

	enc  base64Writer
	name []byte // the current file's `"file":"...",`, or nothing
	line []byte
}

func (j *jsonPrinter) begin(name string) error {
	if j.many {
		j.setName(name)
	}
	return nil
}

func (j *jsonPrinter) setName(name string) {
	j.name = append(appendJSON(append(j.name[:0], `"file":`...), []byte(name)), ',')
}

func (j *jsonPrinter) end() error { return nil }

func (j *jsonPrinter) frame(r *record) error {
	f := &r.frame
	l := j.start(r.start)
	l = appendNumber(append(l, `,"size":`...), r.size)
	l = append(append(l, `,"type":"`...), f.Type.String()...)
	l = appendNumber(append(l, `","stream":`...), int(f.StreamID))
	l = appendJSON(append(l, `,"method":`...), f.Method())
	l = appendNumber(append(l, `,"flags":`...), int(f.Flags))
	l = appendNumber(append(l, `,"protocol":`...), int(f.Header.Protocol()))
	l, whole := appendPairs(l, f)
	l = appendNumber(append(l, `,"payload_size":`...), r.payload)
	if r.resynced {
		l = append(l, `,"resynced":true`...)
	}
	if !whole {
		l = append(l, `,"header_info":"`...)
		l = append(base64.StdEncoding.AppendEncode(l, f.Header.Bytes()), '"')
	}
	if j.payload {
		return j.withPayload(append(l, `,"payload":"`...), r)
	}
	return j.finish(j.ending(l, r))
}

// ending appends what the frame means, if it is an ending.
func (j *jsonPrinter) ending(l []byte, r *record) []byte {
	if !r.ends() {
		return l
	}
	return j.status(l, r)
}

// withPayload finishes a frame's line with the payload, which may be larger
// than memory and, only then, turn out to be cut.
func (j *jsonPrinter) withPayload(l []byte, r *record) error {
	if err := j.flush(l); err != nil {
		return err
	}
	j.enc.out = j.out
	err := firstOf(r.writePayload(&j.enc), j.enc.Close())
	var cut *cutError
	if err != nil && !errors.As(err, &cut) {
		return err
	}
	l = append(j.line[:0], '"')
	if cut != nil {
		return firstOf(j.finish(appendCutObject(append(l, ','), cut)), err)
	}
	return j.finish(j.ending(l, r))
}

// appendPairs appends ints, strs and token, and reports whether that says all
// that the header info holds.
func appendPairs(l []byte, f *frame.Frame) (_ []byte, whole bool) {
	whole = len(f.Header.Transforms()) == 0 && utf8.Valid(f.Method())
	l = append(l, `,"ints":[`...)
	comma := ""
	for k, v := range f.Header.Ints() {
		l = appendNumber(append(append(l, comma...), '['), int(k))
		l = append(appendJSON(append(l, ','), v), ']')
		whole = whole && utf8.Valid(v)
		comma = ","
	}
	l = append(l, `],"strs":[`...)
	comma = ""
	for k, v := range f.Header.Strs() {
		l = appendJSON(append(append(l, comma...), '['), k)
		l = append(appendJSON(append(l, ','), v), ']')
		whole = whole && utf8.Valid(k) && utf8.Valid(v)
		comma = ","
	}
	l = append(l, `],"token":`...)
	token, ok := f.Header.Token()
	if !ok {
		return append(l, "null"...), whole
	}
	n := 0
	for range tokens(f) {
		n++
	}
	return appendJSON(l, token), whole && n == 1 && utf8.Valid(token)
}

func (j *jsonPrinter) illegal(e *wire.Error, _ window) error {
	l := j.start(e.Frame)
	l = appendNumber(append(l, `,"illegal":{"code":`...), int(e.Code.StreamCode()))
	l = append(append(l, `,"reason":"`...), e.Code.Reason()...)
	l = appendNumber(append(l, `","at":`...), e.Offset)
	l = appendJSON(append(l, `,"text":`...), []byte(e.Error()))
	return j.finish(append(l, '}'))
}

func (j *jsonPrinter) cut(e *cutError, _ *frame.Frame) error {
	return j.finish(appendCutObject(append(j.start(e.start), ','), e))
}

func (j *jsonPrinter) skipped(from, to int64, found bool) error {
	l := strconv.AppendInt(append(j.start(from), `,"skipped":{"bytes":`...), to-from, 10)
	l = strconv.AppendInt(append(l, `,"to":`...), to, 10)
	l = strconv.AppendBool(append(l, `,"found":`...), found)
	return j.finish(append(l, '}'))
}

func (j *jsonPrinter) gap(at, bytes int64) error {
	l := append(j.start(at), `,"gap":{"bytes":`...)
	if bytes < 0 {
		return j.finish(append(l, "null}"...))
	}
	return j.finish(append(strconv.AppendInt(l, bytes, 10), '}'))
}

func (j *jsonPrinter) foreign(reason, text string) error {
	l := appendJSON(append(j.start(0), `,"foreign":{"reason":`...), []byte(reason))
	l = appendJSON(append(l, `,"text":`...), []byte(text))
	return j.finish(append(l, '}'))
}

// appendCutObject appends the key that says how much of a frame is there.
func appendCutObject(l []byte, e *cutError) []byte {
	l = appendNumber(append(l, `"truncated":{"have":`...), e.have)
	return append(appendNumber(append(l, `,"need":`...), e.need), '}')
}

// start begins a line about the frame at this offset.
func (j *jsonPrinter) start(off int64) []byte {
	l := append(append(j.line[:0], '{'), j.name...)
	return strconv.AppendInt(append(l, `"offset":`...), off, 10)
}

// finish ends a line.
func (j *jsonPrinter) finish(l []byte) error { return j.flush(append(l, "}\n"...)) }

// flush writes l to the output and keeps its memory for the next lines.
func (j *jsonPrinter) flush(l []byte) error {
	j.line = l[:0]
	_, err := j.out.Write(l)
	return err
}

func appendNumber(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
