package codec_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

func template() *frame.Template {
	tmpl, err := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	if err != nil {
		panic(err)
	}
	return &tmpl
}

// writes remembers each write.
type writes [][]byte

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, bytes.Clone(p))
	return len(p), nil
}

// Small frames go out in one write, and none before the buffer is full.
func TestWriterBatches(t *testing.T) {
	var out writes
	w := codec.NewWriterSize(&out, frame.Limits{}, 28*36)
	for range 27 { // of 36 bytes
		if err := w.WriteData(template(), []byte("ab")); err != nil {
			t.Fatal(err)
		}
	}
	if len(out) != 0 || w.Buffered() != 27*36 {
		t.Fatalf("%d writes, %d bytes wait", len(out), w.Buffered())
	}
	w.WriteData(template(), []byte("ab"))
	if len(out) != 1 || len(out[0]) != 28*36 || w.Buffered() != 0 {
		t.Fatalf("%d writes, %d bytes wait", len(out), w.Buffered())
	}
	if err := w.Flush(); err != nil || len(out) != 1 {
		t.Fatalf("Flush of nothing: %v, %d writes", err, len(out))
	}
	w.WriteData(template(), nil)
	if err := w.Flush(); err != nil || len(out) != 2 || len(out[1]) != 34 {
		t.Fatalf("Flush: %v, %d writes", err, len(out))
	}
}

// A payload of more than CopyMax goes out at once and from where it is, behind
// what waits.
func TestWriterLargePayload(t *testing.T) {
	for _, size := range []int{codec.CopyMax, codec.CopyMax + 1} {
		payload := bytes.Repeat([]byte("x"), size)
		straight := 0
		var got []byte
		w := codec.NewWriter(writerFunc(func(p []byte) (int, error) {
			got = append(got, p...)
			if &p[len(p)-1] == &payload[size-1] {
				straight++
			}
			return len(p), nil
		}), frame.Limits{})
		w.WriteData(template(), []byte("ab"))
		if err := w.WriteData(template(), payload); err != nil {
			t.Fatal(err)
		}
		if large := size > codec.CopyMax; large != (straight == 1) || large != (w.Buffered() == 0) {
			t.Errorf("%d bytes: written straight %d times, %d wait", size, straight, w.Buffered())
		}
		w.Flush()
		if want := append(small(1, 2)[:34], "ab"...); !bytes.HasPrefix(got, want) || len(got) != len(want)+34+size {
			t.Errorf("%d bytes: wrong bytes on the wire", size)
		}
	}
}

// A large payload goes out also where as much waits as it is long.
func TestWriterLargeBehindAsMuch(t *testing.T) {
	const size = codec.CopyMax + 1
	var out bytes.Buffer
	w := codec.NewWriter(&out, frame.Limits{})
	w.WriteData(template(), make([]byte, size-2*34))
	if err := w.WriteData(template(), make([]byte, size)); err != nil || out.Len() != 2*size {
		t.Errorf("%v, %d bytes written, want %d", err, out.Len(), 2*size)
	}
}

// CommitPrefix copies what is no larger than CopyMax behind its prefix, and does
// not write it yet.
func TestWriterSmallPayloadWaits(t *testing.T) {
	for _, size := range []int{0, 1, codec.CopyMax} {
		writes := 0
		w := codec.NewWriter(writerFunc(func(p []byte) (int, error) {
			writes++
			return len(p), nil
		}), frame.Limits{})
		b, err := template().AppendPrefix(w.Buffer(), size)
		if err = w.CommitPrefix(make([]byte, size), b, err); err != nil || writes != 0 || w.Buffered() != 34+size {
			t.Errorf("%d bytes: %v after %d writes, %d wait", size, err, writes, w.Buffered())
		}
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// An encoder that refuses leaves nothing behind: whatever is written, and
// refused, in any order, to any kind of writer, what comes out is the frames
// that were accepted.
func TestWriterAnySequence(t *testing.T) {
	for name, open := range map[string]func(t fataler, lim frame.Limits, size int) (*codec.Writer, func() []byte){
		"io.Writer": func(t fataler, lim frame.Limits, size int) (*codec.Writer, func() []byte) {
			var out bytes.Buffer
			return codec.NewWriterSize(&out, lim, size), out.Bytes
		},
		"net.TCPConn": openTCP,
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { anySequence(t, open) })
		})
	}
}

