package main

import (
	"encoding/base64"
	"io"
)

// base64Writer writes what is written to it as base64. Unlike the standard
// library's encoder it is made once for all payloads.
type base64Writer struct {
	out  io.Writer
	tail [3]byte // bytes that make no group of three yet
	n    int     // how many
	text [1024]byte
}

// Write takes bytes of any number.
func (w *base64Writer) Write(b []byte) (int, error) {
	total := len(b)
	if w.n > 0 {
		some := copy(w.tail[w.n:], b)
		b = b[some:]
		if w.n += some; w.n < len(w.tail) {
			return total, nil
		}
		if err := w.encode(w.tail[:]); err != nil {
			return 0, err
		}
	}
	for len(b) >= 3 {
		some := b[:min(len(b)/3*3, len(w.text)/4*3)]
		if err := w.encode(some); err != nil {
			return total - len(b), err
		}
		b = b[len(some):]
	}
	w.n = copy(w.tail[:], b)
	return total, nil
}

// Close writes the last group. The next Write begins anew.
func (w *base64Writer) Close() error {
	n := w.n
	w.n = 0
	return w.encode(w.tail[:n])
}

func (w *base64Writer) encode(b []byte) error {
	_, err := w.out.Write(base64.StdEncoding.AppendEncode(w.text[:0], b))
	return err
}
