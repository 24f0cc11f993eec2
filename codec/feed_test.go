package codec_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// A frame that lies wholly inside a piece aliases it; one that is cut does not.
func TestFeederAliases(t *testing.T) {
	b := several(10, 10, 10)
	d := codec.NewFeeder(frame.Limits{})
	one := len(b) / 3
	for i, piece := range [][]byte{b[:one+9], b[one+9:]} {
		d.Feed(piece)
		for {
			f, err := d.Next()
			if err == wire.ErrShort {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			at := int(f.StreamID)*one - 1 // where the payload's last byte was fed from
			if alias := &f.Payload[9] == &b[at]; alias != (f.StreamID != 2) {
				t.Errorf("piece %d, frame %d: aliases the piece: %v", i, f.StreamID, alias)
			}
		}
	}
	if err := d.End(); err != nil || d.InFrame() {
		t.Errorf("End = %v, InFrame = %v", err, d.InFrame())
	}
}

// The cut frame is valid until the next call, and Feed is none that moves it.
func TestFeederCutFrameLasts(t *testing.T) {
	b := several(10, 20)
	d := codec.NewFeeder(frame.Limits{})
	d.Feed(b[:5])
	d.Next()
	d.Feed(b[5:])
	f, err := d.Next()
	if err != nil {
		t.Fatal(err)
	}
	if want := toldOf(t, small(1, 10)); told(f) != want {
		t.Errorf("%s\nwant %s", told(f), want)
	}
	if sum := d.Offset() + int64(d.Buffered()); sum != int64(len(b)) {
		t.Errorf("Offset + Buffered = %d, want %d", sum, len(b))
	}
}

func toldOf(t *testing.T, b []byte) string {
	t.Helper()
	f := new(frame.Frame)
	if _, err := f.Parse(b); err != nil {
		t.Fatal(err)
	}
	return told(f)
}

// Pieces fed before the earlier ones have been used up are put behind them.
func TestFeederFedAhead(t *testing.T) {
	b := several(3, 0, 700, 5)
	want := expect(b, frame.Limits{}, io.EOF)
	for _, size := range []int{1, 10, 36, 300} {
		d := codec.NewFeeder(frame.Limits{})
		var got outcome
		for at := 0; at < len(b); at += size {
			d.Feed(b[at:min(at+size, len(b))])
			if at/size%3 == 1 { // now and then one frame
				if f, err := d.Next(); err == nil {
					got.Frames = append(got.Frames, told(f))
				}
			}
		}
		if err := d.End(); len(got.Frames) < 4 && err == nil {
			t.Errorf("pieces of %d: End before the last frame gives no error", size)
		}
		for {
			f, err := d.Next()
			if err != nil {
				break
			}
			got.Frames = append(got.Frames, told(f))
		}
		if diff := cmp.Diff(want.Frames, got.Frames); diff != "" || d.End() != nil {
			t.Errorf("pieces of %d: End %v, frames -want +got:\n%s", size, d.End(), diff)
		}
	}
}

// One byte that has been fed is in a frame, and one that Next has not seen.
func TestFeederOneByte(t *testing.T) {
	d := codec.NewFeeder(frame.Limits{})
	if d.InFrame() {
		t.Error("InFrame before the first byte")
	}
	d.Feed(small(1, 9)[:1])
	if err := d.End(); toldError(err) != "codec: End before Next has given all frames" || !d.InFrame() {
		t.Errorf("End before Next: %v, InFrame %v", err, d.InFrame())
	}
	d.Next()
	if err := d.End(); toldError(err) != "truncated {Frame:0 Have:1 Need:14 Info:0}" {
		t.Errorf("End behind Next: %s", toldError(err))
	}
}

// What continues a cut frame and looks like a frame is none.
func TestFeederPieceIsNoFrame(t *testing.T) {
	f := testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Payload: string(bytes.Repeat(small(7, 0), 10_000)),
		Blocks: []testgen.Block{{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: "3"}}}}}
	b := f.Bytes()
	for _, frames := range []int{1, 5000} { // in the first piece
		d, cut := codec.NewFeeder(frame.Limits{}), len(b)-(10_000-frames)*len(small(7, 0))
		d.Feed(b[:cut])
		if _, err := d.Next(); err != wire.ErrShort {
			t.Fatal(err)
		}
		d.Feed(b[cut:])
		if f, err := d.Next(); err != nil || f.StreamID != 1 || d.Buffered() != 0 {
			t.Errorf("cut at %d: %v, %v, %d more bytes", cut, f, err, d.Buffered())
		}
	}
}

