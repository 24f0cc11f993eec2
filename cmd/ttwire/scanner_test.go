package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// dataFrame is a data frame with so much payload, which counts up.
func dataFrame(t testing.TB, stream int32, payload int) []byte {
	t.Helper()
	b := make([]byte, payload)
	for i := range b {
		b[i] = byte(i)
	}
	return buildFrame(t, frame.Data, stream, func(f *frame.Builder) { f.Method("Bidi") }, b)
}

func buildFrame(t testing.TB, typ frame.Type, stream int32, pairs func(*frame.Builder), payload []byte) []byte {
	t.Helper()
	f := frame.BeginWithin(nil, typ, stream, header.ThriftStruct, &frame.Limits{MaxPayload: wire.MaxPayload})
	pairs(&f)
	b, err := f.Finish(payload)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readRecordings gives the recordings of streams, by name.
func readRecordings(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(recordings + "/*.bin")
	if err != nil || len(names) < 30 {
		t.Fatalf("%d recordings, %v", len(names), err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = b
	}
	return all
}

func newScanner(src io.Reader, lim frame.Limits, want bool) *scanner {
	s := &scanner{in: newInput(src, nil), lim: lim}
	for t := range s.want {
		s.want[t] = want
	}
	return s
}

// scanAll writes down all that a scanner gives.
func scanAll(s *scanner) string {
	var out strings.Builder
	err := s.next()
	for ; err == nil; err = s.next() {
		fmt.Fprintf(&out, "%d %v %d %s %d %d ", s.start, s.frame.Type, s.frame.StreamID, s.frame.Method(), s.size, s.payload)
		for k, v := range s.frame.Header.Strs() {
			fmt.Fprintf(&out, "%q=%q ", k, v)
		}
		if s.want[s.frame.Type] {
			var payload bytes.Buffer
			err := s.writePayload(&payload)
			fmt.Fprintf(&out, "%x %v", payload.Bytes(), err)
		}
		out.WriteByte('\n')
	}
	fmt.Fprintf(&out, "%T %v", err, err)
	return out.String()
}

// F16, F17, F18: however the bytes arrive, the frames and the ending are the
// same.
func TestScannerChunks(t *testing.T) {
	for name, b := range readRecordings(t) {
		for _, cut := range []int{len(b), len(b) - 1, len(b) / 2} {
			want := scanAll(newScanner(bytes.NewReader(b[:cut]), frame.Limits{}, true))
			for how, src := range map[string]io.Reader{
				"by the byte":       iotest.OneByteReader(bytes.NewReader(b[:cut])),
				"end with the data": iotest.DataErrReader(bytes.NewReader(b[:cut])),
				"halves":            iotest.HalfReader(bytes.NewReader(b[:cut])),
			} {
				if got := scanAll(newScanner(src, frame.Limits{}, true)); got != want {
					t.Errorf("%s %s:\n%s\nwant\n%s", name, how, got, want)
				}
			}
		}
	}
}

// F22: a cut at any byte is told, with how much is there and how much it takes.
func TestScannerCut(t *testing.T) {
	first := dataFrame(t, 1, 3)
	b := append(first, dataFrame(t, 2, 5)...)
	for i := range b {
		s := newScanner(bytes.NewReader(b[:i]), frame.Limits{}, false)
		err := s.next()
		if i >= len(first) && err == nil {
			err = s.next()
		}
		start, need := 0, len(first)
		if i >= len(first) {
			start, need = len(first), len(b)-len(first)
		}
		if i == start {
			if err != io.EOF {
				t.Errorf("%d bytes: %v, want the end", i, err)
			}
			continue
		}
		if i-start < 4 {
			need = frame.FixedSize
		}
		want := fmt.Sprintf("cut short: the frame that starts at byte %d needs %d bytes and %d are there", start, need, i-start)
		if err == nil || err.Error() != want {
			t.Errorf("%d bytes: %v, want %s", i, err, want)
		}
	}
}

// Frames of every size relative to the buffer and to what is held: the same
// payloads, whether they are wanted or not.
func TestScannerSizes(t *testing.T) {
	lim := frame.Limits{MaxPayload: 64 << 20}
	sizes := []int{0, 1, bufferSize - 100, bufferSize, bufferSize + 1, 3 * bufferSize, 1, maxHeld - 100, maxHeld, maxHeld + 1, 7}
	var b []byte
	for i, n := range sizes {
		b = append(b, dataFrame(t, int32(i+1), n)...)
	}
	for _, want := range []bool{false, true} {
		s := newScanner(bytes.NewReader(b), lim, want)
		for i, n := range sizes {
			if err := s.next(); err != nil {
				t.Fatalf("frame %d: %v", i, err)
			}
			if s.frame.StreamID != int32(i+1) || s.payload != n || string(s.frame.Method()) != "Bidi" {
				t.Fatalf("frame %d is stream %d, %d bytes, %s", i, s.frame.StreamID, s.payload, s.frame.Method())
			}
			if !want || i%3 == 2 { // a payload may be left, and next goes on behind it
				continue
			}
			var got bytes.Buffer
			if err := s.writePayload(&got); err != nil {
				t.Fatal(err)
			}
			if end := s.start + int64(s.size); !bytes.Equal(got.Bytes(), b[end-int64(n):end]) {
				t.Fatalf("frame %d: the payload is not what was sent", i)
			}
		}
		if err := s.next(); err != io.EOF {
			t.Errorf("the end: %v", err)
		}
	}
}

// A frame that is not held is told to be cut by whoever reads its payload.
func TestScannerCutInLargeFrame(t *testing.T) {
	lim := frame.Limits{MaxPayload: 64 << 20}
	b := dataFrame(t, 1, maxHeld)
	b = b[:len(b)-1]
	check := func(err error) {
		t.Helper()
		var cut *cutError
		if !errors.As(err, &cut) || *cut != (cutError{start: 0, have: len(b), need: len(b) + 1}) {
			t.Errorf("%v", err)
		}
	}
	s := newScanner(bytes.NewReader(b), lim, false)
	check(s.next())
	s = newScanner(bytes.NewReader(b), lim, true)
	if err := s.next(); err != nil {
		t.Fatal(err)
	}
	check(s.writePayload(io.Discard))
	if err := s.next(); err != io.EOF {
		t.Errorf("after it: %v", err)
	}
	s = newScanner(bytes.NewReader(b), lim, true)
	if err := s.next(); err != nil {
		t.Fatal(err)
	}
	check(s.next())
}

// F7: memory grows with what arrives, not with what a LENGTH claims.
func TestScannerClaim(t *testing.T) {
	b := dataFrame(t, 1, wire.DefaultMaxPayload)
	for _, there := range []int{100, bufferSize, bufferSize + 1} {
		s := newScanner(bytes.NewReader(b[:there]), frame.Limits{}, true)
		var cut *cutError
		if err := s.next(); !errors.As(err, &cut) || cut.have != there {
			t.Errorf("%v", err)
		}
		if got := len(s.in.buf); got > max(bufferSize, 4*there) {
			t.Errorf("%d bytes of memory for %d that came", got, there)
		}
	}
}

// What fails is told with its place, and never taken for an end.
func TestScannerReadErrors(t *testing.T) {
	small, large := dataFrame(t, 1, 3), dataFrame(t, 2, 2*bufferSize)
	both := append(append([]byte{}, small...), large...)
	for _, there := range []int{0, 3, 20, len(small), len(small) + 20, len(both) - 1} {
		for _, want := range []bool{false, true} {
			src := io.MultiReader(bytes.NewReader(both[:there]), iotest.ErrReader(errTest))
			s := newScanner(src, frame.Limits{}, want)
			err := s.next()
			for err == nil {
				err = s.next()
			}
			var read *readError
			if !errors.As(err, &read) || read.off != int64(there) || !errors.Is(err, errTest) {
				t.Errorf("%d bytes there: %v", there, err)
			}
		}
	}
}

func TestScannerWriteError(t *testing.T) {
	s := newScanner(bytes.NewReader(dataFrame(t, 1, maxHeld)), frame.Limits{MaxPayload: 64 << 20}, true)
	if err := s.next(); err != nil {
		t.Fatal(err)
	}
	if err := s.writePayload(failingWriter{}); err != errTest {
		t.Errorf("%v", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errTest }

// F20: a reader that gives nothing for ever is given up.
func TestScannerNoProgress(t *testing.T) {
	s := newScanner(idleReader{}, frame.Limits{}, false)
	if err := s.next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v", err)
	}
}

type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

// Arbitrary bytes end in an error, and never in a panic.
func TestScannerAnyBytes(t *testing.T) {
	b := append(dataFrame(t, 1, 3), dataFrame(t, 2, 5)...)
	rapid.Check(t, func(t *rapid.T) {
		bad := append([]byte{}, b...)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		bad = bad[:rapid.IntRange(0, len(bad)).Draw(t, "length")]
		whole := scanAll(newScanner(bytes.NewReader(bad), frame.Limits{}, true))
		if got := scanAll(newScanner(iotest.OneByteReader(bytes.NewReader(bad)), frame.Limits{}, true)); got != whole {
			t.Fatalf("%x\n%s\nby the byte\n%s", bad, whole, got)
		}
	})
}

// repeated is a reader of the same bytes over and over.
type repeated struct {
	b    []byte
	at   int
	left int64
}

func (r *repeated) Read(p []byte) (n int, err error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), r.left)]
	for n < len(p) {
		some := copy(p[n:], r.b[r.at:])
		r.at = (r.at + some) % len(r.b)
		n += some
	}
	r.left -= int64(n)
	return n, nil
}

