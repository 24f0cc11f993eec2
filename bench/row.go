package main

import "strings"

// body does a piece of work n times over. The loop is inside, so that no
// variant pays for a call through a func value per operation, and so that a
// variant keeps its buffers between operations as a long-lived caller would.
type body func(n int)

// A row is one piece of work, done by this library and by its peers on the
// same bytes.
type row struct {
	name  string // topic/case, as benchstat will show it behind "Benchmark"
	bytes int    // on the wire per operation, in bytes; for a mixture the mean
	ours  body   // nil: the package it measures does not exist yet
	peers []peer
	note  string // what the table should say beside the row
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

// topic is the part of the name before the first slash: the Benchmark function.
func (r *row) topic() string {
	t, _, _ := strings.Cut(r.name, "/")
	return t
}

// variant is one body to be timed: ours or a peer's.
type variant struct {
	impl string
	body body
}

// variants are the bodies of a row, ours first if it is there.
func (r *row) variants() []variant {
	var vs []variant
	if r.ours != nil {
		vs = append(vs, variant{ours, r.ours})
	}
	for _, p := range r.peers {
		vs = append(vs, variant{p.name, p.body})
	}
	return vs
}

// The names of the variants, as "impl=" shows them.
const (
	ours       = "ttwire"
	gopkg      = "gopkg"
	gopkgConn  = "gopkg-conn"
	gopkgBatch = "gopkg-batch"
	plainCopy  = "copy"
	stdJSON    = "encoding-json"
	sonicJSON  = "sonic"
	http2Frame = "http2"
	rawBytes   = "raw"
)
