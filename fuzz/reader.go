package fuzz

import (
	"errors"
	"io"
	"slices"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/wire"
)

// Reader: a stream cut into frames by each of the readers of package codec, in
// any pieces, gives what a plain loop over Parse gives: the same frames, the same
// error, at the same place. What has been given and what is buffered is what was
// delivered, an error stays, and no more memory is taken than has come.
func Reader(t T, in []byte) {
	s := script.NewReader(in).Stream()
	want := looped(&s)
	for _, open := range []func(src *pieces) source{
		func(src *pieces) source { return &counted{codec.NewReader(src, s.Limits), src, t} },
		func(src *pieces) source { return &counted{codec.NewReaderSize(src, s.Limits, 512), src, t} },
		func(src *pieces) source { return &byHeader{r: codec.NewReaderSize(src, s.Limits, 512), read: halves} },
		func(src *pieces) source { return &byHeader{r: codec.NewReaderSize(src, s.Limits, 512), read: streamed} },
		func(src *pieces) source { return codec.NewBufioxReader(bufiox.NewDefaultReader(src), s.Limits) },
	} {
		src := &pieces{s: &s}
		drains(t, open(src), want)
		if src.ended > 1 {
			t.Fatalf("read %d times behind its end", src.ended-1)
		}
	}
	skips(t, &s, want)
	const rounding = 16 << 10 // the allocator's, and the Reader itself
	for _, size := range []int{512, codec.DefaultBufferSize} {
		// Twice for a frame that is put together. A buffer that grows to 4 times
		// its size for one frame and shrinks again before the next comes to 5.
		const factor = 5
		read := func(in []byte) {
			s := onlyBytes(s, in)
			r := codec.NewReaderSize(&pieces{s: &s}, s.Limits, size)
			for _, err := r.Next(); err == nil; _, err = r.Next() {
			}
		}
		allocates(t, s.Bytes, factor, 6*size+rounding, func() { read(s.Bytes) })
		linear(t, s.Bytes, read)
	}
}

// onlyBytes is a stream of these bytes, and of no empty pieces: each of them costs
// a call, and time is counted in bytes.
func onlyBytes(s script.Stream, in []byte) script.Stream {
	s.Bytes = in
	s.Sizes = slices.DeleteFunc(slices.Clone(s.Sizes), func(n int) bool { return n == 0 })
	return s
}

// drained is all that can be told of a stream.
type drained struct {
	frames []told
	err    error
	offset int64 // of the frame that has not been given
}

// told is a frame as values.
type told struct {
	typ           frame.Type
	flags         frame.Flags
	id            int32
	info, payload string
}

func tell(f *frame.Frame) told {
	return told{f.Type, f.Flags, f.StreamID, string(f.Header.Bytes()), string(f.Payload)}
}

// looped is what a stream must give: a loop over Parse.
func looped(s *script.Stream) drained {
	var d drained
	var f frame.Frame
	for b := s.Bytes; ; {
		n, err := f.ParseWithin(b, &s.Limits)
		switch {
		case err == nil:
			d.frames = append(d.frames, tell(&f))
			d.offset += int64(n)
			b = b[n:]
			continue
		case err != wire.ErrShort:
			d.err = &wire.Error{Code: err.(wire.Code), Frame: d.offset, Offset: n}
		case len(b) == 0 || s.Err != io.EOF:
			d.err = s.Err
		default:
			d.err = truncated(b, d.offset)
		}
		return d
	}
}

func truncated(b []byte, at int64) error {
	e := &codec.TruncatedError{Frame: at, Have: len(b), Need: frame.FixedSize}
	if len(b) >= 4 {
		e.Need = int(wire.Uint32(b, 0)) + 4
	}
	if len(b) >= frame.FixedSize {
		e.Info = int(wire.Uint16(b, 12)) * 4
	}
	return e
}

// source is what all readers have.
type source interface {
	Next() (*frame.Frame, error)
	Offset() int64
}

// drains asserts that a reader gives what it must, and then the same error over
// and over.
func drains(t T, r source, want drained) {
	t.Helper()
	for i := 0; ; i++ {
		f, err := r.Next()
		if err != nil {
			endsAs(t, r, err, i, want)
			return
		}
		if i >= len(want.frames) {
			t.Fatalf("%T: a frame too many: %v %d", r, f.Type, f.StreamID)
		}
		if got := tell(f); got != want.frames[i] {
			t.Fatalf("%T: frame %d is %+v, want %+v", r, i, got, want.frames[i])
		}
	}
}

