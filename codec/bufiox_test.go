package codec_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
)

// What CloudWeGo transports hold fits, and so does what it is made of.
var (
	_ codec.BufioxSource = bufiox.Reader(nil)
	_ codec.BufioxSink   = bufiox.Writer(nil)
	_ bufiox.Reader      = (*bufiox.DefaultReader)(nil)
	_ bufiox.Writer      = (*bufiox.DefaultWriter)(nil)
)

// A frame is a view of the source's buffer.
func TestBufioxView(t *testing.T) {
	b := several(10)
	f, err := codec.NewBufioxReader(bufiox.NewBytesReader(b), frame.Limits{}).Next()
	if err != nil || &f.Payload[0] != &b[len(b)-10] {
		t.Errorf("%v, or the payload was copied", err)
	}
}

// The source may be used for something else before and behind the frames.
func TestBufioxSharesSource(t *testing.T) {
	src := bufiox.NewBytesReader(append(append([]byte("hello"), several(10)...), small(2, 3)...))
	src.Skip(5)
	r := codec.NewBufioxReader(src, frame.Limits{})
	if f, err := r.Next(); err != nil || f.StreamID != 1 {
		t.Fatal(f, err)
	}
	if f, err := r.Next(); err != nil || f.StreamID != 2 || r.Offset() != int64(len(several(10))+len(small(2, 3))) {
		t.Fatal(f, err, r.Offset())
	}
}

// A small frame costs two Peeks, a large one a few more.
func TestBufioxPeeks(t *testing.T) {
	for _, tt := range []struct{ payload, peeks int }{{0, 2}, {4000, 2}, {4096 - 34, 2}, {9000, 4}, {60_000, 4}, {1_000_000, 8}} {
		src := &peeker{src: bytes.NewReader(small(1, tt.payload))}
		if _, err := codec.NewBufioxReader(src, frame.Limits{}).Next(); err != nil || src.peeks != tt.peeks {
			t.Errorf("payload of %d: %v, %d peeks, want %d", tt.payload, err, src.peeks, tt.peeks)
		}
	}
}

// releases counts what it says.
type releases struct {
	*bufiox.BytesReader
	n int
}

func (s *releases) Release(err error) error {
	s.n++
	return s.BytesReader.Release(err)
}

// Release is called once 4 KiB have been used since the last time.
func TestBufioxReleases(t *testing.T) {
	for _, tt := range []struct{ size, frames, releases int }{{1024, 12, 3}, {1025, 12, 3}, {1023, 12, 2}, {4096, 3, 3}, {4095, 4, 2}, {9000, 2, 2}} {
		src := &releases{BytesReader: bufiox.NewBytesReader(bytes.Repeat(small(1, tt.size-34), tt.frames))}
		if got := drain(t, codec.NewBufioxReader(src, frame.Limits{})); len(got.Frames) != tt.frames || src.n != tt.releases {
			t.Errorf("%d frames of %d bytes: %d frames, %d releases, want %d", tt.frames, tt.size, len(got.Frames), src.n, tt.releases)
		}
	}
}

// timedOut is a source on which a Peek of more than there is waits, and then
// reports a timeout.
type timedOut struct {
	*bufiox.BytesReader
	waits int
}

func (s *timedOut) Peek(n int) ([]byte, error) {
	b, err := s.BytesReader.Peek(n)
	if err != nil {
		s.waits++
		return nil, os.ErrDeadlineExceeded
	}
	return b, nil
}

// A timeout is not waited for again in order to see what has come.
func TestBufioxTimeout(t *testing.T) {
	src := &timedOut{BytesReader: bufiox.NewBytesReader(small(1, 9)[:20])}
	if _, err := codec.NewBufioxReader(src, frame.Limits{}).Next(); err != os.ErrDeadlineExceeded || src.waits != 1 {
		t.Errorf("%v after %d waits", err, src.waits)
	}
}

// stubborn fails in one method.
type stubborn struct {
	*bufiox.BytesReader
	skip, release error
}

func (s *stubborn) Skip(n int) error {
	if s.skip != nil {
		return s.skip
	}
	return s.BytesReader.Skip(n)
}

func (s *stubborn) Release(err error) error {
	if s.release != nil {
		return s.release
	}
	return s.BytesReader.Release(err)
}

// What Skip and Release report is final too.
func TestBufioxFails(t *testing.T) {
	b := several(5000, 1)
	for _, src := range []*stubborn{{skip: errBroken}, {release: errBroken}} {
		src.BytesReader = bufiox.NewBytesReader(b)
		if got := drain(t, codec.NewBufioxReader(src, frame.Limits{})); len(got.Frames) != 1 || got.Err != errBroken.Error() {
			t.Errorf("%+v", got)
		}
	}
}

// F20 for a source that reads nothing over and over.
func TestF20BufioxNoProgress(t *testing.T) {
	reads := 0
	src := bufiox.NewDefaultReader(readerFunc(func([]byte) (int, error) {
		if reads++; reads > 100_000 {
			t.Fatal("reads for ever")
		}
		return 0, nil
	}))
	_, err := codec.NewBufioxReader(src, frame.Limits{}).Next()
	if err != io.ErrNoProgress {
		t.Error(err)
	}
}

// giveUp gives one byte the first time it is asked for a frame, and no error, as
// a bufiox.DefaultReader does after 100 reads.
type giveUp struct {
	*bufiox.BytesReader
	asked int
}

func (s *giveUp) Peek(n int) ([]byte, error) {
	if n == 8 { // enough to judge LENGTH and MAGIC
		s.asked++
	}
	if s.asked == 1 && n > 1 {
		return s.BytesReader.Peek(1)
	}
	return s.BytesReader.Peek(n)
}

// F20 for one that is slow: one byte is progress.
func TestF20BufioxSlow(t *testing.T) {
	src := &giveUp{BytesReader: bufiox.NewBytesReader(small(1, 9))}
	if f, err := codec.NewBufioxReader(src, frame.Limits{}).Next(); err != nil || f.StreamID != 1 || src.asked != 2 {
		t.Errorf("%v, asked %d times", err, src.asked)
	}
}

// Frames through both gopkg types, there and back.
func TestBufioxRoundTrip(t *testing.T) {
	var pipe bytes.Buffer
	w := codec.NewBufioxWriter(bufiox.NewDefaultWriter(&pipe), frame.Limits{})
	want := several(5, 20_000, 0, 100_000, 9)
	r := codec.NewReader(bytes.NewReader(want), frame.Limits{})
	for {
		f, err := r.Next()
		if err == io.EOF {
			break
		}
		if err := w.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil || !bytes.Equal(pipe.Bytes(), want) {
		t.Errorf("%v, or not what was written", err)
	}
}

// badSink fails, or takes less than it is given.
type badSink struct{ add, flush error }

func (s badSink) WriteBinary(b []byte) (int, error) {
	if errors.Is(s.add, io.ErrShortWrite) {
		return len(b) - 1, nil
	}
	return len(b), s.add
}

func (s badSink) Flush() error { return s.flush }

// E8 over a bufiox.Writer.
func TestE8Bufiox(t *testing.T) {
	for _, sink := range []badSink{{add: errBroken}, {flush: errBroken}, {add: io.ErrShortWrite}} {
		w := codec.NewBufioxWriter(sink, frame.Limits{})
		w.WriteData(template(), nil)
		err := w.Flush()
		if err == nil || err != sink.add && err != sink.flush || w.Flush() != err {
			t.Errorf("%+v: %v, then %v", sink, err, w.Flush())
		}
	}
}