func anySequence(t *rapid.T, open func(fataler, frame.Limits, int) (*codec.Writer, func() []byte)) {
	lim := frame.Limits{MaxPayload: 50_000}
	w, out := open(t, lim, rapid.SampledFrom([]int{0, 100, 1000, 64 << 10}).Draw(t, "size"))
	tmpl, _ := frame.NewTemplateWithin(1, "Bidi", header.ThriftStruct, &lim)
	var want []byte
	for range rapid.IntRange(0, 20).Draw(t, "steps") {
		size := rapid.OneOf(rapid.IntRange(0, 200), rapid.IntRange(0, 60_000)).Draw(t, "payload")
		fits := size <= 50_000
		one := small(1, size)
		payload := one[len(one)-size:]
		f := new(frame.Frame)
		f.ParseWithin(one, &frame.Limits{})
		var err error
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			err = w.WriteData(&tmpl, payload)
		case 1:
			err = w.WriteFrame(f)
		case 2:
			b := frame.BeginWithin(w.Buffer(), frame.Data, 1, header.ThriftStruct, &lim)
			b.Method("Bidi")
			err = w.Commit(b.Finish(payload))
		case 3:
			b := frame.Begin(w.Buffer(), frame.Header, 1, header.ThriftStruct) // without a method
			b.Str("key", "value")
			if err := w.Commit(b.Finish(nil)); err != wire.ErrNoMethod {
				t.Fatalf("Commit of a header without method: %v", err)
			}
			err = w.Flush()
			one, fits = nil, true
		}
		if !fits {
			one = nil
		}
		if want = append(want, one...); fits && err != nil || !fits && err != wire.ErrPayloadTooLarge {
			t.Fatalf("payload of %d bytes: %v", size, err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := out(); !bytes.Equal(got, want) {
		t.Fatalf("%d bytes on the wire, want %d, or other ones", len(got), len(want))
	}
}

// openTCP is a Writer over loopback TCP, and what comes out at the other end
// once it is closed.
func openTCP(t fataler, lim frame.Limits, size int) (*codec.Writer, func() []byte) {
	near, far := tcpPair(t)
	out := make(chan []byte, 1)
	go func() {
		b, _ := io.ReadAll(far)
		far.Close()
		out <- b
	}()
	return codec.NewWriterSize(near, lim, size), func() []byte {
		near.Close()
		return <-out
	}
}

func tcpPair(t fataler) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer l.Close()
	if near, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatalf("%v", err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatalf("%v", err)
	}
	return near, far
}

// A prefix gets its payload, small or large.
func TestCommitPrefix(t *testing.T) {
	for _, size := range []int{0, 10, codec.CopyMax, codec.CopyMax + 1} {
		var out bytes.Buffer
		w, want := codec.NewWriter(&out, frame.Limits{}), small(1, size)
		b, err := template().AppendPrefix(w.Buffer(), size)
		if err = w.CommitPrefix(want[len(want)-size:], b, err); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil || !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%d bytes: %v, or not the frame", size, err)
		}
	}
}

// A prefix that is refused takes no payload along, small or large.
func TestCommitPrefixRefused(t *testing.T) {
	w := codec.NewWriter(io.Discard, frame.Limits{})
	for _, size := range []int{0, 10, codec.CopyMax + 1} {
		b := frame.Begin(w.Buffer(), frame.Data, 0, header.ThriftStruct)
		prefix, err := b.FinishPrefix(size)
		if err = w.CommitPrefix(make([]byte, size), prefix, err); err != wire.ErrNoStreamID || w.Buffered() != 0 {
			t.Errorf("%d bytes: %v, %d wait", size, err, w.Buffered())
		}
	}
}

