package header_test

import (
	"strings"
	"testing"

	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// TestRefusal: header info that was let through by raised limits is not sent on
// to a peer with lower ones.
func TestRefusal(t *testing.T) {
	const (
		token = "\x11\x00\x00"
		typ   = "\x10\x00\x01\x00\x1b\x00\x013"
		named = "\x10\x00\x01\x00\x09\x00\x01m"
		both  = "\x10\x00\x02\x00\x09\x00\x02mm\x00\x1b\x00\x013"
		types = "\x10\x00\x02\x00\x1b\x00\x013\x00\x1b\x00\x013"
	)
	strict := wire.Limits{Strict: true}
	for _, c := range []struct {
		name, info string
		lim        wire.Limits
		want       wire.Code
	}{
		{"nothing", "", wire.Limits{}, wire.ErrNotHeader},
		{"not in words", "\x10\x00\x00", wire.Limits{}, wire.ErrNotHeader},
		{"legal", "\x10\x00\x00\x00", strict, 0},
		{"size at limit", "\x10\x00\x00\x00", wire.Limits{MaxHeader: 4}, 0},
		{"size over limit", "\x10\x00\x00\x00" + "\x00\x00\x00\x00", wire.Limits{MaxHeader: 4}, wire.ErrHeaderTooLarge},
		{"tokens at limit", "\x10\x00" + token + token, wire.Limits{MaxPairs: 2}, 0},
		{"tokens over limit", "\x10\x00" + token + token, wire.Limits{MaxPairs: 1}, wire.ErrTooManyPairs},
		{"tokens only, over limit", "\x10\x00" + strings.Repeat(token, 6), wire.Limits{MaxPairs: 5}, wire.ErrTooManyPairs},
		{"padding is no pair", "\x10\x00" + token + token + "\x00\x00\x00\x00", wire.Limits{MaxPairs: 2}, 0},
		{"transforms", "\x10\x01\x07\x00", strict, wire.ErrNotStrict},
		{"type and method", "\x10\x00" + typ + named + "\x00\x00", strict, 0},
		{"type twice", "\x10\x00" + typ + token + typ + "\x00\x00\x00", strict, wire.ErrNotStrict},
		{"method twice", "\x10\x00" + named + named + "\x00\x00", strict, wire.ErrNotStrict},
		{"type and method in a block", "\x10\x00" + both, strict, 0},
		{"type twice in a block", "\x10\x00" + types + "\x00", strict, wire.ErrNotStrict},
		{"twice, not strict", "\x10\x00" + typ + named + typ + named + "\x00\x00", wire.Limits{}, 0},
	} {
		var v header.View
		if c.info != "" {
			if _, err := v.Parse([]byte(c.info)); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		if got := v.Refusal(&c.lim); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
