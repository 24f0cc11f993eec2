package testgen

import (
	"encoding/binary"

	"pgregory.net/rapid"
)

// Inputs generates any bytes that a decoder may meet: legal frames with more
// behind them, mutated frames, random bytes behind a plausible start, and
// random bytes.
func Inputs() *rapid.Generator[[]byte] {
	return rapid.OneOf(Mutated(), Plausible(),
		rapid.Custom(func(t *rapid.T) []byte {
			return append(Frames().Draw(t, "frame").Bytes(), Tails().Draw(t, "tail")...)
		}),
		rapid.SliceOfN(rapid.Byte(), 0, 64))
}

// Tails generates what may stand behind a frame: nothing, another frame, or
// garbage.
func Tails() *rapid.Generator[[]byte] {
	return rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 1, 40),
		rapid.Map(Frames(), Frame.Bytes))
}

// Mutated generates legal frames with one to three edits.
func Mutated() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		b := Frames().Draw(t, "frame").Bytes()
		for range rapid.IntRange(1, 3).Draw(t, "edits") {
			b = edit(t, b)
		}
		return b
	})
}

// odd numbers, as a field may hold them.
var odd = []uint16{0, 1, 2, 3, 9, 27, 0x00FF, 0x0100, 0x1000, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF}

// edit changes, adds or takes away a byte or two, mostly in the header.
func edit(t *rapid.T, b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	at := rapid.OneOf(rapid.IntRange(0, min(len(b), 60)-2), rapid.IntRange(0, len(b)-2)).Draw(t, "at")
	switch rapid.IntRange(0, 6).Draw(t, "edit") {
	case 0:
		b[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	case 1:
		b[at] = rapid.SampledFrom([]byte{0, 1, 2, 3, 9, 0x10, 0x11, 0x12, 0x7F, 0x80, 0xFF}).Draw(t, "byte")
	case 2:
		binary.BigEndian.PutUint16(b[at:], rapid.SampledFrom(odd).Draw(t, "u16"))
	case 3: // off by a little, as a wrong bounds check is
		v := binary.BigEndian.Uint16(b[at:])
		binary.BigEndian.PutUint16(b[at:], v+uint16(rapid.IntRange(-5, 5).Draw(t, "delta")))
	case 4:
		b = append(b[:at], b[at+1:]...)
	case 5:
		b = append(b[:at+1], b[at:]...)
	case 6: // a LENGTH that is off by a little
		v := binary.BigEndian.Uint32(b)
		binary.BigEndian.PutUint32(b, v+uint32(rapid.IntRange(-20, 20).Draw(t, "delta")))
	}
	return b
}

// Plausible generates a fixed part that is legal and, behind it, header info
// and payload of random bytes from a small alphabet.
func Plausible() *rapid.Generator[[]byte] {
	alphabet := rapid.SampledFrom([]byte{0, 0, 0, 1, 1, 2, 3, 4, 9, 0x10, 0x11, 27, '1', '3', '5', 0xFF})
	return rapid.Custom(func(t *rapid.T) []byte {
		words := rapid.IntRange(1, 16).Draw(t, "words")
		rest := rapid.SliceOfN(alphabet, 4*words, 4*words+8).Draw(t, "rest")
		rest[0] = rapid.SampledFrom([]byte{0x10, 0x00, 0x11}).Draw(t, "protocol")
		rest[1] = rapid.SampledFrom([]byte{0, 0, 0, 1, 2, byte(4*words - 2)}).Draw(t, "transforms")
		return Cat(U32(10+len(rest)), U16(0x1000), U16(0x0002), U32(1), U16(words), rest)
	})
}
