// Package header reads the header info of a frame: the part between the fixed
// 14 bytes and the payload (docs/wire.md, section 3).
//
// A [View] is a window on the caller's bytes. Parse checks every block once;
// the accessors after it cannot fail and allocate nothing. The package stands
// on wire and carries frame, which most users want instead.
package header
