package codec_test

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// outcome is all that can be told of a byte stream.
type outcome struct {
	Frames []string
	Err    string
	Offset int64
}

// told describes a frame.
func told(f *frame.Frame) string {
	return fmt.Sprintf("%v %#x %d %x %x", f.Type, uint16(f.Flags), f.StreamID, f.Header.Bytes(), f.Payload)
}

// toldError describes an error down to its fields.
func toldError(err error) string {
	var illegal *wire.Error
	var cut *codec.TruncatedError
	switch {
	case errors.As(err, &illegal):
		return fmt.Sprintf("%s at %d of the frame at %d", illegal.Code.Reason(), illegal.Offset, illegal.Frame)
	case errors.As(err, &cut):
		return fmt.Sprintf("truncated %+v", *cut)
	}
	return fmt.Sprint(err)
}

// expect is what the stream b, ended by end, must give: a plain loop over
// Parse.
func expect(b []byte, lim frame.Limits, end error) outcome {
	var out outcome
	f := new(frame.Frame)
	for at := 0; ; {
		n, err := f.ParseWithin(b[at:], &lim)
		switch err {
		case nil:
			out.Frames = append(out.Frames, told(f))
			at += n
			continue
		case wire.ErrShort:
			out.Err = toldError(expectEnd(b[at:], at, end))
		default:
			out.Err = toldError(&wire.Error{Code: err.(wire.Code), Frame: int64(at), Offset: n})
		}
		out.Offset = int64(at)
		return out
	}
}

// expectEnd is the error for a stream that ends with end behind the first bytes
// of a frame.
func expectEnd(b []byte, at int, end error) error {
	if len(b) == 0 || end != io.EOF {
		return end
	}
	e := &codec.TruncatedError{Frame: int64(at), Have: len(b), Need: 14}
	if len(b) >= 4 {
		e.Need = int(wire.Uint32(b, 0)) + 4
	}
	if len(b) >= 14 {
		e.Info = int(wire.Uint16(b, 12)) * 4
	}
	return e
}

// pieces delivers a stream in pieces of the given sizes, over and over, and
// then ends.
type pieces struct {
	b     []byte
	sizes []int
	end   error
	join  bool // end comes with the last piece
	given int  // bytes delivered
	turn  int
	ended int // how often end was returned
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(b) == 0 {
		panic("Read into nothing")
	}
	left := p.b[p.given:]
	if len(left) == 0 {
		p.ended++
		return 0, p.end
	}
	n := copy(b[:min(len(b), p.sizes[p.turn%len(p.sizes)])], left)
	p.turn++
	p.given += n
	if p.join && n == len(left) {
		p.ended++
		return n, p.end
	}
	return n, nil
}

var errBroken = errors.New("connection broken")

// genPieces makes any way to deliver b.
func genPieces(t *rapid.T, b []byte) *pieces {
	size := rapid.OneOf(rapid.Just(1), rapid.IntRange(0, 30), rapid.IntRange(0, 5000))
	sizes := rapid.SliceOfN(size, 1, 6).Draw(t, "sizes")
	if slices.Max(sizes) == 0 {
		sizes[0] = 1
	}
	return &pieces{b: b, sizes: sizes,
		end:  rapid.SampledFrom([]error{io.EOF, io.EOF, errBroken}).Draw(t, "end"),
		join: rapid.Bool().Draw(t, "end with data"),
	}
}

// genStream makes any stream: some legal frames, and behind them nothing, the
// start of a frame, an illegal frame, or anything.
func genStream(t *rapid.T) []byte {
	var b []byte
	for range rapid.IntRange(0, 5).Draw(t, "frames") {
		f := testgen.Frames().Draw(t, "frame")
		if rapid.Bool().Draw(t, "large") { // for buffers of 512 bytes and more
			f.Payload = counting(rapid.IntRange(400, 9000).Draw(t, "payload"))
		}
		b = append(b, f.Bytes()...)
	}
	switch rapid.IntRange(0, 3).Draw(t, "tail") {
	case 0:
		f := testgen.Frames().Draw(t, "cut frame").Bytes()
		b = append(b, f[:rapid.IntRange(0, len(f)-1).Draw(t, "cut")]...)
	case 1:
		b = append(b, testgen.Faults().Draw(t, "fault").In...)
	case 2:
		b = append(b, testgen.Inputs().Draw(t, "anything")...)
	}
	return b
}

// counting is n bytes of which none looks like those around it.
func counting(n int) string {
	b := make([]byte, 0, n+8)
	for i := uint32(0); len(b) < n; i++ {
		b = wire.AppendUint32(b, i*2654435761)
	}
	return string(b[:n])
}

// fataler is what testing.T and rapid.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// next is the method that all readers have.
type next interface {
	Next() (*frame.Frame, error)
	Offset() int64
}

// drain reads a stream to its end, and a little further: the error must stay
// the same.
func drain(t fataler, r next) outcome {
	t.Helper()
	var out outcome
	for {
		f, err := r.Next()
		if err != nil {
			for range 3 {
				if f, again := r.Next(); f != nil || again != err {
					t.Fatalf("after %v: Next = %v, %v", err, f, again)
				}
			}
			out.Err, out.Offset = toldError(err), r.Offset()
			return out
		}
		out.Frames = append(out.Frames, told(f))
	}
}

// small is a data frame with a payload of n bytes on stream id.
func small(id int32, n int) []byte {
	f := testgen.Frame{Type: '3', Flags: 2, Stream: id, Protocol: 0x10, Blocks: []testgen.Block{
		{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: "3"}, {Int: 9, Value: "Bidi"}}}}}
	f.Payload = counting(n)
	return f.Bytes()
}

// several is frames of these payload sizes on streams 1, 2, ...
func several(sizes ...int) []byte {
	var b []byte
	for i, n := range sizes {
		b = append(b, small(int32(i+1), n)...)
	}
	return b
}
