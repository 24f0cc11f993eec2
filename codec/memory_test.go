package codec_test

import (
	"io"
	"runtime"
	"testing"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// allocated is how many bytes f allocates.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// feeds makes a function that takes src to its end, for each kind of reader.
var feeds = []struct {
	name  string
	fixed int // what may be allocated for any stream, in bytes
	run   func(src *pieces, lim frame.Limits) error
}{
	{"Reader", 6*codec.DefaultBufferSize + 4096, func(src *pieces, lim frame.Limits) error {
		return last(codec.NewReader(src, lim))
	}},
	{"Reader/512", 6*512 + 4096, func(src *pieces, lim frame.Limits) error {
		return last(codec.NewReaderSize(src, lim, 512))
	}},
	{"NextHeader", 6*codec.DefaultBufferSize + 4096, func(src *pieces, lim frame.Limits) error {
		r := codec.NewReader(src, lim)
		for {
			if _, _, err := r.NextHeader(); err != nil {
				return err
			}
		}
	}},
	{"Feeder", 4*codec.DefaultBufferSize + 4096, func(src *pieces, lim frame.Limits) error {
		return last(&fed{d: codec.NewFeeder(lim), src: src})
	}},
}

func last(r interface{ Next() (*frame.Frame, error) }) error {
	for {
		if _, err := r.Next(); err != nil {
			return err
		}
	}
}

// Property 2: what is allocated is at most twice what has come, and a constant,
// whatever the length fields say.
func TestMemoryFollowsInput(t *testing.T) {
	for _, feed := range feeds {
		t.Run(feed.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := genStream(t)
				src := genPieces(t, b)
				n := allocated(func() { feed.run(src, frame.Limits{MaxPayload: wire.MaxPayload}) })
				if most := 2*len(b) + feed.fixed; n > most {
					t.Fatalf("%d bytes allocated for %d, want %d at most", n, len(b), most)
				}
			})
		})
	}
}

// F7: 1 GiB is claimed, with the limit raised, and some of it comes.
func TestF7ClaimsOneGiB(t *testing.T) {
	for _, come := range []int{20, 600, 100_000, 300_000, 5 << 20} {
		b := make([]byte, come)
		copy(b, small(1, 0))
		wire.PutUint32(b, 0, wire.MaxLength)
		for _, feed := range feeds {
			for _, size := range []int{1 << 20, 9000} {
				src := &pieces{b: b, sizes: []int{size}, end: io.EOF}
				var err error
				n := allocated(func() { err = feed.run(src, frame.Limits{MaxPayload: wire.MaxPayload}) })
				if most := 2*come + feed.fixed; n > most {
					t.Errorf("%s, %d of 1 GiB in pieces of %d: %d bytes allocated, want %d at most", feed.name, come, size, n, most)
				}
				if want := (&codec.TruncatedError{Have: come, Need: wire.MaxLength + 4, Info: 20}); toldError(err) != toldError(want) {
					t.Errorf("%s: %v, want %v", feed.name, err, want)
				}
			}
		}
	}
}

// The header info of a frame is put together before its payload is read, which
// with a small buffer is once more.
func TestLargeInfoSmallBuffer(t *testing.T) {
	b := frame.Begin(nil, frame.Header, 1, header.ThriftStruct)
	for range 4 {
		b.Str("k", string(make([]byte, 65_000)))
	}
	b.Method("M")
	info, err := b.FinishPrefix(10 << 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, come := range []int{1, 1000, len(info), len(info) + 1, 5 << 20, 10 << 20} {
		in := append(info[:len(info):len(info)], make([]byte, come)...)
		for _, size := range []int{512, 4096, 16384, codec.DefaultBufferSize} {
			factor := 3
			if size == codec.DefaultBufferSize {
				factor = 2
			}
			n := allocated(func() {
				last(codec.NewReaderSize(&pieces{b: in, sizes: []int{1 << 20}, end: io.EOF}, frame.Limits{}, size))
			})
			if most := factor*len(in) + 6*size + 16<<10; n > most {
				t.Errorf("buffer of %d, %d bytes of payload: %d bytes allocated, want %d at most", size, come, n, most)
			}
		}
	}
}

// F7 over a bufiox source: it is never asked for more than twice what it holds,
// or 64 KiB.
func TestF7BufioxClaims(t *testing.T) {
	for _, come := range []int{20, 100_000, 5 << 20} {
		b := make([]byte, come)
		copy(b, small(1, 0))
		wire.PutUint32(b, 0, wire.MaxLength)
		src := &peeker{src: &pieces{b: b, sizes: []int{1 << 20}, end: io.EOF}}
		err := last(codec.NewBufioxReader(src, frame.Limits{MaxPayload: wire.MaxPayload}))
		if most := max(2*come, 64<<10); src.most > most {
			t.Errorf("%d of 1 GiB: asked for %d bytes, want %d at most", come, src.most, most)
		}
		if want := (&codec.TruncatedError{Have: come, Need: wire.MaxLength + 4, Info: 20}); toldError(err) != toldError(want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

// F7 with the default limit: refused at once.
func TestF7Refused(t *testing.T) {
	b := small(1, 0)[:20]
	wire.PutUint32(b, 0, 1<<30)
	for _, d := range drains {
		src := &pieces{b: b, sizes: []int{20}, end: io.EOF}
		if got := d.run(t, src, frame.Limits{}); got.Err != "payload-limit at 0 of the frame at 0" {
			t.Errorf("%s: %s", d.name, got.Err)
		}
	}
}

// P10: 10,000 connections on which a part of a header has come.
func TestP10PartialHeaders(t *testing.T) {
	const conns = 10_000
	for _, tt := range []struct {
		name string
		most int // bytes a connection
		open func() any
	}{
		{"Reader", 1024, func() any {
			r := codec.NewReader(&pieces{b: make([]byte, 3), sizes: []int{3}, end: io.ErrNoProgress}, frame.Limits{})
			_, err := r.Next()
			if err != io.ErrNoProgress {
				t.Fatal(err)
			}
			return r
		}},
		{"Feeder", 14 + 2 + 416, func() any {
			d := codec.NewFeeder(frame.Limits{})
			d.Feed(small(1, 0)[:13])
			if _, err := d.Next(); err != wire.ErrShort || d.Buffered() != 13 {
				t.Fatal(err, d.Buffered())
			}
			return d
		}},
	} {
		open := make([]any, conns)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range open {
			open[i] = tt.open()
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		each := int(after.HeapAlloc-before.HeapAlloc) / conns
		t.Logf("%s: %d bytes a connection", tt.name, each)
		if each > tt.most {
			t.Errorf("%s: %d bytes a connection, want %d at most", tt.name, each, tt.most)
		}
		runtime.KeepAlive(open)
	}
}

// What a large frame has taken is given back after a while of small ones.
func TestMemoryGivenBack(t *testing.T) {
	b := append(small(1, 8<<20), several(make([]int, 2000)...)...)
	for name, open := range map[string]func(src *pieces) next{
		"Reader": func(src *pieces) next { return codec.NewReader(src, frame.Limits{}) },
		"Feeder": func(src *pieces) next { return &fed{d: codec.NewFeeder(frame.Limits{}), src: src, t: t} },
	} {
		var before, after runtime.MemStats
		r := open(&pieces{b: b, sizes: []int{1000}, end: io.EOF})
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range 2000 {
			if _, err := r.Next(); err != nil {
				t.Fatal(i, err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 1<<20 {
			t.Errorf("%s: %d bytes are still held", name, held)
		}
		runtime.KeepAlive(r)
		runtime.KeepAlive(b)
	}
}
