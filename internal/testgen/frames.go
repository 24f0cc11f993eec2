package testgen

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Frames generates frames that are legal within the default limits, in every
// shape: any type, flags and stream id, blocks of any kind in any order and
// repeated, padding between them, transforms, tokens, keys that come twice or
// are empty or unknown, and the two layouts of the int block that peers write.
func Frames() *rapid.Generator[Frame] { return rapid.Custom(genFrame) }

func genFrame(t *rapid.T) Frame {
	f := Frame{
		Type:     rapid.SampledFrom([]byte("12345")).Draw(t, "type"),
		Flags:    rapid.Uint16().Draw(t, "flags") | 0x0002,
		Stream:   rapid.OneOf(rapid.Just(int32(1)), rapid.Int32()).Draw(t, "stream"),
		Protocol: rapid.SampledFrom([]byte{0x10, 0x00, 0x03, 0x04, 0x11}).Draw(t, "protocol"),
		Blocks:   rapid.OneOf(rapid.Custom(genPeerBlocks), rapid.SliceOfN(rapid.Custom(genBlock), 0, 6)).Draw(t, "blocks"),
		Payload:  genPayload(t),
	}
	if f.Stream == 0 && f.Type != '1' {
		f.Stream = -1
	}
	if rapid.IntRange(0, 4).Draw(t, "transformed") == 0 {
		f.Transforms = rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 255), toString).Draw(t, "transforms")
	}
	f.placeType(t)
	return f
}

// placeType sees to it that the last int key 27 says the frame's type.
func (f *Frame) placeType(t *rapid.T) {
	if block, pair := f.last(KeyFrameType); block >= 0 {
		pairs := slices.Clone(f.Blocks[block].Pairs)
		pairs[pair].Value = string(f.Type)
		f.Blocks[block].Pairs = pairs
		return
	}
	at := rapid.IntRange(0, len(f.Blocks)).Draw(t, "type's block")
	f.Blocks = slices.Insert(f.Blocks, at, Block{ID: Ints, Pairs: []Pair{{Int: KeyFrameType, Value: string(f.Type)}}})
}

// last finds the last int pair of a key: its block and place in it, or -1, -1.
func (f *Frame) last(key uint16) (block, pair int) {
	for i := len(f.Blocks) - 1; i >= 0; i-- {
		for j := len(f.Blocks[i].Pairs) - 1; j >= 0; j-- {
			if f.Blocks[i].ID == Ints && f.Blocks[i].Pairs[j].Int == key {
				return i, j
			}
		}
	}
	return -1, -1
}

// genPeerBlocks makes the blocks of a frame as live peers write it: string pairs
// if there are any, then frame type and method.
func genPeerBlocks(t *rapid.T) []Block {
	pairs := rapid.SliceOfN(rapid.Custom(genStr), 0, 4).Draw(t, "pairs")
	if len(pairs) == 0 {
		return []Block{genUsual(t)}
	}
	return []Block{{ID: Strs, Pairs: pairs}, genUsual(t)}
}

func genBlock(t *rapid.T) Block {
	switch rapid.SampledFrom([]string{"usual", "ints", "strs", "token", "padding"}).Draw(t, "kind") {
	case "usual":
		return genUsual(t)
	case "ints":
		return Block{ID: Ints, Pairs: rapid.SliceOfN(rapid.Custom(genInt), 0, 5).Draw(t, "pairs")}
	case "strs":
		return Block{ID: Strs, Pairs: rapid.SliceOfN(rapid.Custom(genStr), 0, 8).Draw(t, "pairs")}
	case "token":
		return Block{ID: Token, Pairs: []Pair{{Value: genValue(t)}}}
	}
	return Block{ID: Padding, Pad: rapid.IntRange(1, 9).Draw(t, "pad")}
}

// genUsual makes the int block of nearly all streaming frames: frame type and
// method, in either order.
func genUsual(t *rapid.T) Block {
	pairs := []Pair{
		{Int: KeyFrameType, Value: rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(t, "said")},
		{Int: KeyMethod, Value: genValue(t)},
	}
	if rapid.Bool().Draw(t, "method first") {
		slices.Reverse(pairs)
	}
	return Block{ID: Ints, Pairs: pairs}
}

func genInt(t *rapid.T) Pair {
	keys := rapid.OneOf(
		rapid.SampledFrom([]uint16{KeyMethod, KeyFrameType, 0, 10, 26, 28, 0xFFFF}), rapid.Uint16())
	return Pair{Int: keys.Draw(t, "key"), Value: genValue(t)}
}

func genStr(t *rapid.T) Pair {
	known := rapid.SampledFrom([]string{"", "isn", "biz-status", "biz-message", "ttscp", KeyToken, "RPC_PERSIST_k", "k"})
	p := Pair{Key: known.Draw(t, "key")}
	if rapid.IntRange(0, 2).Draw(t, "free key") == 0 {
		p.Key = genValue(t)
	}
	p.Value = genValue(t)
	return p
}

// genValue makes a key or value: short as a rule, of any bytes, and up to 1,000
// bytes now and then, of which a frame's blocks hold as many as they like
// without reaching the limit on header info.
func genValue(t *rapid.T) string {
	switch rapid.IntRange(0, 39).Draw(t, "length class") {
	case 0, 1, 2, 3:
		return ""
	case 4, 5:
		return strings.Repeat("v", rapid.SampledFrom([]int{255, 256, 257, 1000}).Draw(t, "length"))
	}
	return rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), toString).Draw(t, "value")
}

func genPayload(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "payload class") {
	case 0, 1, 2:
		return ""
	case 3:
		return strings.Repeat("payload ", rapid.IntRange(1, 1000).Draw(t, "words"))
	}
	return rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 64), toString).Draw(t, "payload")
}

func toString(b []byte) string { return string(b) }
