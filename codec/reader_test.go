package codec_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// F1 and F22, and F21 at cut 0 and at the end: every cut of a frame behind
// another one, at every cut the right words.
func TestF22Cut(t *testing.T) {
	first, second := several(5), small(2, 3) // header info from byte 14 to 34
	for _, d := range drains {
		for cut := range len(second) + 1 {
			b := slices.Concat(first, second[:cut])
			got := d.run(t, &pieces{b: b, sizes: []int{1000}, end: io.EOF}, frame.Limits{})
			if diff := cmp.Diff(expect(b, frame.Limits{}, io.EOF), got); diff != "" {
				t.Errorf("%s, %d of %d bytes: -want +got:\n%s", d.name, cut, len(second), diff)
			}
		}
	}
}

// What has come of a frame that is cut counts as buffered, however large it is.
func TestF22CutLarge(t *testing.T) {
	b := append(small(1, 5), small(2, 1_000_000)[:700_000]...)
	src := &pieces{b: b, sizes: []int{1000}, end: io.EOF}
	r := codec.NewReaderSize(src, frame.Limits{}, 512)
	r.Next()
	if _, err := r.Next(); toldError(err) != "truncated {Frame:39 Have:700000 Need:1000034 Info:20}" || r.Offset() != 39 || r.Buffered() != 700_000 {
		t.Errorf("%s at %d with %d bytes buffered", toldError(err), r.Offset(), r.Buffered())
	}
}

// Where the end comes behind what is illegal, but before the header info is
// whole, the frame is illegal and not truncated.
func TestF22CutBehindFault(t *testing.T) {
	bad := small(2, 3)
	bad[14] = 2 // PROTOCOL ID
	for _, d := range drains {
		for _, size := range []int{1, 100} {
			b := slices.Concat(several(5), bad[:20])
			for _, end := range []error{io.EOF, errBroken} {
				got := d.run(t, &pieces{b: b, sizes: []int{size}, end: end}, frame.Limits{})
				if got.Err != "protocol at 14 of the frame at 39" {
					t.Errorf("%s, pieces of %d, %v: %s", d.name, size, end, got.Err)
				}
			}
		}
	}
}

// The same for header info that is larger than any buffer, of which the fault
// comes late.
func TestF22CutBehindLateFault(t *testing.T) {
	f := testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Blocks: []testgen.Block{
		{ID: testgen.Padding, Pad: 150_000}, {ID: 0x7F}, {ID: testgen.Padding, Pad: 1000}}}
	b := f.Bytes()
	for _, d := range drains {
		for _, size := range []int{3000, 70_000} {
			got := d.run(t, &pieces{b: b[:len(b)-100], sizes: []int{size}, end: io.EOF}, frame.Limits{})
			if want := "info-id at 150016 of the frame at 0"; got.Err != want {
				t.Errorf("%s, pieces of %d: %s, want %s", d.name, size, got.Err, want)
			}
		}
	}
}

// Illegal header info fails once it is there, though the payload does not come.
func TestHeaderBeforePayload(t *testing.T) {
	bad := small(1, 9000)
	bad[14] = 2 // PROTOCOL ID
	src := io.MultiReader(iotest.OneByteReader(bytes.NewReader(bad[:34])), hanging{t, "Reader"})
	if _, err := codec.NewReader(src, frame.Limits{}).Next(); !errors.Is(err, wire.ErrProtocol) {
		t.Errorf("Reader: %v", err)
	}
	src = io.MultiReader(iotest.OneByteReader(bytes.NewReader(bad[:34])), hanging{t, "BufioxReader"})
	if _, err := codec.NewBufioxReader(&peeker{src: src}, frame.Limits{}).Next(); !errors.Is(err, wire.ErrProtocol) {
		t.Errorf("BufioxReader: %v", err)
	}
	d := codec.NewFeeder(frame.Limits{})
	d.Feed(bad[:10])
	d.Next()
	d.Feed(bad[10:34])
	if _, err := d.Next(); !errors.Is(err, wire.ErrProtocol) {
		t.Errorf("Feeder: %v", err)
	}
}

