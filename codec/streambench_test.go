package codec_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// A streamOp moves one frame. The benchmark of a group runs it for its time,
// and TestStreamAllocs for its allocations, of which there must be none.
type streamOp struct {
	name  string
	bytes int // of the frame
	run   func()
}

var streamGroups = []struct {
	name string
	ops  func() []streamOp
}{
	{"Reader", func() []streamOp {
		return append(sized(readOp, 64, 64<<10, 1<<20), sized(splitOp, 64, 64<<10, 1<<20)...)
	}},
	{"ReadPayload", func() []streamOp { return sized(payloadOp, 64, 64<<10, 1<<20) }},
	{"Skip", func() []streamOp { return sized(skipOp, 64, 64<<10, 1<<20) }},
	{"BufioxReader", func() []streamOp { return sized(bufioxOp, 64, 64<<10) }},
	{"Feeder", func() []streamOp { return append(sized(feedOp, 64, 64<<10), sized(feedSplitOp, 64, 64<<10, 1<<20)...) }},
	{"Writer", func() []streamOp { return append(sized(writeOp, 64, 16<<10, 1<<20), sized(passOp, 64, 1<<20)...) }},
	{"SharedWriter", func() []streamOp { return sized(sharedOp, 64, 1<<20) }},
	{"Failed", func() []streamOp { return failedOps() }},
}

// TestStreamAllocs: once the buffers have grown, no frame allocates, whatever
// its size and wherever it is cut, and no call after a failure.
func TestStreamAllocs(t *testing.T) {
	for _, g := range streamGroups {
		for _, op := range g.ops() {
			for range 200 {
				op.run()
			}
			hundred := func() {
				for range 100 {
					op.run()
				}
			}
			if n := testing.AllocsPerRun(3, hundred); n != 0 {
				t.Errorf("%s/%s: %v allocs in 100 frames, want 0", g.name, op.name, n)
			}
		}
	}
}

func BenchmarkReader(b *testing.B)       { benchStream(b, "Reader") }
func BenchmarkReadPayload(b *testing.B)  { benchStream(b, "ReadPayload") }
func BenchmarkSkip(b *testing.B)         { benchStream(b, "Skip") }
func BenchmarkBufioxReader(b *testing.B) { benchStream(b, "BufioxReader") }
func BenchmarkFeeder(b *testing.B)       { benchStream(b, "Feeder") }
func BenchmarkWriter(b *testing.B)       { benchStream(b, "Writer") }
func BenchmarkSharedWriter(b *testing.B) { benchStream(b, "SharedWriter") }

func benchStream(b *testing.B, name string) {
	for _, g := range streamGroups {
		if g.name != name {
			continue
		}
		for _, op := range g.ops() {
			b.Run(op.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(op.bytes))
				for b.Loop() {
					op.run()
				}
			})
		}
	}
}

// sized makes the op for some payload sizes.
func sized(op func(payload int) streamOp, payloads ...int) []streamOp {
	var ops []streamOp
	for _, n := range payloads {
		o := op(n)
		o.name = fmt.Sprintf("%s%dB", o.name, n)
		o.bytes = len(small(1, n))
		ops = append(ops, o)
	}
	return ops
}

// around is a connection that delivers the same bytes for ever, most at a time.
type around struct {
	b    []byte
	at   int
	most int
}

func (a *around) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), a.most)], a.b[a.at:])
	if a.at += n; a.at == len(a.b) {
		a.at = 0
	}
	return n, nil
}

