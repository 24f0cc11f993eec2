// Package ttwire is the overview of a codec for TTHeader Streaming; the code is
// in the packages below it. Each stands on the ones before it:
//
//   - wire: bytes, limits, and the reasons for which bytes are illegal;
//   - header: the header info of a frame, as a view;
//   - frame: one frame in, one frame out;
//   - status: what the end of a stream means, and the errors users get;
//   - trailer: an ending as trailer and rst frames carry it;
//   - codec: many frames on a connection, and the protocol's rules without I/O.
//
// docs/wire.md is the protocol's specification. The comments cite its rules by
// number.
package ttwire
