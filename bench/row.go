// Package bench measures ttwire against its peers: the rows, how they are
// measured, and how the gates are judged. The command bench/run prints the
// table, writes it for benchstat and draws it; the same rows are ordinary
// benchmarks of this package.
package bench

import (
	"strings"
	"sync"
)

// body does a piece of work n times over. The loop is inside, so that no
// variant pays for a call through a func value per operation, and so that a
// variant keeps its buffers between operations as a long-lived caller would.
//
// What makes a body is not inlined: it would be compiled anew in each place, and
// a loop of 2 ns takes 3 where its code happens to lie less well.
type body func(n int)

// A Row is one piece of work, done by this library and by its peers on the
// same bytes.
type Row struct {
	Name  string // Topic/case, as benchstat shows it behind "Benchmark"; in a series the last part is key=number
	Bytes int    // on the wire per operation, in bytes; for a mixture the mean
	Note  string // what the table should say beside the row

	moves bool
	ours  body           // nil where gauge is set
	peers []peer         // may be empty
	gauge func() float64 // bytes of heap per stream instead of a time
}

// A peer is somebody else's way to the same result.
type peer struct {
	name string
	body body
	gate gate
}

// A gate is the promise that a row's ratio keeps; the zero gate promises
// nothing. At most one field is set.
type gate struct {
	faster float64 // peer time / our time is at least this
	within float64 // our time / peer time is at most this
}

// Topic is the part of the name before the first slash: the Benchmark function.
func (r *Row) Topic() string {
	t, _, _ := strings.Cut(r.Name, "/")
	return t
}

// Moves reports whether every byte is looked at or moved, so that bytes per
// second mean something.
func (r *Row) Moves() bool { return r.moves }

// Unit is what a sample's value is in: "ns/op", or "B/stream".
func (r *Row) Unit() string {
	if r.gauge != nil {
		return "B/stream"
	}
	return "ns/op"
}

// variant is one body to be timed: ours or a peer's.
type variant struct {
	impl string
	body body
}

// variants are the bodies of a row, ours first.
func (r *Row) variants() []variant {
	if r.gauge != nil {
		return []variant{{impl: Ours}}
	}
	vs := []variant{{Ours, r.ours}}
	for _, p := range r.peers {
		vs = append(vs, variant{p.name, p.body})
	}
	return vs
}

// lazily makes the body when it is first run, so that the large inputs of one
// row are not in memory while another is measured.
func lazily(make func() body) body {
	do := sync.OnceValue(make)
	return func(n int) { do()(n) }
}

// Ours is the name of this library's variant, as "impl=" shows it.
const Ours = "ttwire"

// The names of the other variants.
const (
	gopkg      = "gopkg"
	gopkgConn  = "gopkg-conn"
	gopkgBatch = "gopkg-batch"
	plainCopy  = "copy"
	plainMap   = "map"
	stdJSON    = "encoding-json"
	sonicJSON  = "sonic"
	http2Frame = "http2"
	rawBytes   = "raw"
	ownParse   = "parse"
)
