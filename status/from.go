package status

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/ttwire/ttwire/wire"
)

// FromError is what is known of any error: the first error of this package in
// its chain, itself and not a copy, or else one made for it with err as Cause:
//
//   - a business error of another package (by BizStatusCode and BizMessage, as
//     Kitex's are): Business;
//   - a parse or encode error of package wire: 12003, 12004 or 12005; input that
//     ended too early: 12006;
//   - context.Canceled: 12007; context.DeadlineExceeded: 12015;
//   - io.EOF, io.ErrUnexpectedEOF, a closed pipe or connection, an error of the
//     network: 12006;
//   - an exception of another package (by TypeId): Application;
//   - anything else: Framework, 999.
//
// A code returned as an error by itself, such as StreamCode(12005), counts as
// one of this package. The result is nil for nil only. io.EOF is an error to
// it: the io.EOF by which a Recv says that a stream ended well is no error and
// not to be passed.
func FromError(err error) *Error {
	if err == nil {
		return nil
	}
	if e := find(err); e != nil {
		return e
	}
	if e := fromForeign(err); e != nil {
		return e
	}
	e := fromStandard(err)
	e.Cause = err
	return e
}

// find is the first error of this package in err's chain, or the one that a
// code stands for which was returned as an error by itself. A nil pointer to
// one of our types is still an error, if one that says nothing.
func find(err error) *Error {
	var e *Error
	var c interface{ record() *Error }
	switch {
	case errors.As(err, &e) && e == nil:
		return RetUnknown.record()
	case e == nil && errors.As(err, &c):
		return c.record()
	}
	return e
}

// fromForeign is for the errors that existing user code returns.
func fromForeign(err error) *Error {
	var biz interface {
		BizStatusCode() int32
		BizMessage() string
		BizExtra() map[string]string
	}
	if errors.As(err, &biz) {
		return &Error{Kind: Business, Code: biz.BizStatusCode(), Message: biz.BizMessage(), Extra: biz.BizExtra(), Cause: err}
	}
	var ex interface {
		error
		TypeId() int32
	}
	if errors.As(err, &ex) {
		return &Error{Kind: Application, Code: ex.TypeId(), Message: ex.Error(), Cause: err}
	}
	return nil
}

// fromStandard is for errors of package wire and of the standard library.
func fromStandard(err error) *Error {
	var code wire.Code
	if errors.As(err, &code) {
		switch n := code.StreamCode(); {
		case code == wire.ErrShort:
			return TransportClosing.record()
		case n != 0:
			return StreamCode(n).record()
		}
		return RetUnknown.record()
	}
	var op *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled.record()
	case errors.Is(err, context.DeadlineExceeded):
		return StreamTimeout.record()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, net.ErrClosed), errors.As(err, &op):
		return TransportClosing.record()
	}
	return RetUnknown.record()
}

// IsTimeout reports whether time ran out: whether the first error of this
// package in err's chain has a code for that, on either side, or a cause that
// is a timeout. Without one it asks for a method Timeout, as errors of context,
// net and os have. A business error is the business's word and never a timeout.
func IsTimeout(err error) bool {
	return search(err, func(i Info) bool { return i.Timeout }, func(err error) bool {
		var t interface{ Timeout() bool }
		return errors.As(err, &t) && t.Timeout()
	})
}

// IsCanceled is as IsTimeout for somebody having stopped waiting: 12007 to
// 12013, tRPC's 161, context.Canceled.
func IsCanceled(err error) bool {
	return search(err, func(i Info) bool { return i.Canceled }, func(err error) bool {
		return errors.Is(err, context.Canceled)
	})
}

func search(err error, own func(Info) bool, foreign func(error) bool) bool {
	e := find(err)
	switch {
	case e == nil:
		return foreign(err)
	case e.Kind == Business:
		return false
	}
	info, _ := e.Info()
	return own(info) || e.Cause != nil && search(e.Cause, own, foreign)
}
