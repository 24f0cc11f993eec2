package plain

import "strconv"

// Exception is an exception message (section 5).
type Exception struct {
	Method  string
	Seq     int32
	TypeID  int32
	Message string
}

// ParseException judges a whole payload.
func ParseException(b []byte, strict bool) (e Exception, v Verdict) {
	defer judged(&v)
	d := exceptionDecoder{b: b}
	d.header(&e)
	for d.field(&e) {
	}
	if strict && d.at < len(b) {
		illegal("exception-tail", d.at)
	}
	return e, Verdict{At: d.at}
}

type exceptionDecoder struct {
	b  []byte
	at int
}

func (d *exceptionDecoder) left() int { return len(d.b) - d.at }

// header is rule 5.1.
func (d *exceptionDecoder) header(e *Exception) {
	if d.left() < 4 || u16(d.b, 0) != 0x8001 {
		illegal("exception-version", 0)
	}
	if u16(d.b, 2) != 3 {
		illegal("exception-type", 2)
	}
	d.at = 4
	e.Method = d.text("exception-name")
	if d.left() < 4 {
		illegal("exception-field", d.at)
	}
	e.Seq = i32(d.b, d.at)
	d.at += 4
}

// text is an i32 length and so many bytes.
func (d *exceptionDecoder) text(reason string) string {
	if d.left() < 4 {
		illegal(reason, d.at)
	}
	n := int64(i32(d.b, d.at))
	if n < 0 || n > int64(d.left()-4) {
		illegal(reason, d.at)
	}
	start := d.at + 4
	d.at = start + int(n)
	return string(d.b[start:d.at])
}

// begin is the start of a field: its type and id, 0 for the stop byte.
func (d *exceptionDecoder) begin() (typ byte, id int) {
	if d.left() == 0 {
		illegal("exception-stop", len(d.b))
	}
	if typ = d.b[d.at]; typ == 0 {
		d.at++
		return 0, 0
	}
	if _, known := leastSize[typ]; !known || d.left() < 3 {
		illegal("exception-field", d.at)
	}
	id = u16(d.b, d.at+1)
	d.at += 3
	return typ, id
}

// field is rule 5.2; false after the stop byte.
func (d *exceptionDecoder) field(e *Exception) bool {
	typ, id := d.begin()
	switch {
	case typ == 0:
		return false
	case typ == 0x0B && id == 1:
		e.Message = d.text("exception-field")
	case typ == 0x08 && id == 2:
		at := d.at
		d.skip(typ, 0)
		e.TypeID = i32(d.b, at)
	default:
		d.skip(typ, 0)
	}
	return true
}

// leastSize is the table of rule 5.3.
var leastSize = map[byte]int{
	0x02: 1, 0x03: 1, 0x06: 2, 0x08: 4, 0x04: 8, 0x0A: 8,
	0x0B: 4, 0x0C: 1, 0x0D: 6, 0x0E: 5, 0x0F: 5,
}

// skip passes over a value that stands in this many containers (rule 5.3).
func (d *exceptionDecoder) skip(typ byte, within int) {
	if typ >= 0x0C && within == 64 {
		illegal("exception-depth", d.at)
	}
	switch typ {
	case 0x0B:
		d.text("exception-field")
	case 0x0C:
		for {
			inner, _ := d.begin()
			if inner == 0 {
				return
			}
			d.skip(inner, within+1)
		}
	case 0x0D:
		d.elements(2, within)
	case 0x0E, 0x0F:
		d.elements(1, within)
	default:
		d.pass(leastSize[typ])
	}
}

func (d *exceptionDecoder) pass(n int) {
	if d.left() < n {
		illegal("exception-field", d.at)
	}
	d.at += n
}

// elements passes over a map (two types), a set or a list (one).
func (d *exceptionDecoder) elements(types, within int) {
	start := d.at
	d.pass(types + 4)
	n := int64(i32(d.b, start+types))
	if n == 0 {
		return
	}
	least := 0
	for i := range types {
		size, known := leastSize[d.b[start+i]]
		if !known {
			illegal("exception-field", start+i)
		}
		least += size
	}
	if n < 0 || n*int64(least) > int64(d.left()) {
		illegal("exception-field", start+types)
	}
	for range n {
		for i := range types {
			d.skip(d.b[start+i], within+1)
		}
	}
}

// Text is the message, or what is shown for an empty one (rule 5.5).
func (e *Exception) Text() string {
	texts := []string{
		"unknown application exception", "unknown method", "invalid message type",
		"wrong method name", "bad sequence ID", "missing result",
		"unknown internal error", "unknown protocol error", "Invalid transform",
		"Invalid protocol", "Unsupported client type",
	}
	switch {
	case e.Message != "":
		return e.Message
	case e.TypeID >= 0 && int(e.TypeID) < len(texts):
		return texts[e.TypeID]
	}
	return "unknown exception type [" + strconv.Itoa(int(e.TypeID)) + "]"
}
