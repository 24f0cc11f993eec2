// Package codec carries many frames over one connection.
//
//   - [Reader] cuts what an io.Reader delivers into frames, [BufioxReader] what
//     a bufiox.Reader holds, and [Feeder] what an event loop hands in. All three
//     give the same frames, errors and offsets for the same bytes, however these
//     are cut into pieces.
//   - [Writer] gathers small frames into one write and sends large payloads from
//     where they are; [SharedWriter] is one for several goroutines.
//
// Frames are views: they are valid until the next call, and Frame.Clone is the
// way to keep one. An illegal frame is final, since nothing behind it can be
// framed any more; the errors are *wire.Error for bytes that are illegal,
// *TruncatedError where the input ends inside a frame, io.EOF where it ends
// between two, and otherwise what the connection itself reports.
//
// Nothing here starts a goroutine, sets a deadline or closes a connection.
package codec
