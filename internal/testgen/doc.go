// Package testgen makes frames for tests: a plain model of a frame that writes
// its own bytes, rapid generators over it, and the rows of the catalogue of
// hostile input as cases.
//
// It stands on wire for the names of codes and limits only. It shares no code
// with header and frame, so that a mistake there shows. Test code alone
// imports it.
package testgen
