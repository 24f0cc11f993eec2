// Package wire holds what every part of a frame is made of: the big-endian
// integers, the length-prefixed strings, and the one type of parse error.
//
// It is the bottom of the house: it imports nothing of this module, and every
// other package stands on it. Positions are byte offsets into the caller's
// slice; a position is only ever moved by the functions here, so that a bounds
// check that is wrong is wrong in one place.
package wire
