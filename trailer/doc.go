// Package trailer reads and writes how a stream ended, as trailer and rst
// frames carry it: the exception message, the biz-* and trpc-* pairs, the
// biz-extra JSON and the cancel path (docs/wire.md, sections 5 to 8).
//
//   - Parse turns a trailer or rst frame into a status.Status, in place; Err
//     turns that into the error a user gets.
//   - AppendTrailer and AppendRst write a status.Status as a frame.
//
// It stands on frame and status and does no I/O. Nothing here takes an error
// for a success: what cannot be read is an ending of its own.
package trailer