// So does a LENGTH that is illegal, once its four bytes are there.
func TestLengthAlone(t *testing.T) {
	for _, length := range []string{"\x00\x00\x00\x00", "\x7f\xff\xff\xff", "GET "} {
		src := io.MultiReader(iotest.OneByteReader(strings.NewReader(length)), hanging{t, "Reader"})
		if _, err := codec.NewReader(src, frame.Limits{}).Next(); !errors.Is(err, wire.ErrIllegalFrame) {
			t.Errorf("%q, Reader: %v", length, err)
		}
		d := codec.NewFeeder(frame.Limits{})
		for i := range length {
			if _, err := d.Next(); err != wire.ErrShort {
				t.Errorf("%q, Feeder, %d bytes: %v", length, i, err)
			}
			d.Feed([]byte{length[i]})
		}
		if _, err := d.Next(); !errors.Is(err, wire.ErrIllegalFrame) {
			t.Errorf("%q, Feeder: %v", length, err)
		}
	}
}

// What a Reader asks for at once: its size, while frames fit; 4 times that for
// larger ones; and no more than the rest of one that is larger still.
func TestReadSizes(t *testing.T) {
	for _, tt := range []struct{ size, payload, want int }{
		{4096, 64, 4096}, {4096, 5000, 4 * 4096}, {4096, 100_000, 100_034 - 4*4096}, {0, 64, 512}, {-1, 64, 512}, {0, 600, 2048},
	} {
		src, longest := endless(tt.payload), 0
		r := codec.NewReaderSize(readerFunc(func(p []byte) (int, error) {
			longest = max(longest, len(p))
			return src.Read(p)
		}), frame.Limits{}, tt.size)
		for range 200 {
			if f, err := r.Next(); err != nil || len(f.Payload) != tt.payload {
				t.Fatal(err)
			}
		}
		if longest > tt.want || longest < tt.want-tt.payload-34 { // less what is left of a frame
			t.Errorf("size %d, payload %d: asks for %d bytes at once, want %d or a little less", tt.size, tt.payload, longest, tt.want)
		}
	}
}

// The errors of an end inside a frame as texts.
func TestTruncatedError(t *testing.T) {
	tests := []struct {
		cut  int
		want string
	}{
		{3, "fixed part of the frame that starts at byte 39, of which 3 of at least 14 bytes have come"},
		{4, "fixed part of the frame that starts at byte 39, of which 4 of 37 bytes have come"},
		{13, "fixed part of the frame that starts at byte 39, of which 13 of 37 bytes have come"},
		{14, "header info of the frame that starts at byte 39, of which 14 of 37 bytes have come"},
		{33, "header info of the frame that starts at byte 39, of which 33 of 37 bytes have come"},
		{34, "payload of the frame that starts at byte 39, of which 34 of 37 bytes have come"},
	}
	for _, tt := range tests {
		r := codec.NewReader(bytes.NewReader(slices.Concat(several(5), small(2, 3)[:tt.cut])), frame.Limits{})
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		_, err := r.Next()
		if want := "the input ends inside the " + tt.want; err == nil || err.Error() != want {
			t.Errorf("cut at %d: %v\nwant %v", tt.cut, err, want)
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			t.Errorf("cut at %d: %v is not io.ErrUnexpectedEOF, or is io.EOF", tt.cut, err)
		}
	}
}

// Property 8: error texts are printable ASCII of at most 256 bytes.
func TestErrorTexts(t *testing.T) {
	const most = 1<<31 - 1
	for _, e := range []codec.TruncatedError{
		{Frame: 1<<63 - 1, Have: most, Need: most, Info: most},
		{Frame: 1<<63 - 1, Have: 3, Need: most},
		{Frame: -1 << 63, Have: most, Need: most},
	} {
		text := e.Error()
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) || len(text) > 256 {
			t.Errorf("%d bytes: %q", len(text), text)
		}
	}
}

// F16, F18: every split of three frames, the splits in the first magic
// included, and 100 frames and a part in one piece.
func TestF16EverySplit(t *testing.T) {
	b := several(0, 7, 600)
	want := expect(b, frame.Limits{}, io.EOF)
	for _, d := range drains {
		for i := 1; i < len(b); i++ {
			src := &pieces{b: b, sizes: []int{i, len(b)}, end: io.EOF}
			if diff := cmp.Diff(want, d.run(t, src, frame.Limits{})); diff != "" {
				t.Fatalf("%s, split at %d: -want +got:\n%s", d.name, i, diff)
			}
		}
	}
}

