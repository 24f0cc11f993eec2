// Package seed makes the inputs that fuzzing starts from: every frame, stream and
// error text of the recordings, every case of the oracle, the rows of the catalogue
// of hostile input, those of encoders as calls, every conformance vector, and
// examples of the generators that the tests draw from.
//
// None of them is stored. A new recording, case or row is a seed of every target
// that can take it as soon as it is there.
package seed

import "slices"

// Input is a seed.
type Input struct {
	Name string // where it is from, such as "kitex/bidi.c2s.bin/3" or "F7/declares-1GiB"
	In   []byte
}

// kinds are the makers of inputs, by the kind of input that a target takes.
var kinds = map[string]func() []Input{
	"frames":      frames,
	"streams":     streams,
	"headers":     headers,
	"exceptions":  exceptions,
	"extras":      extras,
	"biz-status":  bizStatuses,
	"paths":       paths,
	"endings":     endings,
	"texts":       texts,
	"builder":     builderScripts,
	"statuses":    statusScripts,
	"errors":      errorScripts,
	"conn":        connScripts,
	"pair":        pairScripts,
	"writer":      writerScripts,
	"read-script": readScripts,
}

// Of gives the inputs of a kind, in an order that does not change, each once.
func Of(kind string) []Input {
	make, ok := kinds[kind]
	if !ok {
		panic("seed: no such kind: " + kind)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(make(), func(in Input) bool {
		again := seen[string(in.In)]
		seen[string(in.In)] = true
		return again
	})
}
