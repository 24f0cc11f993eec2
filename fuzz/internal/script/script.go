// Package script turns the bytes that a fuzzer makes up into choices, and
// choices back into bytes.
//
// A Reader never fails: bytes that have run out are zeros, and every byte is
// some choice. So a mutation of a script is a script again, which is what lets a
// fuzzer get deep where bytes alone would mostly be refused at the door. A
// Writer makes the script of which a Reader reads the same, so that recordings
// and generated models become seeds.
package script

import (
	"bytes"
	"encoding/binary"
)

// Reader reads a script.
type Reader struct {
	b    []byte
	made int // bytes that runs have made
}

// NewReader reads the script b, which the values of Bytes alias.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// More reports whether there is anything left to read.
func (r *Reader) More() bool { return len(r.b) > 0 }

// Rest is all that has not been read, and ends the script.
func (r *Reader) Rest() []byte {
	b := r.b
	r.b = nil
	return b
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.b) == 0 {
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// Pick reads a choice of 0 to n-1. n is at most 256.
func (r *Reader) Pick(n int) int { return int(r.Byte()) % n }

// Bool reads a choice of two.
func (r *Reader) Bool() bool { return r.Byte()&1 != 0 }

// Uint16 reads two bytes, big endian.
func (r *Reader) Uint16() uint16 { return uint16(r.Byte())<<8 | uint16(r.Byte()) }

// Int32 reads four bytes, big endian.
func (r *Reader) Int32() int32 { return int32(uint32(r.Uint16())<<16 | uint32(r.Uint16())) }

// How the length of a value stands in a script: as itself up to longValue; else
// as longValue and a u16; or as run, a u16 and the byte that is repeated
// u16+runBase times. A run makes values that are too long from a few bytes.
const (
	longValue = 0xF8
	run       = 0xFC
	runBase   = 16
)

// maxMade is how many bytes the runs of a script make, together. Without it a
// short script made texts of 25 MB, over which the fuzzer gave up.
const maxMade = 1 << 20

// Bytes reads a value of any bytes, capped at its own length.
func (r *Reader) Bytes() []byte {
	n := int(r.Byte())
	switch {
	case n >= run:
		n = min(int(r.Uint16())+runBase, maxMade-r.made)
		r.made += n
		return bytes.Repeat([]byte{r.Byte()}, n)
	case n >= longValue:
		n = int(r.Uint16())
	}
	n = min(n, len(r.b))
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// String reads a value as a string.
func (r *Reader) String() string { return string(r.Bytes()) }

// Writer writes a script.
type Writer struct{ b []byte }

// Script is what has been written.
func (w *Writer) Script() []byte { return w.b }

// Byte writes one byte: a choice, where a Reader picks.
func (w *Writer) Byte(c byte) { w.b = append(w.b, c) }

// Bool writes a choice of two.
func (w *Writer) Bool(v bool) {
	if v {
		w.Byte(1)
		return
	}
	w.Byte(0)
}

// Uint16 writes two bytes.
func (w *Writer) Uint16(v uint16) { w.b = binary.BigEndian.AppendUint16(w.b, v) }

// Int32 writes four bytes.
func (w *Writer) Int32(v int32) { w.b = binary.BigEndian.AppendUint32(w.b, uint32(v)) }

// Bytes writes a value. One over 65,535 bytes must be a repeated byte.
func (w *Writer) Bytes(v []byte) {
	switch {
	case len(v) >= runBase && bytes.Count(v, v[:1]) == len(v):
		w.Byte(run)
		w.Uint16(uint16(len(v) - runBase))
		w.Byte(v[0])
		return
	case len(v) > 0xFFFF:
		panic("script: too long a value")
	case len(v) >= longValue:
		w.Byte(longValue)
		w.Uint16(uint16(len(v)))
	default:
		w.Byte(byte(len(v)))
	}
	w.b = append(w.b, v...)
}

// String writes a value.
func (w *Writer) String(v string) { w.Bytes([]byte(v)) }

// Raw writes bytes as they are, for Rest.
func (w *Writer) Raw(v []byte) { w.b = append(w.b, v...) }
