// Package plain is a second decoder of TTHeader Streaming: slow, with nothing
// clever in it, and written from docs/wire.md alone. It shares no code with the
// library, so that a mistake in the library, in the document or here shows as a
// disagreement between two of them.
//
// It is the model that the conformance vectors and the fuzz targets compare
// with. Test code alone imports it.
package plain

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// Verdict is what a decoder says of bytes.
type Verdict struct {
	// Reason is empty for legal bytes, "short" where more are needed (rule 1.4),
	// and else one of appendix D.
	Reason string

	// At is the offset of the wrong field; of legal bytes how many were used; of
	// "short" the size of the whole frame, 0 while that is not known.
	At int
}

// Legal reports whether the bytes are.
func (v Verdict) Legal() bool { return v.Reason == "" }

// Code is what the user sees the verdict as: 0 for none (appendix D).
func (v Verdict) Code() int32 {
	class, _, _ := strings.Cut(v.Reason, "-")
	switch {
	case v.Legal() || v.Reason == "short":
		return 0
	case v.Reason == "second-header", v.Reason == "reused-id", v.Reason == "not-alone":
		return 12002
	case class == "biz", v.Reason == "trpc-code", v.Reason == "trpc-contradiction":
		return 12003
	}
	return 12004
}

// Limits are those of rule 3.10; 0 is the default. They are numbers that a
// frame can reach: a decoder here does not mend them.
type Limits struct {
	Header, Payload, Pairs int

	Strict       bool // rule 1.6
	UnknownTypes bool // rule 4.1: a proxy's leave to carry other frame types
}

func or(limit, preset int) int {
	if limit > 0 {
		return limit
	}
	return preset
}

// illegal ends a decoder with a verdict, which judged picks up.
func illegal(reason string, at int) { panic(Verdict{reason, at}) }

// judged turns the end of a decoder by illegal into its result.
func judged(v *Verdict) {
	switch r := recover().(type) {
	case nil:
	case Verdict:
		*v = r
	default:
		panic(r)
	}
}

func u16(b []byte, at int) int   { return int(binary.BigEndian.Uint16(b[at:])) }
func i32(b []byte, at int) int32 { return int32(binary.BigEndian.Uint32(b[at:])) }

// Pair is a string pair (rule 3.5).
type Pair struct{ Key, Value string }

// IntPair is an int pair (rule 3.6).
type IntPair struct {
	Key   uint16
	Value string
}

// last is the value of a key: of the last pair that has it (rule 3.9).
func last(pairs []Pair, key string) (value string, found bool) {
	for _, p := range slices.Backward(pairs) {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

func count(pairs []Pair, key string) (n int) {
	for _, p := range pairs {
		if p.Key == key {
			n++
		}
	}
	return n
}

// Int32 reads the grammar of rule 6.3.
func Int32(text string) (v int32, ok bool) {
	digits := strings.TrimPrefix(text, "-")
	negative := digits != text
	if !negative {
		digits = strings.TrimPrefix(text, "+")
	}
	var sum int64
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if sum = 10*sum + int64(c-'0'); sum > -math.MinInt32 {
			return 0, false
		}
	}
	if negative {
		sum = -sum
	}
	return int32(sum), digits != "" && sum <= math.MaxInt32
}
