// Package testgen makes frames for tests: a plain model of a frame that writes
// its own bytes, rapid generators over it and over what ends a stream and
// happens on a connection, and the rows of the catalogue of hostile input as
// cases. Tests, fuzz seeds and benchmarks share it.
//
// It stands on wire for the names of codes and limits only, and on status for
// the shape of an ending. It shares no code with header and frame, so that a
// mistake there shows. Test code alone imports it.
package testgen
