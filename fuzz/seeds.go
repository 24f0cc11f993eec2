//go:build !gofuzz

package fuzz

import (
	"flag"

	"github.com/ttwire/ttwire/fuzz/internal/seed"
)

// seedSize is how long a seed may be, in bytes, when fuzzing: the engine
// spends its time on all seeds alike, and on a long one's every byte. A run of
// the tests takes all of them.
const seedSize = 16 << 10

// seeds are the inputs that a target starts from.
func seeds(kind string) [][]byte {
	var all [][]byte
	for _, in := range seed.Of(kind) {
		if len(in.In) <= seedSize || !fuzzing() {
			all = append(all, in.In)
		}
	}
	return all
}

// fuzzing reports whether inputs are being made up, by go test -fuzz.
func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}