// What a template or the limits refuse is an error of the call, with the Writer as
// it was.
func TestWriterRefuses(t *testing.T) {
	lim := frame.Limits{MaxPayload: codec.CopyMax + 1}
	few := frame.Limits{MaxPayload: 10}
	loose, err1 := frame.NewTemplateWithin(1, "Bidi", header.ThriftStruct, &lim)
	tight, err2 := frame.NewTemplateWithin(1, "Bidi", header.ThriftStruct, &few)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var f frame.Frame
	f.Parse(small(1, 11))
	w := codec.NewWriter(io.Discard, few)
	for name, err := range map[string]error{
		"a small payload": w.WriteData(&tight, make([]byte, 11)),
		"a large payload": w.WriteData(&loose, make([]byte, codec.CopyMax+2)),
		"a frame":         w.WriteFrame(&f),
	} {
		if err != wire.ErrPayloadTooLarge || w.Buffered() != 0 {
			t.Errorf("%s: %v, %d bytes wait", name, err, w.Buffered())
		}
	}
	if err := w.WriteData(&tight, make([]byte, 10)); err != nil || w.Buffered() != 44 {
		t.Errorf("then %v, %d bytes wait", err, w.Buffered())
	}
}

// A payload that is not the one that LENGTH counts would leave half a frame, or a
// frame and a half.
func TestCommitPrefixOtherPayload(t *testing.T) {
	for _, size := range []int{0, 5, codec.CopyMax + 1} {
		for _, other := range []int{0, 4, 5, 6, codec.CopyMax, codec.CopyMax + 1, codec.CopyMax + 2} {
			var out bytes.Buffer
			w := codec.NewWriter(&out, frame.Limits{})
			w.WriteData(template(), []byte("ab"))
			before := w.Buffered()
			prefix, err := template().AppendPrefix(append(w.Buffer(), small(1, 3)...), size)
			if err = w.CommitPrefix(make([]byte, other), prefix, err); (err == nil) != (size == other) {
				t.Errorf("%d bytes for a payload of %d: %v", other, size, err)
			}
			if err != nil && (w.Buffered() != before || out.Len() != 0) {
				t.Errorf("%d bytes for a payload of %d: %d bytes wait, %d written", other, size, w.Buffered(), out.Len())
			}
		}
	}
	w := codec.NewWriter(io.Discard, frame.Limits{})
	for _, b := range []string{"", "a", "abc"} {
		if err := w.CommitPrefix([]byte("x"), append(w.Buffer(), b...), nil); err == nil || w.Buffered() != 0 {
			t.Errorf("%q is taken for a prefix", b)
		}
	}
	if err := w.CommitPrefix(nil, w.Buffer(), nil); err != nil {
		t.Errorf("nothing at all: %v", err)
	}
}

// Nothing is written where nothing waits, however small the buffer is.
func TestWriterNothing(t *testing.T) {
	w := codec.NewWriterSize(writerFunc(func([]byte) (int, error) {
		t.Error("a write of nothing")
		return 0, nil
	}), frame.Limits{}, 0)
	if err := errors.Join(w.Commit(w.Buffer(), nil), w.Flush()); err != nil {
		t.Error(err)
	}
}

