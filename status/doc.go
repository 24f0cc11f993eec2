// Package status says what the end of a stream means: that it went well, that
// the business said no, that a framework failed, here or at the peer, or that
// somebody cancelled, and by which way.
//
// It knows no bytes. [Status] is what a trailer, an rst or a tRPC close carries,
// as raw values that package trailer reads and writes. [Error] is the same for
// users: BizError and Exception are the Go errors it comes as. The texts of
// errors are written and, by [ParseText] and [FindText], read back. The codes of
// TTHeader Streaming and of tRPC are one table, behind the constants, [Lookup]
// and docs/codes.md.
//
// It stands on package wire, whose parse errors [FromError] turns into codes,
// and below packages trailer and codec.
//
// # Telling errors apart
//
//	errors.As(err, &biz)                       // var biz *status.BizError: code, message, extra
//	errors.Is(err, status.CalleeFramework)     // by kind
//	errors.Is(err, status.TransportClosing)    // by code
//	errors.Is(err, status.ClassCancel)         // by class
//	status.IsTimeout(err), status.IsCanceled(err)
//	status.FromError(err)                      // *status.Error: all there is to know
//
// Numbers alone do not tell: 12007 is a cancel among stream codes and may be
// anything among business codes.
package status
