package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// hexReader gives the bytes that hex text stands for. It reads
//
//   - plain hex digits in any case, in groups of whole bytes with blanks,
//     commas or colons between them, each perhaps behind 0x or \x (xxd -p);
//   - lines of an offset, bytes and a text column: xxd, hexdump -C, od -A x
//     -t x1z, and what Wireshark copies.
//
// The first line decides which. Offsets are checked, so that a line that got
// lost or was put in twice is an error and not other bytes.
type hexReader struct {
	src   *bufio.Reader
	kind  hexKind
	line  int   // number of the line that is being read, from 1
	begun int   // how much of that line earlier reads gave, in bytes
	err   error // what ended the text

	out    []byte // decoded and not yet given
	memory []byte // what out is built in

	group hexGroup // of plain text

	row    []byte // the last line's bytes, which "*" repeats
	again  []byte // what is being repeated
	repeat uint64 // how many bytes of that are still to be given, before out
	at     int    // which byte of again is next
	star   bool   // a "*" line came: the next offset tells how long to repeat
	off    uint64 // the offset that the next line should have
	based  bool   // off is known
}

// hexGroup is what has been read of a group of plain hex digits.
type hexGroup struct {
	digits int
	half   byte // the first digit of a byte, where digits is odd
	prefix int  // bytes of a 0x or \x before the digits
}

// hexKind is a layout of hex text.
type hexKind int

const (
	hexUnknown hexKind = iota
	hexPlain           // no offsets
	hexColon           // "00000010: 0001 0203  ...." (xxd)
	hexBare            // "00000010  00 01 02 03  |....|" (hexdump -C)
)

// maxHexLine is the longest line with an offset.
const maxHexLine = 64 << 10

// hexError says what is wrong with hex text and where.
type hexError struct {
	line, col int // from 1; col counts bytes
	what      string
}

func (e *hexError) Error() string {
	return fmt.Sprintf("not hex text: line %d, column %d: %s", e.line, e.col, e.what)
}

func newHexReader(src io.Reader) *hexReader {
	return &hexReader{src: bufio.NewReaderSize(src, maxHexLine)}
}

// looksLikeHex reports whether bytes that are no frame may be hex text of one.
func looksLikeHex(b []byte) bool {
	var first [16]byte
	n, err := io.ReadFull(newHexReader(bytes.NewReader(b)), first[:])
	return n >= 4 && (err == nil || err == io.ErrUnexpectedEOF)
}

// Read gives the next decoded bytes: at least one, and as many as have arrived.
func (h *hexReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		switch {
		case h.repeat > 0:
			n += h.readAgain(p[n:])
		case len(h.out) > 0:
			some := copy(p[n:], h.out)
			h.out = h.out[some:]
			n += some
		case n > 0 && (h.err != nil || h.src.Buffered() == 0):
			return n, nil
		case h.err != nil:
			return 0, h.err
		default:
			h.err = h.next()
		}
	}
	return n, nil
}

// readAgain gives bytes that a "*" line stands for.
func (h *hexReader) readAgain(p []byte) int {
	n := 0
	for n < len(p) && h.repeat > 0 {
		room := p[n:]
		if uint64(len(room)) > h.repeat {
			room = room[:h.repeat]
		}
		some := copy(room, h.again[h.at:])
		h.at = (h.at + some) % len(h.again)
		h.repeat -= uint64(some)
		n += some
	}
	return n
}

// next decodes the next piece of text: a line, or a part of one that is long.
func (h *hexReader) next() error {
	piece, err := h.src.ReadSlice('\n')
	whole := err != bufio.ErrBufferFull
	if err != nil && whole && len(piece) == 0 {
		return h.end(err)
	}
	if h.begun == 0 {
		h.line++
	}
	fault := h.decode(piece, whole)
	if h.begun += len(piece); bytes.HasSuffix(piece, []byte("\n")) {
		h.begun = 0
	}
	if fault != nil {
		return fault
	}
	if whole && err != nil && err != io.EOF {
		return err
	}
	return nil
}

// end judges the end of the text.
func (h *hexReader) end(err error) error {
	if fault := h.endGroup(h.begun + 1); fault != nil && err == io.EOF {
		return fault
	}
	if err == io.EOF && h.star {
		return &hexError{h.line, 1, `an offset must follow "*", to tell how often the line above it is repeated`}
	}
	return err
}

