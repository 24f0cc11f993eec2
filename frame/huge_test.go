//go:build linux && (amd64 || arm64)

package frame_test

import (
	"syscall"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// F5: LENGTH is at most 0x3FFFFFFF whatever the limits (rule 2.1), also when all
// of the frame is there. The 1 GiB is mapped and never touched, so that it costs
// nothing.
func TestHugeFrameWhole(t *testing.T) {
	head := testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Blocks: []testgen.Block{
		{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: "3"}, {Int: 9, Value: "Bidi"}}},
	}}.Bytes()
	b := huge(t)
	copy(b, head)
	f := new(frame.Frame)
	for _, c := range []struct {
		length, n int
		code      wire.Code
	}{
		{wire.MaxLength, wire.MaxLength + 4, 0},
		{wire.MaxLength + 1, 0, wire.ErrPayloadLimit},
		{wire.MaxLength + 30, 0, wire.ErrPayloadLimit}, // a payload of MaxPayload bytes
		{wire.MaxLength + 31, 0, wire.ErrPayloadLimit},
	} {
		wire.PutUint32(b, 0, uint32(c.length))
		if n, err := f.ParseWithin(b, &raised); n != c.n || codeOf(err) != c.code {
			t.Errorf("LENGTH %#x: Parse = %d, %v; want %d, %v", c.length, n, err, c.n, c.code.Reason())
		}
		if n, err := f.ParseWithin(b[:20], &raised); c.code != 0 && (n != c.n || err != c.code) {
			t.Errorf("LENGTH %#x, 20 bytes of it: Parse = %d, %v; want %d, %v", c.length, n, err, c.n, c.code.Reason())
		}
	}
}

// E3 for AppendTo: what LENGTH cannot say is refused before anything is copied.
func TestHugePayloadRefused(t *testing.T) {
	f := mustParse(t, threeFrames()[1])
	f.Payload = huge(t)[:wire.MaxLength-10-len(f.Header.Bytes())+1]
	if out, err := f.AppendWithin(nil, &raised); out != nil || err != wire.ErrPayloadTooLarge {
		t.Errorf("AppendWithin = %d bytes, %v; want none, ErrPayloadTooLarge", len(out), err)
	}
}

// huge is over 1 GiB that is mapped and not there until it is touched.
func huge(t *testing.T) []byte {
	t.Helper()
	b, err := syscall.Mmap(-1, 0, wire.MaxLength+64, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Skipf("no 1 GiB of address space: %v", err)
	}
	t.Cleanup(func() { syscall.Munmap(b) })
	return b
}
