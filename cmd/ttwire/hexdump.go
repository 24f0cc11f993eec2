package main

import (
	"io"
	"math/bits"
)

const hexColumns = 16 // bytes in a line of a hex dump

// appendHexLine appends up to 16 bytes as hexdump -C shows them: the offset of
// the first one, the bytes in two groups, the text in bars. The line's first
// skip columns are left empty.
func appendHexLine(dst []byte, off int64, skip int, b []byte) []byte {
	dst = append(appendHexInt(dst, off, offsetDigits(off)), ' ')
	for i := range hexColumns {
		if i%8 == 0 {
			dst = append(dst, ' ')
		}
		if i < skip || i >= skip+len(b) {
			dst = append(dst, "   "...)
			continue
		}
		dst = append(appendHex(dst, b[i-skip]), ' ')
	}
	dst = append(dst, " |"...)
	for range skip {
		dst = append(dst, ' ')
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			c = '.'
		}
		dst = append(dst, c)
	}
	return append(dst, '|')
}

// offsetDigits is how many hex digits an offset is shown with.
func offsetDigits(off int64) int { return max(8, (bits.Len64(uint64(off))+3)/4) }

// hexColumn is where byte i stands in a line that appendHexLine appends for
// this offset.
func hexColumn(off int64, i int) int { return offsetDigits(off) + 2 + 3*i + i/8 }

// hexDumper writes what is written to it as lines of a hex dump, each behind
// an indent. Close writes the last one.
type hexDumper struct {
	out    io.Writer
	indent string
	off    int64
	n      int // how much of row is filled
	row    [hexColumns]byte
	line   []byte
}

// Write takes bytes of any number.
func (d *hexDumper) Write(b []byte) (int, error) {
	total := len(b)
	for len(b) > 0 {
		n := copy(d.row[d.n:], b)
		d.n += n
		b = b[n:]
		if d.n == hexColumns {
			if err := d.Close(); err != nil {
				return total - len(b), err
			}
		}
	}
	return total, nil
}

// Close writes the row that has been begun.
func (d *hexDumper) Close() error {
	if d.n == 0 {
		return nil
	}
	d.line = append(d.line[:0], d.indent...)
	d.line = append(appendHexLine(d.line, d.off, 0, d.row[:d.n]), '\n')
	d.off += int64(d.n)
	d.n = 0
	_, err := d.out.Write(d.line)
	return err
}