func TestF18Coalesced(t *testing.T) {
	b := append(several(make([]int, 100)...), small(101, 9)[:20]...)
	for _, d := range drains {
		got := d.run(t, &pieces{b: b, sizes: []int{len(b)}, end: io.EOF}, frame.Limits{})
		if diff := cmp.Diff(expect(b, frame.Limits{}, io.EOF), got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", d.name, diff)
		}
		if len(got.Frames) != 100 {
			t.Errorf("%s: %d frames, want 100", d.name, len(got.Frames))
		}
	}
}

// F17: a header of 256 KiB that comes byte by byte. Parsing it anew for each
// byte would take minutes.
func TestF17ByteByByte(t *testing.T) {
	f := testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Payload: "payload", Blocks: []testgen.Block{
		{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: "3"}}}, {ID: testgen.Padding, Pad: 262_000}}}
	b := f.Bytes()
	for _, d := range drains {
		got := d.run(t, &pieces{b: b, sizes: []int{1}, end: io.EOF}, frame.Limits{})
		if len(got.Frames) != 1 || got.Err != "EOF" {
			t.Errorf("%s: %d frames, %s", d.name, len(got.Frames), got.Err)
		}
	}
}

// F19: garbage behind a frame is illegal where it stands, and nothing behind
// it is looked at.
func TestF19NoResync(t *testing.T) {
	first, second := small(1, 5), small(2, 5)
	tests := []struct {
		name string
		b    []byte
		want string
	}{
		{"one byte extra", slices.Concat(first, []byte{7}, second, second), "payload-limit at 0 of the frame at 39"},
		{"one byte missing", slices.Concat(first, second[1:], second), "magic at 4 of the frame at 39"},
		{"text", slices.Concat(first, []byte("GET / HTTP/1.1\r\n"), second), "http-request at 0 of the frame at 39"},
	}
	for _, d := range drains {
		for _, tt := range tests {
			got := d.run(t, &pieces{b: tt.b, sizes: []int{1000}, end: io.EOF}, frame.Limits{})
			if len(got.Frames) != 1 || got.Err != tt.want || got.Offset != 39 {
				t.Errorf("%s, %s: %d frames, %s at %d; want 1, %s", d.name, tt.name, len(got.Frames), got.Err, got.Offset, tt.want)
			}
		}
	}
}

// Foreign bytes fail within the first 8, though no more come and the
// connection stays open.
func TestForeignWithinEight(t *testing.T) {
	for _, c := range testgen.Hostile() {
		if !strings.HasPrefix(c.ID, "F12/") && !strings.HasPrefix(c.ID, "F13/") || c.Code == wire.ErrShort || len(c.In) < 8 {
			continue
		}
		b := c.In[:8]
		hang := io.MultiReader(bytes.NewReader(b), hanging{t, c.ID})
		for _, r := range []next{
			codec.NewReader(hang, c.Limits),
			codec.NewReader(io.MultiReader(iotest.OneByteReader(bytes.NewReader(b)), hanging{t, c.ID}), c.Limits),
		} {
			_, err := r.Next()
			if want := (&wire.Error{Code: c.Code, Offset: c.N}); toldError(err) != toldError(want) {
				t.Errorf("%s: %v, want %v", c.ID, err, want)
			}
		}
	}
}

// hanging is a connection on which nothing more comes.
type hanging struct {
	t  *testing.T
	id string
}

func (h hanging) Read([]byte) (int, error) {
	h.t.Fatalf("%s: waits for more", h.id)
	return 0, nil
}

// Each F, H and C row of the catalogue, whole and in 5,000 pieces or single
// bytes, in a stream behind a frame.
func TestHostileStreams(t *testing.T) {
	for _, c := range testgen.Hostile() {
		b := append(several(5), c.In...)
		lim := c.Limits
		if len(expect(b[:39], lim, io.EOF).Frames) == 0 { // these limits refuse the first frame
			b = c.In
		}
		for _, d := range drains {
			for _, size := range []int{1 + len(b)/5000, 1 << 20} {
				got := d.run(t, &pieces{b: b, sizes: []int{size}, end: io.EOF}, lim)
				if diff := cmp.Diff(expect(b, lim, io.EOF), got); diff != "" {
					t.Fatalf("%s, %s, pieces of %d: -want +got:\n%s", c.ID, d.name, size, diff)
				}
			}
		}
	}
}