// Memory does not depend on the input's length. TTWIRE_BIG=4096 makes the
// inputs so many MiB long.
func TestConstantMemory(t *testing.T) {
	mib := 256
	if big, err := strconv.Atoi(os.Getenv("TTWIRE_BIG")); err == nil {
		mib = big
	}
	var streams []byte
	for id := range int32(1000) {
		streams = append(streams, dataFrame(t, id+1, 100)...)
	}
	inputs := map[string][]byte{
		"1 KiB":        dataFrame(t, 1, 1<<10),
		"16 MiB":       dataFrame(t, 1, 16<<20),
		"40 MiB":       dataFrame(t, 1, 40<<20),
		"1000 streams": streams,
	}
	runs := map[string]dump{
		"summary": {summary: true}, "text": {}, "json": {look: look{json: true}}, "json payload": {look: look{json: true, payload: true}},
	}
	for in, b := range inputs {
		for how, d := range runs {
			if how != "summary" && in == "1000 streams" {
				continue
			}
			t.Run(in+" "+how, func(t *testing.T) {
				total := int64(mib) << 20
				if d.payload {
					total /= 4 // base64 takes its time under the race detector
				}
				src := &repeated{b: b, left: max(total/int64(len(b)), 1) * int64(len(b))}
				d.lim.MaxPayload = math.MaxInt32
				const most = 32 << 20
				got := peakOf(t, &d, src)
				t.Logf("%d KiB", got>>10)
				if got > most {
					t.Errorf("want under %d KiB", most>>10)
				}
			})
		}
	}
}