func endsAs(t T, r source, err error, frames int, want drained) {
	t.Helper()
	if frames != len(want.frames) || !sameEnd(err, want.err) || r.Offset() != want.offset {
		t.Fatalf("%T: %d frames, then %v, at %d; want %d, %v, %d", r, frames, err, r.Offset(), len(want.frames), want.err, want.offset)
	}
	for range 3 {
		if f, again := r.Next(); f != nil || again != err {
			t.Fatalf("%T: %v, and then %v, %v", r, err, f, again)
		}
	}
	if err != io.EOF && err != script.ErrBroken {
		isText(t, err)
	}
}

// skips asserts that a reader whose caller takes half of each payload gives the
// same frames and the same error. Of a payload that the end of the stream cuts, it
// has given the frame by then.
func skips(t T, s *script.Stream, want drained) {
	t.Helper()
	r := codec.NewReaderSize(&pieces{s: s}, s.Limits, 512)
	for i := 0; ; i++ {
		f, payload, err := r.NextHeader()
		if err == nil {
			f.Payload, err = halves(r, payload/2)
		}
		switch {
		case err != nil:
			if i < len(want.frames) || i > len(want.frames)+1 || !sameEnd(err, want.err) {
				t.Fatalf("payloads skipped: %d frames, then %v; want %d, %v", i, err, len(want.frames), want.err)
			}
			return
		case i < len(want.frames):
			front := want.frames[i]
			front.payload = front.payload[:len(front.payload)/2]
			if got := tell(f); got != front {
				t.Fatalf("payloads skipped: frame %d is %+v, want %+v", i, got, front)
			}
		}
	}
}

// sameEnd compares errors down to their fields.
func sameEnd(a, b error) bool {
	var x, y *wire.Error
	if errors.As(a, &x) && errors.As(b, &y) {
		return *x == *y
	}
	var u, v *codec.TruncatedError
	if errors.As(a, &u) && errors.As(b, &v) {
		return *u == *v && errors.Is(a, io.ErrUnexpectedEOF)
	}
	return a == b
}

// pieces delivers a stream in pieces.
type pieces struct {
	s     *script.Stream
	given int // bytes delivered
	turn  int
	ended int // how often the end was returned
}

func (p *pieces) Read(b []byte) (int, error) {
	left := p.s.Bytes[p.given:]
	if len(left) == 0 {
		p.ended++
		return 0, p.s.Err
	}
	n := copy(b[:min(len(b), p.s.Sizes[p.turn%len(p.s.Sizes)])], left)
	p.turn++
	p.given += n
	if p.s.Join && n == len(left) {
		p.ended++
		return n, p.s.Err
	}
	return n, nil
}

// counted asserts property 4: given and buffered is delivered.
type counted struct {
	*codec.Reader
	src *pieces
	t   T
}

func (c *counted) Next() (*frame.Frame, error) {
	f, err := c.Reader.Next()
	if sum := c.Offset() + int64(c.Buffered()); sum != int64(c.src.given) {
		c.t.Fatalf("Offset %d and Buffered %d are not the %d delivered", c.Offset(), c.Buffered(), c.src.given)
	}
	return f, err
}

// byHeader reads headers, and the payloads in some way.
type byHeader struct {
	r     *codec.Reader
	read  func(r *codec.Reader, payload int) ([]byte, error)
	start int64
	err   error
}

func (h *byHeader) Next() (*frame.Frame, error) {
	if h.err == nil {
		h.start = h.r.Offset()
	}
	f, payload, err := h.r.NextHeader()
	if err == nil {
		f.Payload, err = h.read(h.r, payload)
	}
	if h.err = err; err != nil {
		return nil, err
	}
	return f, nil
}

// Offset is where the frame starts, as it is where a frame is read whole.
func (h *byHeader) Offset() int64 { return h.start }

// halves reads n bytes of a payload, in two parts. They grow as they come: a
// payload that is only claimed must cost nothing here either.
func halves(r *codec.Reader, n int) ([]byte, error) {
	var b []byte
	for left := n; left > 0; {
		b = slices.Grow(b, min(left, 4096))
		k, err := r.ReadPayload(b[len(b) : len(b)+min(left, (n+1)/2, 4096)])
		b, left = b[:len(b)+k], left-k
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// streamed reads a payload as a stream.
func streamed(r *codec.Reader, payload int) ([]byte, error) {
	b, err := io.ReadAll(r.Payload())
	if err == nil && len(b) != payload {
		err = io.ErrShortBuffer
	}
	return b, err
}