// What is fed after a failure is not looked at.
func TestFeederFailed(t *testing.T) {
	d := codec.NewFeeder(frame.Limits{})
	d.Feed([]byte("GET / HTTP/1.1\r\n"))
	_, first := d.Next()
	d.Feed(small(1, 0))
	if f, err := d.Next(); f != nil || err != first || d.End() != first {
		t.Errorf("first %v, then %v, %v, End %v", first, f, err, d.End())
	}
	if first.Error() != (&wire.Error{Code: wire.ErrHTTPRequest}).Error() {
		t.Error(first)
	}
}

// P9: the error is final though the piece in which it was is the caller's again,
// and holds frames now; nothing of what follows is kept, but it is counted.
func TestP9FeederFinal(t *testing.T) {
	d := codec.NewFeeder(frame.Limits{})
	piece := append([]byte("GET / HTTP/1.1\r\n\r\n"), make([]byte, 30)...)
	d.Feed(piece)
	_, first := d.Next()
	copy(piece, small(1, 0))
	for i := range 3 {
		if f, err := d.Next(); f != nil || err != first || d.Offset() != 0 || d.Buffered() != (i+1)*len(piece) {
			t.Fatalf("frame %v, %v at %d with %d bytes buffered; first %v", f, err, d.Offset(), d.Buffered(), first)
		}
		d.Feed(piece)
	}
	n := testing.AllocsPerRun(100, func() {
		d.Feed(piece)
		d.Next()
	})
	if n != 0 {
		t.Errorf("%v allocations for a piece behind the error", n)
	}
}

// The same behind an end inside a frame.
func TestP9FeederEnded(t *testing.T) {
	d := codec.NewFeeder(frame.Limits{})
	d.Feed(small(1, 9)[:40])
	d.Next()
	err := d.End()
	d.Feed(small(1, 9)[40:])
	if f, again := d.Next(); f != nil || again != err || d.Buffered() != len(small(1, 9)) {
		t.Errorf("%v, %v with %d bytes buffered, want %v", f, again, d.Buffered(), err)
	}
}

// F22: End says what is missing.
func TestF22FeederEnd(t *testing.T) {
	d := codec.NewFeeder(frame.Limits{})
	if err := d.End(); err != nil {
		t.Errorf("nothing fed: End = %v", err)
	}
	d.Feed(small(1, 9)[:40])
	if _, err := d.Next(); err != wire.ErrShort || !d.InFrame() || d.Buffered() != 40 {
		t.Errorf("Next: %v, InFrame %v, Buffered %d", err, d.InFrame(), d.Buffered())
	}
	err := d.End()
	if want := "truncated {Frame:0 Have:40 Need:43 Info:20}"; toldError(err) != want {
		t.Errorf("End = %s, want %s", toldError(err), want)
	}
	if _, again := d.Next(); again != err {
		t.Errorf("then Next: %v", again)
	}
}

// End right behind a frame that came in two pieces is an end between frames, and
// behind an illegal one it is that error again.
func TestFeederEndBehindCutFrame(t *testing.T) {
	b := small(1, 9)
	d := codec.NewFeeder(frame.Limits{})
	d.Feed(b[:20])
	d.Next()
	d.Feed(b[20:])
	if f, err := d.Next(); err != nil || f.StreamID != 1 {
		t.Fatal(err)
	}
	if err := d.End(); err != nil {
		t.Errorf("End between frames: %v", err)
	}

	b[14] = 2 // PROTOCOL ID
	d = codec.NewFeeder(frame.Limits{})
	d.Feed(b[:14])
	d.Next()
	d.Feed(b[14:])
	_, err := d.Next()
	if end := d.End(); !errors.Is(err, wire.ErrProtocol) || end != err || d.End() != err {
		t.Errorf("Next: %v, End: %v", err, end)
	}
}