// F20: what a broken io.Reader may do.
func TestF20BrokenReader(t *testing.T) {
	b := several(5)
	tests := []struct {
		name   string
		read   func(p []byte) (int, error)
		frames int
		want   string
		rest   int // that remains buffered
	}{
		{"nothing for ever", func(p []byte) (int, error) { return 0, nil }, 0, io.ErrNoProgress.Error(), 0},
		{"negative", func(p []byte) (int, error) { return -1, nil }, 0, "codec: Read or Write returned an impossible count", 0},
		{"negative with an error", func(p []byte) (int, error) { return -1, io.EOF }, 0, "codec: Read or Write returned an impossible count", 0},
		{"too many", func(p []byte) (int, error) { return len(p) + 1, nil }, 0, "codec: Read or Write returned an impossible count", 0},
		{"data with EOF", func(p []byte) (int, error) { return copy(p, b), io.EOF }, 1, "EOF", 0},
		{"data with an error", func(p []byte) (int, error) { return copy(p, b), errBroken }, 1, errBroken.Error(), 0},
		{"part with an error", func(p []byte) (int, error) { return copy(p, b[:9]), errBroken }, 0, errBroken.Error(), 9},
		{"part with EOF", func(p []byte) (int, error) { return copy(p, b[:9]), io.EOF }, 0, "truncated {Frame:0 Have:9 Need:39 Info:0}", 9},
		{"part with wrapped EOF", func(p []byte) (int, error) { return copy(p, b[:9]), fmt.Errorf("tunnel: %w", io.EOF) }, 0,
			"truncated {Frame:0 Have:9 Need:39 Info:0}", 9},
	}
	for _, tt := range tests {
		calls := 0
		r := codec.NewReader(readerFunc(func(p []byte) (int, error) {
			if calls++; calls > 100 {
				t.Fatalf("%s: read %d times", tt.name, calls)
			}
			return tt.read(p)
		}), frame.Limits{})
		got := drain(t, r)
		if len(got.Frames) != tt.frames || got.Err != tt.want || r.Buffered() != tt.rest {
			t.Errorf("%s: %d frames, %s, %d bytes buffered; want %d, %s, %d", tt.name, len(got.Frames), got.Err, r.Buffered(), tt.frames, tt.want, tt.rest)
		}
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// F20: a few empty reads in a row are no failure.
func TestF20EmptyReads(t *testing.T) {
	sizes := append(make([]int, 99), 1)
	for _, d := range drains {
		b := several(5)[:20]
		src := &pieces{b: b, sizes: sizes, end: io.EOF}
		if got := d.run(t, src, frame.Limits{}); got.Err != expect(b, frame.Limits{}, io.EOF).Err {
			t.Errorf("%s: %s", d.name, got.Err)
		}
	}
}

// The io.Readers of testing/iotest.
func TestIotest(t *testing.T) {
	b := several(5, 0, 3000, 70_000)
	want := expect(b, frame.Limits{}, io.EOF)
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"OneByteReader": iotest.OneByteReader, "HalfReader": iotest.HalfReader, "DataErrReader": iotest.DataErrReader,
	} {
		if diff := cmp.Diff(want, drain(t, codec.NewReader(wrap(bytes.NewReader(b)), frame.Limits{}))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	got := drain(t, codec.NewReader(iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(b))), frame.Limits{}))
	if got.Err != iotest.ErrTimeout.Error() {
		t.Errorf("TimeoutReader: %s", got.Err)
	}
}

// P9: once failed, the same error value for ever, from every method, and the
// connection is not read any more.
func TestP9Sticky(t *testing.T) {
	for name, b := range map[string][]byte{
		"illegal":   append(several(5), "GET / HTTP/1.1\r\n"...),
		"truncated": append(several(5), 0, 0, 0),
		"end":       several(5),
	} {
		src := &pieces{b: b, sizes: []int{1000}, end: io.EOF}
		r := codec.NewReader(src, frame.Limits{})
		r.Next()
		_, first := r.Next()
		reads := src.turn + src.ended
		for range 3 {
			_, err1 := r.Next()
			_, _, err2 := r.NextHeader()
			if err1 != first || err2 != first || first == nil {
				t.Errorf("%s: %v, then %v and %v", name, first, err1, err2)
			}
		}
		if n := src.turn + src.ended - reads; n != 0 {
			t.Errorf("%s: read %d times after the failure", name, n)
		}
	}
}

// P2: a slow loris. The src can tell from its Read whether a frame has begun,
// and the Reader holds what has come and no more.
func TestP2SlowLoris(t *testing.T) {
	b := several(0, 2)
	var r *codec.Reader
	at, first := 0, len(small(1, 0))
	r = codec.NewReader(readerFunc(func(p []byte) (int, error) {
		if want := at != 0 && at != first && at != len(b); r.InFrame() != want {
			t.Errorf("after %d bytes: InFrame = %v, want %v", at, r.InFrame(), want)
		}
		if held := at % first; at < 2*first && r.Buffered() != held {
			t.Errorf("after %d bytes: %d buffered, want %d", at, r.Buffered(), held)
		}
		if at == len(b) {
			return 0, io.EOF
		}
		p[0] = b[at]
		at++
		return 1, nil
	}), frame.Limits{})
	if got := drain(t, r); len(got.Frames) != 2 || got.Err != "EOF" {
		t.Errorf("%d frames, %s", len(got.Frames), got.Err)
	}
}

// Every recording of live peers gives the frames that a loop over Parse does.
func TestRecordedStreams(t *testing.T) {
	files, _ := filepath.Glob("../testdata/kitex/*.bin")
	if len(files) == 0 {
		t.Fatal("no recordings")
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := expect(b, frame.Limits{}, io.EOF)
		if framed := strings.HasPrefix(want.Err, "framed-thrift"); !framed && (want.Err != "EOF" || len(want.Frames) == 0) {
			t.Fatalf("%s: %d frames, %s", file, len(want.Frames), want.Err)
		}
		for _, d := range drains {
			for _, size := range []int{7, 1448, 1 << 20} {
				got := d.run(t, &pieces{b: b, sizes: []int{size}, end: io.EOF}, frame.Limits{})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, %s, pieces of %d: -want +got:\n%s", file, d.name, size, diff)
				}
			}
		}
	}
}

