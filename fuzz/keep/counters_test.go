package main

import (
	"encoding/binary"
	"slices"
	"testing"
)

// file is a counter file of one segment, with a string table of 5 bytes.
func file(form byte, numbers ...uint32) []byte {
	b := make([]byte, fileHeader)
	b[flavorAt] = form
	b = binary.LittleEndian.AppendUint64(b, 2)
	b = binary.LittleEndian.AppendUint32(b, 3)
	b = binary.LittleEndian.AppendUint32(b, 2)
	b = append(b, "table\x00\x00\x00"...)
	for _, n := range numbers {
		if form == raw {
			b = binary.LittleEndian.AppendUint32(b, n)
		} else {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return b
}

func TestCounters(t *testing.T) {
	// Two functions: three blocks, of which one was not executed, and one block.
	numbers := []uint32{3, 1, 7, 1, 0, 200, 1, 2, 0, 1 << 20}
	want := []place{{1, 7, 0, 1}, {1, 7, 2, 8}, {2, 0, 0, 8}}
	for _, form := range []byte{raw, leb} {
		b := file(form, numbers...)
		got, err := counters(b)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("form %d: %v, %v; want %v", form, got, err, want)
		}
		for n := range b {
			if got, err := counters(b[:n]); err == nil && !slices.Equal(got, want) {
				t.Errorf("form %d, %d of %d bytes: %v", form, n, len(b), got)
			}
		}
	}
	if _, err := counters(file(3, numbers...)); err == nil {
		t.Error("an unknown form is read")
	}
}
