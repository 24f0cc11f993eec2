package frame_test

import (
	"bytes"
	"slices"
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

// EndStr takes what BeginStr gave and nothing else: it must not write over what
// stands before the frame.
func TestEndStrRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(b *frame.Builder)
	}{
		{"cut", func(b *frame.Builder) { dst := b.BeginStr("k"); b.EndStr(dst[:len(dst)-1]) }},
		{"nil", func(b *frame.Builder) { b.BeginStr("k"); b.EndStr(nil) }},
		{"without BeginStr", func(b *frame.Builder) { b.EndStr([]byte("ab")) }},
		{"twice", func(b *frame.Builder) { dst := b.BeginStr("k"); b.EndStr(dst); b.EndStr(dst) }},
		{"a call between", func(b *frame.Builder) { dst := b.BeginStr("k"); b.Str("l", ""); b.EndStr(dst) }},
		{"a call between, and a long value", func(b *frame.Builder) {
			dst := b.BeginStr("k")
			b.Str("l", "")
			b.EndStr(append(dst, "a long value"...))
		}},
		{"never", func(b *frame.Builder) { b.BeginStr("k") }},
	} {
		b := frame.Begin([]byte("before"), frame.Trailer, 1, header.ThriftStruct)
		c.run(&b)
		if out, err := b.Finish(nil); err != wire.ErrOrder || string(out) != "before" {
			t.Errorf("%s: Finish = %q, %v; want \"before\", ErrOrder", c.name, out, err)
		}
	}
}

// What EndStr is given may have less room than what BeginStr returned.
func TestEndStrClipped(t *testing.T) {
	build := func(dst []byte, clip func([]byte) []byte) []byte {
		b := frame.Begin(dst, frame.Trailer, 1, header.ThriftStruct)
		b.EndStr(clip(append(b.BeginStr("k"), "value"...)))
		b.Str("l", "w")
		out, err := b.Finish(nil)
		if err != nil {
			t.Error(err)
		}
		return out
	}
	want := build(nil, slices.Clone)
	if got := build(make([]byte, 0, 1<<10), slices.Clip); !bytes.Equal(got, want) {
		t.Errorf("% x, want % x", got, want)
	}
}

// A zero Builder has no value to end either.
func TestEndStrZero(t *testing.T) {
	var b frame.Builder
	b.EndStr([]byte("v"))
	if out, err := b.Finish(nil); err != wire.ErrOrder || out != nil {
		t.Errorf("Finish = %q, %v; want none, ErrOrder", out, err)
	}
}

// After an error nothing is written, least of all over what stands before the
// frame.
func TestEndStrAfterError(t *testing.T) {
	dst := append(make([]byte, 0, 64), "before"...)
	b := frame.Begin(dst, 0, 1, header.ThriftStruct)
	b.EndStr(append(b.BeginStr("k"), "value"...))
	if out, err := b.Finish(nil); err != wire.ErrNotFrameType || string(out) != "before" || string(dst) != "before" {
		t.Errorf("Finish = %q, %v; dst is %q", out, err, dst)
	}
}