// endless is frames with this payload, as many as there is room for.
func endless(payload int) *around {
	b := small(1, payload)
	return &around{b: bytes.Repeat(b, 1+128<<10/len(b)), most: 1 << 30}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func readOp(payload int) streamOp {
	r := codec.NewReader(endless(payload), frame.Limits{})
	return streamOp{run: func() { _, err := r.Next(); must(err) }}
}

// splitOp reads frames that come in segments of 1,448 bytes.
func splitOp(payload int) streamOp {
	src := endless(payload)
	src.most = 1448
	r := codec.NewReader(src, frame.Limits{})
	return streamOp{name: "segments/", run: func() { _, err := r.Next(); must(err) }}
}

func payloadOp(payload int) streamOp {
	r, buf := codec.NewReader(endless(payload), frame.Limits{}), make([]byte, payload)
	return streamOp{run: func() {
		_, n, err := r.NextHeader()
		must(err)
		_, err = r.ReadPayload(buf[:n/2])
		must(err)
		_, err = io.ReadFull(r.Payload(), buf[n/2:])
		must(err)
	}}
}

func skipOp(payload int) streamOp {
	r := codec.NewReader(endless(payload), frame.Limits{})
	return streamOp{run: func() { _, _, err := r.NextHeader(); must(err) }}
}

// held is a bufiox.Reader that holds the same bytes for ever. (What the real one
// takes from its pools is not ours to count.)
type held struct {
	b  []byte
	at int
}

func (h *held) Peek(n int) ([]byte, error) { return h.b[h.at : h.at+n], nil }
func (h *held) Release(error) error        { return nil }

func (h *held) Skip(n int) error {
	if h.at += n; h.at == len(h.b) {
		h.at = 0
	}
	return nil
}

func bufioxOp(payload int) streamOp {
	r := codec.NewBufioxReader(&held{b: endless(payload).b}, frame.Limits{})
	return streamOp{run: func() { _, err := r.Next(); must(err) }}
}

func feedOp(payload int) streamOp {
	d, b := codec.NewFeeder(frame.Limits{}), small(1, payload)
	return streamOp{run: func() {
		d.Feed(b)
		_, err := d.Next()
		must(err)
		_, err = d.Next()
		mustShort(err)
	}}
}

// feedSplitOp feeds the frame in two pieces.
func feedSplitOp(payload int) streamOp {
	d, b := codec.NewFeeder(frame.Limits{}), small(1, payload)
	return streamOp{name: "cut/", run: func() {
		d.Feed(b[:50])
		_, err := d.Next()
		mustShort(err)
		d.Feed(b[50:])
		_, err = d.Next()
		must(err)
		_, err = d.Next()
		mustShort(err)
	}}
}

func mustShort(err error) {
	if err != wire.ErrShort {
		panic(err)
	}
}

func writeOp(payload int) streamOp {
	w, p, tmpl := codec.NewWriter(io.Discard, frame.Limits{}), make([]byte, payload), template()
	return streamOp{run: func() { must(w.WriteData(tmpl, p)) }}
}

// passOp writes a frame as it was read.
func passOp(payload int) streamOp {
	w, f := codec.NewWriter(io.Discard, frame.Limits{}), new(frame.Frame)
	_, err := f.Parse(small(1, payload))
	must(err)
	return streamOp{name: "pass/", run: func() { must(w.WriteFrame(f)) }}
}

func sharedOp(payload int) streamOp {
	s := codec.NewSharedWriter(codec.NewWriter(io.Discard, frame.Limits{}))
	p, tmpl := make([]byte, payload), template()
	return streamOp{run: func() {
		must(s.Do(func(w *codec.Writer) error { return w.WriteData(tmpl, p) }))
	}}
}

// failedOps: refusals, and calls after a failure.
func failedOps() []streamOp {
	r := codec.NewReader(bytes.NewReader(make([]byte, 20)), frame.Limits{})
	w := codec.NewWriter(io.Discard, frame.Limits{})
	broken := codec.NewWriter(writerFunc(func([]byte) (int, error) { return 0, errBroken }), frame.Limits{})
	tmpl, large := template(), make([]byte, 17<<20)
	broken.WriteData(tmpl, nil)
	return []streamOp{
		{name: "Next", run: func() { r.Next() }},
		{name: "refused", run: func() { w.WriteData(tmpl, large) }},
		{name: "broken", run: func() { broken.WriteData(tmpl, nil); broken.Flush() }},
	}
}

// BenchmarkShared is why SharedWriter does what it does: goroutines that send
// small frames over loopback TCP, against a lock with a Flush for each frame.
func BenchmarkShared(b *testing.B) {
	tmpl, payload := template(), make([]byte, 64)
	one := func(w *codec.Writer) error { return w.WriteData(tmpl, payload) }
	for _, goroutines := range []int{1, 2, 8} {
		b.Run(fmt.Sprintf("goroutines=%d/way=SharedWriter", goroutines), func(b *testing.B) {
			s := codec.NewSharedWriter(discarding(b))
			atOnce(b, goroutines, func() { must(s.Do(one)) })
		})
		b.Run(fmt.Sprintf("goroutines=%d/way=lock-and-flush", goroutines), func(b *testing.B) {
			var mu sync.Mutex
			w := discarding(b)
			atOnce(b, goroutines, func() {
				mu.Lock()
				must(one(w))
				must(w.Flush())
				mu.Unlock()
			})
		})
	}
}

// discarding writes to a connection whose other end throws away what comes.
func discarding(b *testing.B) *codec.Writer {
	near, far := tcpPair(b)
	go func(far net.Conn) {
		for buf := make([]byte, 256<<10); ; {
			if _, err := far.Read(buf); err != nil {
				far.Close()
				return
			}
		}
	}(far)
	b.Cleanup(func() { near.Close() })
	return codec.NewWriter(near, frame.Limits{})
}

// atOnce does op b.N times from several goroutines.
func atOnce(b *testing.B, goroutines int, op func()) {
	var done atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range goroutines {
		all.Go(func() {
			for done.Add(1) <= int64(b.N) {
				op()
			}
		})
	}
	all.Wait()
}
