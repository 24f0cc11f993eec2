package frame_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// A value appended between BeginStr and EndStr gives what Str gives, refusals
// included, and keeps the law of Append.
func TestBeginStrIsStr(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.SampledFrom([]string{"", "v", "value", strings.Repeat("x", 100), at65535, at65536}), 1, 3).Draw(t, "values")
		key := rapid.SampledFrom([]string{"", "k", at65535, at65536}).Draw(t, "key")
		lim := &frame.Limits{
			MaxHeader: rapid.SampledFrom([]int{0, 40, 140}).Draw(t, "max header"),
			MaxPairs:  rapid.SampledFrom([]int{0, 1, 2, 3}).Draw(t, "max pairs"),
		}
		want, wantErr := keepsLaw(t, func(dst []byte) ([]byte, error) {
			b := frame.BeginWithin(dst, frame.Trailer, 1, header.ThriftStruct, lim)
			for _, v := range values {
				b.Str(key, v)
			}
			return b.Finish(nil)
		})
		got, err := keepsLaw(t, func(dst []byte) ([]byte, error) {
			b := frame.BeginWithin(dst, frame.Trailer, 1, header.ThriftStruct, lim)
			for _, v := range values {
				b.EndStr(append(b.BeginStr(key), v...))
			}
			return b.Finish(nil)
		})
		if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
			t.Fatalf("BeginStr: %d bytes, %v; Str: %d bytes, %v", len(got), err, len(want), wantErr)
		}
	})
}

// What was not appended to is refused, and the frame with it.
func TestEndStrRefuses(t *testing.T) {
	b := frame.Begin(nil, frame.Trailer, 1, header.ThriftStruct)
	dst := b.BeginStr("k")
	b.EndStr(dst[:len(dst)-1])
	if out, err := b.Finish(nil); err != wire.ErrTooLong || out != nil {
		t.Errorf("Finish = % x, %v; want none, ErrTooLong", out, err)
	}
}
