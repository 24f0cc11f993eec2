package plain

import "encoding/binary"

// Frame is what a legal frame says (sections 2 to 4).
type Frame struct {
	Type       byte // '1' to '5', or 0 for one that UnknownTypes let through
	Flags      uint16
	Stream     int32
	Protocol   byte
	Transforms string
	Ints       []IntPair // in wire order
	Strs       []Pair
	Method     string // the last int key 9
	HasMethod  bool
	Token      string // the last token block
	HasToken   bool
	TokenKey   string // what RPC_TRANSIT_gdpr-token gives: the last token, or pair of that name
	HasKey     bool
	Payload    string
}

// TokenName is the string key that a token is another way to write (rule 3.7).
const TokenName = "RPC_TRANSIT_gdpr-token"

// ParseFrame judges the first frame in b in the order of rule 1.3.
func ParseFrame(b []byte, lim Limits) (f Frame, v Verdict) {
	defer judged(&v)
	d := &frameDecoder{b: b, lim: lim, f: &f}
	d.fixed()
	d.protocol()
	for at := d.transforms(); at < d.end; {
		at = d.block(at)
	}
	d.frameType()
	d.need(d.size)
	f.Payload = string(b[d.end:d.size])
	return f, Verdict{At: d.size}
}

type frameDecoder struct {
	b     []byte
	lim   Limits
	f     *Frame
	size  int // of the frame, once 4 bytes are there
	end   int // of the header info
	pairs int // counted so far (rule 3.10)

	typeLen int // where the u16 length of the last int key 27 is, 0: there is none
	typed   string
	methods int // how many int keys 9 and 27 have come
	types   int
}

// need says "short" unless the first n bytes of the frame are there.
func (d *frameDecoder) need(n int) {
	if len(d.b) < n {
		illegal("short", d.size)
	}
}

// fixed is section 2.
func (d *frameDecoder) fixed() {
	header, payload := int64(or(d.lim.Header, 262140)), int64(or(d.lim.Payload, 16777216))
	d.need(4)
	length := int64(binary.BigEndian.Uint32(d.b))
	if length < 14 {
		illegal(foreignStart(d.b, "length"), 0)
	}
	if length > min(10+header+payload, 0x3FFFFFFF) {
		illegal(foreignStart(d.b, "payload-limit"), 0)
	}
	d.size = int(length) + 4
	d.need(6)
	if magic := u16(d.b, 4); magic != 0x1000 {
		illegal(foreignMagic(magic, foreignStart(d.b, "magic")), 4)
	}
	d.need(8)
	d.f.Flags = uint16(u16(d.b, 6))
	if d.f.Flags&0x0002 == 0 {
		illegal("flags", 6)
	}
	d.need(14)
	d.f.Stream = i32(d.b, 8)
	info := 4 * int64(u16(d.b, 12))
	switch {
	case info == 0:
		illegal("header-size", 12)
	case info > header:
		illegal("header-limit", 12)
	case length < 10+info:
		illegal("length", 0)
	case length-10-info > payload:
		illegal("payload-limit", 0)
	}
	d.end = 14 + int(info)
}

// foreignStart names the protocol that starts with the 4 bytes where LENGTH
// should be, or gives the reason that it has otherwise (rule 2.7).
func foreignStart(b []byte, reason string) string {
	switch string(b[:4]) {
	case "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "TRAC", "CONN":
		return "http-request"
	case "HTTP":
		return "http-reply"
	case "PRI ":
		return "http2"
	case "SSH-":
		return "ssh"
	case "@RSY":
		return "rsync"
	}
	switch {
	case b[0] == 0x16 && b[1] == 0x03 && b[2] <= 4:
		return "tls"
	case b[0] == 0x80 && b[1] == 0x01 && b[2] == 0 && b[3] >= 1 && b[3] <= 4:
		return "thrift"
	case b[0] == 0xFF && b[1] == 0xAF:
		return "mesh-header"
	case b[0] == 0x09 && b[1] == 0x30 && b[2] <= 1:
		return "trpc"
	}
	return reason
}

// foreignMagic names the protocol that has this where MAGIC should be. Where
// the 4 bytes before would have another name (limits must be raised for that),
// 2.7 does not say which to give; MAGIC is the field that is wrong.
func foreignMagic(magic int, reason string) string {
	switch magic {
	case 0xFFAF:
		return "mesh-header"
	case 0x8001:
		return "framed-thrift"
	case 0x0FFF:
		return "theader"
	}
	return reason
}

