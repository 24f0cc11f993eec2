package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

const (
	// bufferSize holds any fixed part and header info, and many small frames.
	bufferSize = 512 << 10

	// maxHeld is the largest frame that is kept in memory whole: one with any
	// header info and the payload that the default limits allow.
	maxHeld = frame.FixedSize + wire.MaxHeader + wire.DefaultMaxPayload

	// maxEmptyReads is how often a reader may give nothing and no error.
	maxEmptyReads = 100
)

// input is a window that slides over what src gives. The bytes it hands out
// are valid until the next call of fill or forward.
type input struct {
	src  io.Reader
	idle func() // called before each read, which may take for ever; may be nil
	buf  []byte
	r, w int   // buf[r:w] is unread
	off  int64 // where buf[r] is in the input
	err  error // what ended src, io.EOF included

	// small and budget are for one of many inputs at a time: the buffer is let
	// go where it is larger than small and empty, and paid from budget.
	small  int
	budget *budget
}

// budget is memory that inputs share, in bytes.
type budget struct{ left int }

// errBudget is what an input meets whose buffer may not grow.
var errBudget = errors.New("too many large frames at once: there is no memory for this one")

// gapError says that bytes are missing between those before it and those that
// can be read after pass.
type gapError struct{ bytes int64 } // -1: nobody knows how many

func (e *gapError) Error() string { return fmt.Sprintf("%d bytes are missing", e.bytes) }

// isEnd reports whether err is an end of bytes that hang together, and no
// failure.
func isEnd(err error) bool {
	_, gap := err.(*gapError)
	return gap || err == io.EOF
}

func newInput(src io.Reader, idle func()) *input {
	return &input{src: src, idle: idle, buf: make([]byte, bufferSize)}
}

// unread is what has arrived and not been stepped over.
func (in *input) unread() []byte { return in.buf[in.r:in.w] }

// step moves over n bytes, which are unread.
func (in *input) step(n int) {
	in.r += n
	in.off += int64(n)
}

// fill reads until n bytes are unread, or gives what ended the input. The
// buffer grows with what arrives, four times at most in one step, whatever n is.
func (in *input) fill(n int) error {
	for in.w-in.r < n {
		if in.err != nil {
			return in.err
		}
		in.makeRoom(n)
		in.read()
	}
	return nil
}

// peek is fill for who looks far ahead and then steps on by little: it moves
// the unread bytes so seldom that each byte is moved a few times at most.
func (in *input) peek(n int) error {
	for in.w-in.r < n {
		if in.err != nil {
			return in.err
		}
		if in.w == len(in.buf) {
			if in.r < len(in.buf)/4 {
				in.grow(min(4*len(in.buf), 2*n))
			} else {
				in.compact()
			}
		}
		in.read()
	}
	return nil
}

// makeRoom sees to it that there is room for a read towards n unread bytes.
func (in *input) makeRoom(n int) {
	if in.r > 0 {
		in.compact()
	}
	if in.w == len(in.buf) {
		in.grow(min(4*len(in.buf), max(n, len(in.buf)+1)))
	}
}

// compact moves the unread bytes to the start of the buffer.
func (in *input) compact() {
	in.w = copy(in.buf, in.buf[in.r:in.w])
	if in.r = 0; in.w == 0 && in.small > 0 && len(in.buf) > in.small {
		in.free()
		in.buf = make([]byte, in.small)
		in.budget.left -= in.small
	}
}

// grow moves the unread bytes to a larger buffer of this size, if that may be.
func (in *input) grow(size int) {
	if in.budget != nil {
		if more := size - len(in.buf); more > in.budget.left {
			in.err = errBudget
			return
		} else {
			in.budget.left -= more
		}
	}
	grown := make([]byte, size)
	in.w = copy(grown, in.unread())
	in.buf, in.r = grown, 0
}

// free gives the buffer back to the budget.
func (in *input) free() {
	in.budget.left += len(in.buf)
	in.buf, in.r, in.w = nil, 0, 0
}

// pass steps over what is unread and the gap behind it.
func (in *input) pass(gap *gapError) {
	in.step(in.w - in.r)
	in.off += max(gap.bytes, 0)
	in.err = nil
}

// Read makes an input a reader of what is left of it.
func (in *input) Read(b []byte) (int, error) {
	if in.r == in.w {
		switch err := in.fill(1); {
		case err != nil && isEnd(err):
			return 0, err
		case err != nil:
			return 0, &readError{in.off, err}
		}
	}
	n := copy(b, in.unread())
	in.step(n)
	return n, nil
}

// read reads once into the room behind the unread bytes.
func (in *input) read() {
	if in.err != nil {
		return
	}
	if in.idle != nil {
		in.idle()
	}
	for range maxEmptyReads {
		n, err := in.src.Read(in.buf[in.w:])
		in.w += n
		if in.err = err; n > 0 || err != nil {
			return
		}
	}
	in.err = io.ErrNoProgress
}

// forward passes the next n bytes to dst and steps over them, in pieces, so
// that n may be larger than memory. It returns how many it passed, and what
// ended the input or failed in dst before that.
func (in *input) forward(dst io.Writer, n int) (passed int, err error) {
	for passed < n {
		if in.r == in.w {
			if err := in.fill(1); err != nil {
				return passed, err
			}
		}
		b := in.unread()
		b = b[:min(len(b), n-passed)]
		if _, err := dst.Write(b); err != nil {
			return passed, err
		}
		in.step(len(b))
		passed += len(b)
	}
	return passed, nil
}

// file is one FILE of the command line, open.
type file struct {
	io.Reader
	size  int64 // of what is left to read, in bytes; -1: not known
	close func() error
}

// open opens a FILE; "-" is standard input.
func open(name string, stdin io.Reader) (*file, error) {
	if name == "-" {
		f := &file{Reader: stdin, size: -1, close: func() error { return nil }}
		if in, ok := stdin.(*os.File); ok {
			f.size = sizeLeft(in)
		}
		return f, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if st, err := f.Stat(); err == nil && st.IsDir() {
		f.Close()
		return nil, errFolder
	}
	return &file{Reader: f, size: sizeLeft(f), close: f.Close}, nil
}

// sizeLeft is how much of a regular file is left to read, or -1.
func sizeLeft(f *os.File) int64 {
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		return -1
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return -1
	}
	return max(st.Size()-at, 0)
}
