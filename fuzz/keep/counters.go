package main

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// place is a piece of code and, roughly, how often it was executed: in powers
// of two, up to 128. More often in a loop is something new to a fuzzer.
type place struct {
	pkg, fn, block uint32
	often          int
}

var errCounters = errors.New("coverage counters in a form that is not known here: see internal/coverage/defs.go of this Go version")

// Sizes in the file that coverage.WriteCounters writes, and its two forms.
const (
	fileHeader    = 4 + 4 + 16 + 1 + 1 + 6
	flavorAt      = 24
	segmentHeader = 8 + 4 + 4
	raw, leb      = 1, 2
)

// counters reads what was executed from a file of one segment.
func counters(b []byte) ([]place, error) {
	if len(b) < fileHeader+segmentHeader {
		return nil, errCounters
	}
	r := numbers{b: b, leb: b[flavorAt] == leb}
	if b[flavorAt] != raw && b[flavorAt] != leb {
		return nil, errCounters
	}
	segment := b[fileHeader:]
	functions := binary.LittleEndian.Uint64(segment)
	tables := int(binary.LittleEndian.Uint32(segment[8:])) + int(binary.LittleEndian.Uint32(segment[12:]))
	r.at = fileHeader + (segmentHeader+tables+3)&^3
	var all []place
	for range functions {
		n, pkg, fn := r.next(), r.next(), r.next()
		for block := range n {
			if often := r.next(); often > 0 {
				all = append(all, place{pkg, fn, block, min(bits.Len32(often), 8)})
			}
		}
		if r.bad {
			return nil, errCounters
		}
	}
	return all, nil
}

// numbers reads u32 numbers of either form.
type numbers struct {
	b   []byte
	at  int
	leb bool
	bad bool // there were too few
}

func (r *numbers) next() uint32 {
	if r.bad || r.at > len(r.b) {
		r.bad = true
		return 0
	}
	if !r.leb {
		if r.at+4 > len(r.b) {
			r.bad = true
			return 0
		}
		r.at += 4
		return binary.LittleEndian.Uint32(r.b[r.at-4:])
	}
	v, n := binary.Uvarint(r.b[r.at:])
	r.bad = n <= 0
	r.at += n
	return uint32(v)
}