// Frames stay as they are until the next call, whatever was read for them.
func TestViewsLast(t *testing.T) {
	b := several(10, 300, 5, 3000, 0, 9000, 1)
	r := codec.NewReaderSize(&pieces{b: b, sizes: []int{100, 3, 700}, end: io.EOF}, frame.Limits{}, 512)
	var kept []frame.Frame
	for {
		f, err := r.Next()
		if err != nil {
			break
		}
		if cap(f.Payload) != len(f.Payload) {
			t.Errorf("payload of %d bytes can grow to %d", len(f.Payload), cap(f.Payload))
		}
		kept = append(kept, f.Clone())
	}
	var got []byte
	for i := range kept {
		got, _ = kept[i].AppendTo(got)
	}
	if !bytes.Equal(got, b) {
		t.Error("clones are not what was sent")
	}
}

// TestReaderMovedThenLarge: a read that fills the buffer to its end, frames
// before the last that are used up, and then a frame that is larger than the
// buffer: the room that moving makes is no part of it. (Found by
// TestAnyChunking: the frame came with old bytes in it.)
func TestReaderMovedThenLarge(t *testing.T) {
	var b []byte
	for i, payload := range []int{1000, 400, 2040} {
		x := frame.Begin(b, frame.Data, int32(i+1), header.ThriftStruct)
		var err error
		if b, err = x.Finish(bytes.Repeat([]byte{byte(i + 1)}, payload)); err != nil {
			t.Fatal(err)
		}
	}
	for first := 1; first < 40; first++ {
		src := &pieces{b: b, sizes: []int{first, 1535}, end: io.EOF}
		got := drain(t, codec.NewReaderSize(src, frame.Limits{}, 512))
		if diff := cmp.Diff(expect(b, frame.Limits{}, io.EOF), got); diff != "" {
			t.Fatalf("first piece %d:\n%s", first, diff)
		}
	}
}
