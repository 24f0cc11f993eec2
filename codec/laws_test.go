package codec_test

import (
	"io"
	"testing"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// drains are all the ways to get frames out of a stream.
var drains = []struct {
	name string
	run  func(t fataler, src *pieces, lim frame.Limits) outcome
}{
	{"Reader", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, &given{codec.NewReader(src, lim), src, t})
	}},
	{"Reader/512", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, &given{codec.NewReaderSize(src, lim, 512), src, t})
	}},
	{"ReadPayload", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, &byHeader{r: codec.NewReaderSize(src, lim, 512), read: readPayload})
	}},
	{"Payload", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, &byHeader{r: codec.NewReaderSize(src, lim, 512), read: streamPayload})
	}},
	{"BufioxReader", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, codec.NewBufioxReader(&peeker{src: src}, lim))
	}},
	{"bufiox.DefaultReader", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, codec.NewBufioxReader(bufiox.NewDefaultReader(src), lim))
	}},
	{"Feeder", func(t fataler, src *pieces, lim frame.Limits) outcome {
		return drain(t, &fed{d: codec.NewFeeder(lim), src: src, t: t})
	}},
}

// Property 3: any chunking of a byte stream gives the same frames, errors and
// offsets: those of a plain loop over Parse.
func TestAnyChunking(t *testing.T) {
	for _, d := range drains {
		t.Run(d.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := genStream(t)
				src, lim := genPieces(t, b), genLimits(t)
				got := d.run(t, src, lim)
				if diff := cmp.Diff(expect(b, lim, src.end), got); diff != "" {
					t.Fatalf("-loop over Parse +%s:\n%s", d.name, diff)
				}
				if src.ended > 1 {
					t.Fatalf("read %d times after its end", src.ended-1)
				}
			})
		})
	}
}

// The same for frames around the sizes at which buffers grow, in pieces around
// those at which they are full.
func TestEverySize(t *testing.T) {
	sizes := []int{0, 400, 470, 478, 479, 1500, 2014, 2015, 4000, 5000}
	for _, first := range sizes {
		for _, second := range sizes {
			b := several(first, second, 3000, second, first, 0)
			want := expect(b, frame.Limits{}, io.EOF)
			for _, piece := range []int{100, 511, 512, 513, 2048, 3000, 100_000} {
				for _, d := range drains {
					src := &pieces{b: b, sizes: []int{piece}, end: io.EOF}
					if diff := cmp.Diff(want, d.run(t, src, frame.Limits{})); diff != "" {
						t.Fatalf("%s, payloads of %d and %d, pieces of %d: -want +got:\n%s", d.name, first, second, piece, diff)
					}
				}
			}
		}
	}
}

func genLimits(t *rapid.T) frame.Limits {
	return rapid.SampledFrom([]frame.Limits{
		{}, {}, {MaxPayload: 1 << 30}, {MaxPayload: 1000}, {MaxHeader: 40}, {MaxPairs: 3}, {Strict: true}, {UnknownTypes: true},
	}).Draw(t, "limits")
}

// given checks property 4 after each call of Next: given + buffered = delivered.
type given struct {
	*codec.Reader
	src *pieces
	t   fataler
}

func (g *given) Next() (*frame.Frame, error) {
	f, err := g.Reader.Next()
	if sum := g.Offset() + int64(g.Buffered()); sum != int64(g.src.given) {
		g.t.Fatalf("Offset %d + Buffered %d != %d delivered", g.Offset(), g.Buffered(), g.src.given)
	}
	return f, err
}

// byHeader reads frames by NextHeader and the payload in some way.
type byHeader struct {
	r     *codec.Reader
	read  func(r *codec.Reader, payload int) ([]byte, error)
	start int64 // of the frame
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

// Offset is the start of the frame, as it is where a frame is read whole.
func (h *byHeader) Offset() int64 { return h.start }

// readPayload reads the payload in two halves.
func readPayload(r *codec.Reader, payload int) ([]byte, error) {
	b := make([]byte, payload+3)
	n, err := r.ReadPayload(b[:payload/2])
	if err != nil {
		return nil, err
	}
	more, err := r.ReadPayload(b[n:])
	return b[:n+more], err
}

// streamPayload reads it as a stream, 100 bytes at a time.
func streamPayload(r *codec.Reader, payload int) ([]byte, error) {
	b := make([]byte, 0, payload)
	for src := r.Payload(); ; {
		piece := make([]byte, 100)
		n, err := src.Read(piece)
		if b = append(b, piece[:n]...); err == io.EOF && len(b) == payload {
			return b, nil
		} else if err != nil {
			return nil, err
		}
	}
}

// fed drives a Feeder as an event loop does, and overwrites each piece when it
// is its own again.
type fed struct {
	d     *codec.Feeder
	src   *pieces
	buf   [10000]byte
	piece []byte
	end   error
	err   error // what the stream ended with, if End has been called
	sum   int
	t     fataler
}

func (f *fed) Offset() int64 { return f.d.Offset() }

func (f *fed) Next() (*frame.Frame, error) {
	for f.err == nil {
		fr, err := f.d.Next()
		if sum := f.d.Offset() + int64(f.d.Buffered()); sum != int64(f.sum) {
			f.t.Fatalf("Offset %d + Buffered %d != %d fed", f.d.Offset(), f.d.Buffered(), f.sum)
		}
		if err != wire.ErrShort {
			return fr, err
		}
		clear(f.piece)
		if f.end != nil {
			f.err = f.finish()
			break
		}
		var n int
		n, f.end = f.src.Read(f.buf[:])
		f.piece = f.buf[:n]
		f.sum += n
		f.d.Feed(f.piece)
	}
	return nil, f.err
}

// finish is what the event loop makes of the connection's end.
func (f *fed) finish() error {
	err := f.d.End()
	if _, cut := err.(*codec.TruncatedError); err == nil || cut && f.end != io.EOF {
		return f.end
	}
	return err
}

// peeker is a bufiox.Reader made as simply as can be, that overwrites what is
// not valid any more.
type peeker struct {
	src   io.Reader
	piece [4096]byte
	b     []byte
	r     int
	err   error
	most  int // longest Peek
	peeks int
}

func (p *peeker) Peek(n int) ([]byte, error) {
	p.most = max(p.most, n)
	p.peeks++
	for len(p.b)-p.r < n && p.err == nil {
		var k int
		k, p.err = p.src.Read(p.piece[:])
		p.b = append(p.b, p.piece[:k]...)
	}
	if len(p.b)-p.r < n {
		return nil, p.err
	}
	return p.b[p.r : p.r+n], nil
}

func (p *peeker) Skip(n int) error {
	if _, err := p.Peek(n); err != nil {
		return err
	}
	p.r += n
	return nil
}

func (p *peeker) Release(error) error {
	left := append([]byte{}, p.b[p.r:]...)
	clear(p.b)
	p.b, p.r = left, 0
	return nil
}