func (d *frameDecoder) protocol() {
	d.need(15)
	d.f.Protocol = d.b[14]
	switch d.f.Protocol {
	case 0x00, 0x03, 0x04, 0x10, 0x11:
	default:
		illegal("protocol", 14)
	}
}

// transforms is rule 3.2; it gives the place behind them.
func (d *frameDecoder) transforms() int {
	d.need(16)
	n := int(d.b[15])
	if n > d.end-16 {
		illegal("transforms", 15)
	}
	if n > 0 && d.lim.Strict {
		illegal("strict-transforms", 15)
	}
	d.need(16 + n)
	d.f.Transforms = string(d.b[16 : 16+n])
	return 16 + n
}

// block is rules 3.3 to 3.8: the block that starts at a place, and the place
// behind it.
func (d *frameDecoder) block(at int) int {
	d.need(at + 1)
	id := d.b[at]
	at++
	switch id {
	case 0x00:
	case 0x01:
		n := d.count(at, "str-count")
		for at += 2; n > 0; n-- {
			at = d.strPair(at)
		}
	case 0x10:
		n := d.count(at, "int-count")
		for at += 2; n > 0; n-- {
			at = d.intPair(at)
		}
	case 0x11:
		d.counted(1, at)
		at = d.value(at, "token", &d.f.Token)
		d.f.HasToken, d.f.TokenKey, d.f.HasKey = true, d.f.Token, true
	default:
		illegal("info-id", at-1)
	}
	return at
}

// field is a field of n bytes that must lie in the header info. One that cannot
// is illegal where it starts, or should.
func (d *frameDecoder) field(at, n int, reason string) {
	if at+n > d.end {
		illegal(reason, at)
	}
	d.need(at + n)
}

// counted counts pairs against the limit (rule 3.10).
func (d *frameDecoder) counted(n, at int) {
	if d.pairs += n; d.pairs > or(d.lim.Pairs, 1024) {
		illegal("pair-limit", at)
	}
}

func (d *frameDecoder) count(at int, reason string) int {
	d.field(at, 2, reason)
	n := u16(d.b, at)
	if n*4 > d.end-at-2 {
		illegal(reason, at)
	}
	d.counted(n, at)
	return n
}

// value is a u16 length and so many bytes.
func (d *frameDecoder) value(at int, reason string, to *string) int {
	d.field(at, 2, reason)
	end := at + 2 + u16(d.b, at)
	if end > d.end {
		illegal(reason, at)
	}
	d.need(end)
	*to = string(d.b[at+2 : end])
	return end
}

func (d *frameDecoder) strPair(at int) int {
	var p Pair
	at = d.value(at, "str-pair", &p.Key)
	at = d.value(at, "str-pair", &p.Value)
	d.f.Strs = append(d.f.Strs, p)
	if p.Key == TokenName {
		d.f.TokenKey, d.f.HasKey = p.Value, true
	}
	return at
}

func (d *frameDecoder) intPair(at int) int {
	if d.end-at < 4 {
		illegal("int-pair", at)
	}
	d.need(at + 2)
	p := IntPair{Key: uint16(u16(d.b, at))}
	end := d.value(at+2, "int-pair", &p.Value)
	d.f.Ints = append(d.f.Ints, p)
	switch p.Key {
	case 9:
		d.methods++
		d.f.Method, d.f.HasMethod = p.Value, true
	case 27:
		d.types++
		d.typed, d.typeLen = p.Value, at+2
	}
	if d.lim.Strict && (d.methods > 1 || d.types > 1) {
		illegal("duplicate-key", at)
	}
	return end
}

// frameType is rules 4.1 and 4.3, once the header info is whole.
func (d *frameDecoder) frameType() {
	known := len(d.typed) == 1 && d.typed >= "1" && d.typed <= "5"
	switch {
	case known:
		d.f.Type = d.typed[0]
	case d.lim.UnknownTypes:
		return
	case d.typeLen == 0:
		illegal("no-frame-type", d.end-1)
	case len(d.typed) != 1:
		illegal("frame-type", d.typeLen)
	default:
		illegal("frame-type", d.typeLen+2)
	}
	if d.f.Stream == 0 && d.f.Type != '1' {
		illegal("stream-id", 8)
	}
}
