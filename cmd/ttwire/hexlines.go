package main

import (
	"bytes"
	"fmt"
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
