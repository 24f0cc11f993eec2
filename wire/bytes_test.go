package wire_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// TestEnd16 is the edges of a value behind a u16 length.
func TestEnd16(t *testing.T) {
	full := append([]byte{0xFF, 0xFF}, make([]byte, 65535)...)
	for _, c := range []struct {
		name string
		b    []byte
		p    int
		want int
	}{
		{"nothing", nil, 0, -1},
		{"half a length", []byte{0}, 0, -1},
		{"empty value", []byte{0, 0}, 0, 2},
		{"value cut", []byte{0, 1}, 0, -1},
		{"value", []byte{0, 1, 'v'}, 0, 3},
		{"value and more", []byte{0, 1, 'v', 'w'}, 0, 3},
		{"behind others", []byte{9, 9, 0, 1, 'v'}, 2, 5},
		{"behind others, cut", []byte{9, 9, 0, 2, 'v'}, 2, -1},
		{"at the end", []byte{0, 0}, 2, -1},
		{"at the last byte", []byte{0, 0}, 1, -1},
		{"far behind the end", []byte{0, 0}, 1 << 30, -1},
		{"high byte", append([]byte{1, 0}, make([]byte, 256)...), 0, 258},
		{"65535", full, 0, 65537},
		{"65535, cut", full[:65536], 0, -1},
	} {
		if got := wire.End16(c.b, c.p); got != c.want {
			t.Errorf("%s: End16 = %d, want %d", c.name, got, c.want)
		}
	}
}

// TestEnd32 is the edges of a value behind an i32 length, among them lengths
// that overflow an int of 32 bits.
func TestEnd32(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		p    int
		want int
	}{
		{"nothing", nil, 0, -1},
		{"three bytes of a length", []byte{0, 0, 0}, 0, -1},
		{"empty value", []byte{0, 0, 0, 0}, 0, 4},
		{"value cut", []byte{0, 0, 0, 1}, 0, -1},
		{"value", []byte{0, 0, 0, 1, 'v'}, 0, 5},
		{"value and more", []byte{0, 0, 0, 1, 'v', 'w'}, 0, 5},
		{"behind others", []byte{9, 0, 0, 0, 1, 'v'}, 1, 6},
		{"behind others, cut", []byte{9, 0, 0, 0, 2, 'v'}, 1, -1},
		{"at the end", []byte{0, 0, 0, 0}, 4, -1},
		{"at the last byte", []byte{0, 0, 0, 0}, 3, -1},
		{"far behind the end", []byte{0, 0, 0, 0}, 1 << 30, -1},
		{"0x7FFFFFFF", []byte{0x7F, 0xFF, 0xFF, 0xFF, 'v'}, 0, -1},
		{"0x80000000", []byte{0x80, 0, 0, 0, 'v'}, 0, -1},
		{"-1", []byte{0xFF, 0xFF, 0xFF, 0xFF, 'v'}, 0, -1},
		{"-4, which ends where it begins", []byte{0xFF, 0xFF, 0xFF, 0xFC, 'v'}, 0, -1},
		{"byte 1", append([]byte{0, 1, 0, 0}, make([]byte, 65536)...), 0, 65540},
		{"byte 2", append([]byte{0, 0, 1, 0}, make([]byte, 256)...), 0, 260},
	} {
		if got := wire.End32(c.b, c.p); got != c.want {
			t.Errorf("%s: End32 = %d, want %d", c.name, got, c.want)
		}
	}
}

// What is appended is what is read, for any value anywhere.
func TestBytesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dst := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "dst")
		v := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "value")
		p := len(dst)

		b := append(wire.AppendUint16(bytes.Clone(dst), uint16(len(v))), v...)
		end := wire.End16(b, p)
		if end != len(b) || !bytes.Equal(b[p+2:end], v) || wire.End16(b[:len(b)-1], p) != -1 {
			t.Fatalf("End16 = %d of % x", end, b)
		}
		b = wire.Append32(bytes.Clone(dst), v)
		end = wire.End32(b, p)
		if end != len(b) || !bytes.Equal(b[p+4:end], v) || !bytes.HasPrefix(b, dst) || wire.End32(b[:len(b)-1], p) != -1 {
			t.Fatalf("Append32: % x", b)
		}
		if s := wire.Append32(bytes.Clone(dst), string(v)); !bytes.Equal(s, b) {
			t.Fatalf("Append32 of a string: % x; of bytes: % x", s, b)
		}
	})
}

// The integers are those of encoding/binary.
func TestIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 8, 16).Draw(t, "bytes")
		p := rapid.IntRange(0, len(b)-8).Draw(t, "place")
		v := rapid.Uint32().Draw(t, "value")
		if wire.Uint16(b, p) != binary.BigEndian.Uint16(b[p:]) || wire.Uint32(b, p) != binary.BigEndian.Uint32(b[p:]) ||
			wire.Uint64(b, p) != binary.BigEndian.Uint64(b[p:]) {
			t.Fatalf("read at %d of % x: %#x, %#x, %#x", p, b, wire.Uint16(b, p), wire.Uint32(b, p), wire.Uint64(b, p))
		}
		if got, want := wire.AppendUint16(bytes.Clone(b), uint16(v)), binary.BigEndian.AppendUint16(bytes.Clone(b), uint16(v)); !bytes.Equal(got, want) {
			t.Fatalf("AppendUint16: % x, want % x", got, want)
		}
		if got, want := wire.AppendUint32(bytes.Clone(b), v), binary.BigEndian.AppendUint32(bytes.Clone(b), v); !bytes.Equal(got, want) {
			t.Fatalf("AppendUint32: % x, want % x", got, want)
		}
		got, want := bytes.Clone(b), bytes.Clone(b)
		binary.BigEndian.PutUint16(want[p:], uint16(v))
		if wire.PutUint16(got, p, uint16(v)); !bytes.Equal(got, want) {
			t.Fatalf("PutUint16: % x, want % x", got, want)
		}
		binary.BigEndian.PutUint32(want[p:], v)
		if wire.PutUint32(got, p, v); !bytes.Equal(got, want) {
			t.Fatalf("PutUint32: % x, want % x", got, want)
		}
	})
}

// Nothing behind a value is asked for when it is written.
func TestPutAtTheEnd(t *testing.T) {
	b := make([]byte, 4)
	wire.PutUint32(b, 0, 0x01020304)
	if !bytes.Equal(b, []byte{1, 2, 3, 4}) {
		t.Errorf("PutUint32: % x", b)
	}
	wire.PutUint16(b, 2, 0x0506)
	if !bytes.Equal(b, []byte{1, 2, 5, 6}) {
		t.Errorf("PutUint16: % x", b)
	}
}
