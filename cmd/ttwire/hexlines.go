package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// This file is the part of hexReader that reads lines with offsets.

// cutText cuts the text column off the bytes of a line. xxd sets it off with
// two blanks, hexdump -C with a bar, od with >, Wireshark with three blanks.
func cutText(line []byte, kind hexKind) (data, text []byte) {
	gap := "   "
	if kind == hexColon {
		gap = "  "
	} else if i := bytes.IndexAny(line, "|>"); i >= 0 {
		return line[:i], nil
	}
	if i := bytes.Index(line, []byte(gap)); i >= 0 {
		return line[:i], bytes.TrimLeft(line[i:], " ")
	}
	return line, nil
}

// dumpLine decodes a line of a hex dump with offsets.
func (h *hexReader) dumpLine(line []byte) error {
	trimmed := bytes.TrimLeft(line, " \t")
	col := 1 + len(line) - len(trimmed)
	switch {
	case len(trimmed) == 0:
		return nil
	case string(trimmed) == "*":
		if h.star = true; len(h.row) == 0 {
			return &hexError{h.line, col, `there is no line above "*"`}
		}
		return nil
	}
	digits, rest := cutDigits(cutPrefix(trimmed))
	off, err := strconv.ParseUint(string(digits), 16, 64)
	if err != nil || h.kind == hexColon && (len(rest) == 0 || rest[0] != ':') {
		return &hexError{h.line, col, "an offset should stand here"}
	}
	if h.kind == hexColon {
		rest = rest[1:]
	}
	if err := h.checkOffset(off, len(digits), col); err != nil {
		return err
	}
	rest = bytes.TrimLeft(rest, " \t")
	return h.dumpBytes(rest, 1+len(line)-len(rest))
}

// checkOffset compares a line's offset with how much came before it.
func (h *hexReader) checkOffset(off uint64, digits, col int) error {
	if !h.based {
		if h.based, h.off = true, off; digits == 7 && h.kind == hexBare {
			return &hexError{h.line, col, "offsets of 7 digits are od's octal ones: use od -A x -t x1, xxd or hexdump -C"}
		}
	}
	gap := off - h.off
	if h.star && off >= h.off && gap%uint64(len(h.row)) == 0 {
		h.again, h.repeat, h.at, h.off = append(h.again[:0], h.row...), gap, 0, off
	}
	if h.star = false; off == h.off {
		return nil
	}
	return &hexError{h.line, col, fmt.Sprintf("the offset is 0x%x, but the lines above end at 0x%x", off, h.off)}
}

// dumpBytes decodes what stands behind an offset, from this column on.
func (h *hexReader) dumpBytes(rest []byte, col int) error {
	data, text := cutText(rest, h.kind)
	for at := 0; at < len(data); {
		if isBlank(data[at]) {
			at++
			continue
		}
		n, err := h.dumpGroup(data[at:], col+at)
		if at += n; err != nil {
			return err
		}
	}
	if len(text) > len(h.memory) {
		return &hexError{h.line, col + len(rest) - len(text), "this is longer than the text of the bytes before it"}
	}
	if what := h.misread(data, text); what != "" {
		return &hexError{h.line, col, what}
	}
	if len(h.memory) > 0 {
		h.row = append(h.row[:0], h.memory...)
	}
	h.out = h.memory
	h.off += uint64(len(h.memory))
	return nil
}

// dumpGroup decodes the hex digits at the start of b and tells how many they
// are.
func (h *hexReader) dumpGroup(b []byte, col int) (n int, err error) {
	digits, _ := cutDigits(b)
	if len(digits) == 0 {
		return 0, h.notHex(b[0], col)
	}
	if len(digits)%2 != 0 {
		return 0, h.odd(len(digits), col)
	}
	for i := 0; i < len(digits); i += 2 {
		h.memory = append(h.memory, hexValue(digits[i])<<4|hexValue(digits[i+1]))
	}
	return len(digits), nil
}

// What xxd prints where it does not print bytes in hex and in their order.
const (
	isTurned = "each group has its bytes in reverse order, as of xxd -e: use xxd alone"
	isBinary = "these are binary digits, as of xxd -b: use xxd alone"
)

// misread tells from the text of a line of xxd that h.memory is not what it
// stands for, "" where it may well be.
func (h *hexReader) misread(data, text []byte) string {
	if h.kind != hexColon || len(text) == 0 || isTextOf(text, h.memory) {
		return ""
	}
	groups := bytes.Fields(data)
	if isTextOf(text, turned(h.memory, len(groups[0])/2)) {
		return isTurned
	}
	if isTextOf(text, fromBits(groups)) {
		return isBinary
	}
	return ""
}

// isTextOf reports whether text is what xxd prints beside these bytes.
func isTextOf(text, b []byte) bool {
	if len(text) != len(b) {
		return false
	}
	for i, c := range b {
		if c < ' ' || c > '~' {
			c = '.'
		}
		if text[i] != c {
			return false
		}
	}
	return true
}

// turned is b with each group of so many bytes in reverse order.
func turned(b []byte, group int) []byte {
	b = bytes.Clone(b)
	for rest := b; len(rest) > 0; rest = rest[min(group, len(rest)):] {
		slices.Reverse(rest[:min(group, len(rest))])
	}
	return b
}

// fromBits is the bytes that groups of binary digits stand for, nil if they are
// others.
func fromBits(groups [][]byte) (b []byte) {
	for _, g := range groups {
		v, err := strconv.ParseUint(string(g), 2, 8)
		if err != nil || len(g) != 8 {
			return nil
		}
		b = append(b, byte(v))
	}
	return b
}

// lookAhead reads what has arrived behind the first line, which is piece, before
// any bytes are given: a first line without text to read looks the same in
// reverse.
func (h *hexReader) lookAhead(piece []byte) error {
	rest, _ := h.src.Peek(h.src.Buffered())
	all := io.MultiReader(bytes.NewReader(piece), bytes.NewReader(rest))
	ahead := newHexReader(all)
	ahead.kind, ahead.line = hexColon, h.line-1
	_, err := io.Copy(io.Discard, ahead)
	if fault := (*hexError)(nil); errors.As(err, &fault) && (fault.what == isTurned || fault.what == isBinary) {
		return fault
	}
	return nil
}
