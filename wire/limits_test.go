package wire_test

import (
	"math"
	"testing"

	"github.com/ttwire/ttwire/wire"
)

// TestLimits: zero and less mean the default, more than the wire can carry
// means that, and nothing can be switched off.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		set                    int
		header, payload, pairs int
	}{
		{0, 262140, 16777216, 1024},
		{-1, 262140, 16777216, 1024},
		{math.MinInt, 262140, 16777216, 1024},
		{1, 1, 1, 1},
		{65536, 65536, 65536, 65536},
		{262139, 262139, 262139, 262139},
		{262140, 262140, 262140, 262140},
		{262141, 262140, 262141, 262141},
		{0x3FFFFFFF, 262140, 0x3FFFFFFF, 0x3FFFFFFF},
		{0x40000000, 262140, 0x3FFFFFFF, 0x40000000},
		{math.MaxInt, 262140, 0x3FFFFFFF, math.MaxInt},
	} {
		l := wire.Limits{MaxHeader: c.set, MaxPayload: c.set, MaxPairs: c.set}
		if l.Header() != c.header || l.Payload() != c.payload || l.Pairs() != c.pairs {
			t.Errorf("%d: header %d, payload %d, pairs %d; want %d, %d, %d",
				c.set, l.Header(), l.Payload(), l.Pairs(), c.header, c.payload, c.pairs)
		}
	}
}

// What the wire can carry is not for anyone to choose (rules 2.1 and 3.10).
func TestWireLimits(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"MaxLength", wire.MaxLength, 1<<30 - 1},
		{"MaxHeader", wire.MaxHeader, 4 * math.MaxUint16},
		{"MinHeader", wire.MinHeader, 4},
		{"MaxPayload", wire.MaxPayload, 1<<30 - 1},
		{"MaxLen16", wire.MaxLen16, math.MaxUint16},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.name, c.got, c.want)
		}
	}
}