// peakOf is the most heap memory that was in use while d dumped src.
func peakOf(t *testing.T, d *dump, src io.Reader) (peak uint64) {
	t.Helper()
	peak, err := peakAndEnd(d, src)
	if err != nil {
		t.Fatal(err)
	}
	return peak
}

// peakOfFailing is peakOf for an input that is illegal.
func peakOfFailing(t *testing.T, d *dump, src io.Reader) uint64 {
	t.Helper()
	peak, err := peakAndEnd(d, src)
	if err != exitStatus(statusIllegal) {
		t.Fatal(err)
	}
	return peak
}

func peakAndEnd(d *dump, src io.Reader) (peak uint64, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that HeapInuse is close to what is needed
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	watch := readerFunc(func(p []byte) (int, error) {
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapInuse)
		return src.Read(p)
	})
	d.stdin, d.errOut = watch, io.Discard
	err = d.run(io.Discard, nil)
	return peak - before.HeapInuse, err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A summary costs no allocation for a frame.
func TestSummaryAllocs(t *testing.T) {
	b := dataFrame(t, 7, 1<<10)
	s := newScanner(&repeated{b: b, left: math.MaxInt64}, frame.Limits{}, false)
	sum := newSummary()
	run := func() {
		if err := s.next(); err != nil {
			t.Fatal(err)
		}
		sum.add(&s.record)
	}
	run()
	if n := testing.AllocsPerRun(1000, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSummary(b *testing.B) {
	f := dataFrame(b, 7, 1<<10)
	s := newScanner(&repeated{b: bytes.Repeat(f, 1000), left: math.MaxInt64}, frame.Limits{}, false)
	sum := newSummary()
	b.SetBytes(int64(len(f)))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.next(); err != nil {
			b.Fatal(err)
		}
		sum.add(&s.record)
	}
}
