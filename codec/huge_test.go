//go:build linux && (amd64 || arm64)

package codec_test

import (
	"syscall"
	"testing"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// E3 for WriteFrame: LENGTH is at most 0x3FFFFFFF whatever the limits (rule 2.1).
// The 1 GiB is mapped and never touched, so that it costs nothing.
func TestHugeWriteFrame(t *testing.T) {
	b, err := syscall.Mmap(-1, 0, wire.MaxLength, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Skipf("no 1 GiB of address space: %v", err)
	}
	t.Cleanup(func() { syscall.Munmap(b) })
	var f frame.Frame
	f.Parse(small(1, 0))
	room := wire.MaxLength - 10 - len(f.Header.Bytes())
	for _, tt := range []struct {
		size, written int
		want          error
	}{{room, 4 + wire.MaxLength, nil}, {room + 1, 0, wire.ErrPayloadTooLarge}} {
		n := 0
		w := codec.NewWriter(writerFunc(func(p []byte) (int, error) {
			n += len(p)
			return len(p), nil
		}), frame.Limits{MaxPayload: wire.MaxPayload})
		f.Payload = b[:tt.size]
		if err := w.WriteFrame(&f); err != tt.want || n != tt.written {
			t.Errorf("a payload of %d bytes: %v, %d bytes written; want %v, %d", tt.size, err, n, tt.want, tt.written)
		}
	}
}