// decode decodes a piece of text by the layout of the first line.
func (h *hexReader) decode(piece []byte, whole bool) error {
	if h.line == 1 && h.begun == 0 {
		piece = bytes.TrimPrefix(piece, []byte("\xEF\xBB\xBF")) // a byte order mark
	}
	text := bytes.TrimRight(piece, " \t\r\n")
	if h.kind == hexUnknown && len(bytes.TrimLeft(text, " \t")) > 0 {
		if h.kind = kindOf(text); h.kind == hexColon && whole {
			if err := h.lookAhead(piece); err != nil {
				return err
			}
		}
	}
	h.memory = h.memory[:0]
	switch {
	case h.kind == hexUnknown:
		return nil
	case h.kind == hexPlain:
		return h.plain(piece)
	case !whole || h.begun > 0:
		return &hexError{h.line, 1, "a line of a hex dump this long is not read"}
	}
	return h.dumpLine(text)
}

// kindOf tells the layout from the first line.
func kindOf(line []byte) hexKind {
	line = bytes.TrimLeft(line, " \t")
	off, rest := cutDigits(cutPrefix(line))
	if len(off) < 4 || len(off) > 16 || len(rest) == 0 {
		return hexPlain
	}
	if rest[0] == ':' {
		if rest = rest[1:]; len(rest) == 0 || isBlank(rest[0]) {
			return hexColon
		}
		return hexPlain
	}
	if !isBlank(rest[0]) || len(bytes.Trim(off, "0")) > 0 && !bytes.ContainsRune(rest, '|') {
		return hexPlain
	}
	data, _ := cutText(bytes.TrimLeft(rest, " \t"), hexBare)
	for _, f := range bytes.Fields(data) {
		if len(f) != 2 {
			return hexPlain
		}
	}
	return hexBare
}

// plain decodes a piece of text without offsets.
func (h *hexReader) plain(piece []byte) (err error) {
	for i := 0; i < len(piece) && err == nil; i++ {
		err = h.plainByte(piece[i], h.begun+i+1)
	}
	h.out = h.memory
	return err
}

func (h *hexReader) plainByte(c byte, col int) error {
	g := &h.group
	v := hexValue(c)
	switch {
	case v < 16 && g.prefix == 1:
		return &hexError{h.line, col, `x should follow \`}
	case v < 16 && g.digits%2 == 0:
		g.digits++
		g.half = v
	case v < 16:
		g.digits++
		h.memory = append(h.memory, g.half<<4|v)
	case c == '\\' && g.digits%2 == 0 && g.prefix != 1:
		g.digits, g.prefix = 0, 1
	case c|0x20 == 'x' && (g.prefix == 1 || g.prefix == 0 && g.digits == 1 && g.half == 0):
		g.digits, g.prefix = 0, 2
	case isBlank(c) || c == ',' || c == ':':
		return h.endGroup(col)
	default:
		return h.notHex(c, col)
	}
	return nil
}

// endGroup judges the group of plain hex digits that ends before this column.
func (h *hexReader) endGroup(col int) error {
	g := h.group
	if h.group = (hexGroup{}); g.digits%2 != 0 || g.digits == 0 && g.prefix > 0 {
		return h.odd(g.digits, col-g.digits)
	}
	return nil
}

func (h *hexReader) odd(digits, col int) error {
	return &hexError{h.line, col, fmt.Sprintf("%d hex digits are no whole number of bytes", digits)}
}

func (h *hexReader) notHex(c byte, col int) error {
	return &hexError{h.line, col, string(appendQuoted(nil, []byte{c})) + " is not a hex digit"}
}

// cutDigits cuts b behind the hex digits at its start.
func cutDigits(b []byte) (digits, rest []byte) {
	n := 0
	for n < len(b) && hexValue(b[n]) < 16 {
		n++
	}
	return b[:n], b[n:]
}

// cutPrefix cuts off the 0x or \x that a group may begin with.
func cutPrefix(b []byte) []byte {
	if len(b) >= 2 && (b[0] == '0' || b[0] == '\\') && b[1]|0x20 == 'x' {
		return b[2:]
	}
	return b
}

// hexValue is what a hex digit stands for, or 255.
func hexValue(c byte) byte {
	lower := c | 0x20
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case lower >= 'a' && lower <= 'f':
		return lower - 'a' + 10
	}
	return 255
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
