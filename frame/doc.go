// Package frame reads and writes the frames of TTHeader Streaming, one at a
// time: meta, header, data, trailer and rst (docs/wire.md, sections 2 to 4).
//
//   - Frame.Parse reads a frame in place; what it hands out aliases the input.
//   - Builder appends a frame pair by pair; Template appends a stream's data
//     frames by copy and patch.
//   - Frame.AppendTo writes a parsed frame back byte for byte.
//
// Nothing here reads, blocks, starts goroutines or allocates, except where the
// slice that is appended to must grow. Many frames on a connection are package
// codec's business; what an ending means is package trailer's.
package frame