// Prefix and large payload go out in one system call: as one datagram, where
// the connection has such.
func TestWriterVector(t *testing.T) {
	addr := &net.UnixAddr{Net: "unixgram", Name: filepath.Join(t.TempDir(), "s")}
	far, err := net.ListenUnixgram("unixgram", addr)
	if err != nil {
		t.Skip(err)
	}
	defer far.Close()
	near, err := net.DialUnix("unixgram", nil, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	w := codec.NewWriter(near, frame.Limits{})
	w.WriteData(template(), []byte("ab"))
	if err := w.WriteData(template(), make([]byte, 20_000)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1<<16)
	if n, err := far.Read(b); n != 36+20_034 || err != nil {
		t.Errorf("%d bytes in one datagram, %v; want both frames", n, err)
	}
}

// A frame goes through a proxy byte for byte, large ones without a copy.
func TestWriteFrameAsRead(t *testing.T) {
	b := several(0, 9, codec.CopyMax, codec.CopyMax+1, 300_000)
	var out bytes.Buffer
	r, w := codec.NewReader(bytes.NewReader(b), frame.Limits{}), codec.NewWriter(&out, frame.Limits{})
	for {
		f, err := r.Next()
		if err != nil {
			break
		}
		if err := w.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil || !bytes.Equal(out.Bytes(), b) {
		t.Errorf("%v, or other bytes", err)
	}
}

// What the encoder refuses in the fields of a frame with a large payload.
func TestWriteFrameRefused(t *testing.T) {
	f := new(frame.Frame)
	if _, err := f.Parse(small(1, 20_000)); err != nil {
		t.Fatal(err)
	}
	f.StreamID = 0
	w := codec.NewWriter(io.Discard, frame.Limits{})
	if err := w.WriteFrame(f); err != wire.ErrNoStreamID || w.Buffered() != 0 {
		t.Errorf("%v, %d bytes wait", err, w.Buffered())
	}
}

// E8: the writer fails, or takes less than it is given: the error stays, what
// waited is dropped, and nothing is tried again.
func TestE8WriterFails(t *testing.T) {
	large := make([]byte, codec.CopyMax+1)
	tests := []struct {
		name  string
		write func(p []byte) (int, error)
		want  string
	}{
		{"error", func(p []byte) (int, error) { return 0, errBroken }, errBroken.Error()},
		{"error with a part", func(p []byte) (int, error) { return len(p) / 2, errBroken }, errBroken.Error()},
		{"error with all", func(p []byte) (int, error) { return len(p), errBroken }, errBroken.Error()},
		{"short", func(p []byte) (int, error) { return len(p) - 1, nil }, io.ErrShortWrite.Error()},
		{"none", func(p []byte) (int, error) { return 0, nil }, io.ErrShortWrite.Error()},
		{"negative", func(p []byte) (int, error) { return -1, nil }, "codec: Read or Write returned an impossible count"},
		{"too many", func(p []byte) (int, error) { return len(p) + 1, nil }, "codec: Read or Write returned an impossible count"},
	}
	for _, tt := range tests {
		for _, large := range [][]byte{nil, large} {
			calls := 0
			w := codec.NewWriter(writerFunc(func(p []byte) (int, error) {
				calls++
				return tt.write(p)
			}), frame.Limits{})
			w.WriteData(template(), []byte("waits"))
			err := w.WriteData(template(), large)
			if large == nil {
				err = w.Flush()
			}
			if err == nil || err.Error() != tt.want || calls != 1 || w.Buffered() != 0 {
				t.Errorf("%s: %v after %d writes, %d bytes wait", tt.name, err, calls, w.Buffered())
			}
			again := []error{w.Flush(), w.WriteData(template(), nil), w.WriteData(template(), large), w.Commit(small(1, 0), nil), w.Commit(nil, errBroken)}
			if slices.ContainsFunc(again, func(e error) bool { return e != err }) || calls != 1 {
				t.Errorf("%s: then %v after %d writes", tt.name, again, calls)
			}
		}
	}
}

// E8 in the middle: the prefix is taken and the payload is not.
func TestE8PayloadFails(t *testing.T) {
	calls := 0
	w := codec.NewWriter(writerFunc(func(p []byte) (int, error) {
		if calls++; calls == 2 {
			return 10, errBroken
		}
		return len(p), nil
	}), frame.Limits{})
	err := w.WriteData(template(), make([]byte, codec.CopyMax+1))
	if err != errBroken || w.Flush() != errBroken || calls != 2 {
		t.Errorf("%v, then %v, %d writes", err, w.Flush(), calls)
	}
}

// E8 over a connection that is closed, by writev.
func TestE8Closed(t *testing.T) {
	near, far := tcpPair(t)
	far.Close()
	near.Close()
	w := codec.NewWriter(near, frame.Limits{})
	err := w.WriteData(template(), make([]byte, codec.CopyMax+1))
	if !errors.Is(err, net.ErrClosed) || w.Flush() != err {
		t.Errorf("%v, then %v", err, w.Flush())
	}
}

// Commit of something else than Buffer extended loses no frame that waits.
func TestCommitShrunk(t *testing.T) {
	var out bytes.Buffer
	w := codec.NewWriter(&out, frame.Limits{})
	w.WriteData(template(), nil)
	if err := w.Commit(nil, nil); err == nil {
		t.Error("Commit(nil, nil) is accepted")
	}
	if err := w.Flush(); err != nil || out.Len() != 34 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

// The buffer does not keep the size of the largest frame for ever.
func TestWriterGivesBack(t *testing.T) {
	w := codec.NewWriterSize(io.Discard, frame.Limits{}, 1000)
	w.Commit(small(1, 200_000), nil)
	if c := cap(w.Buffer()); c > 4*codec.CopyMax {
		t.Errorf("%d bytes are kept", c)
	}
	w.Commit(small(1, 60_000), nil)
	if c := cap(w.Buffer()); c < 60_000 {
		t.Errorf("%d bytes are kept, want those of a frame of 60,000", c)
	}
}
