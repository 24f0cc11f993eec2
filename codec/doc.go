// Package codec carries many frames over one connection.
//
//   - [Reader] cuts what an io.Reader delivers into frames, [BufioxReader] what
//     a bufiox.Reader holds, and [Feeder] what an event loop hands in. All three
//     give the same frames, errors and offsets for the same bytes, however these
//     are cut into pieces.
//   - [Writer] gathers small frames into one write and sends large payloads from
//     where they are; [SharedWriter] is one for several goroutines.
//   - [Conn] has the protocol's rules: it is told what arrives and says what that
//     means, and appends what is to be sent or refuses.
//
// A transport reads a frame with Reader, gives it to Conn.Recv, does what the
// [Event] says, and writes what Conn appends. docs/connection.md is the guide to
// that, examples/tcp a transport to copy.
//
// # A stream
//
//	client                             server
//
//	(none) --Open-------- header ----> Opened: open
//	 open                               |
//	  | <------- header, data --------- SendHeader, Send
//	  | Send ----- data --------------> Message
//	  | CloseSend - trailer ----------> HalfClosed: half
//	 half                               |
//	  | <------- header, data --------- SendHeader, Send
//	 Ended <----- trailer ------------- End: ended
//
//	Reset at either side, at any time: rst, and Ended at the other.
//	Ended, then Release: (none). Lost ends all streams of a connection.
//
//	event       role    frame        what to do
//	Opened      server  header       start the handler; SendHeader before the first Send
//	Headers     client  header       give its pairs to the user
//	Message     both    data         give the payload to the user, and then call Taken
//	HalfClosed  server  trailer      no more messages: io.EOF to the user, or Event.Err
//	Ended       both    trailer, rst Event.Err to the user, nil is io.EOF; Release when he is done
//	Refused     server  header       nothing was opened; answer if Owed
//	MetaFrame   both    meta         for whoever wants them
//	Ignored     both    any          nothing
//
// Where Owed is set, AppendFault makes the one rst to send. An error of Recv is
// the end of the connection: call Lost.
//
// # Views
//
// Frames are views: they are valid until the next call, and Frame.Clone is the
// way to keep one. An illegal frame is final, since nothing behind it can be
// framed any more; the errors are *wire.Error for bytes that are illegal,
// *TruncatedError where the input ends inside a frame, io.EOF where it ends
// between two, and otherwise what the connection itself reports.
//
// Nothing here starts a goroutine, sets a deadline or closes a connection.
package codec
