package status

import "reflect"

// Kind says whose error it is. As a target of errors.Is it matches every error
// of that kind.
type Kind uint8

const (
	// Framework: the framework on this side failed. Code is a RetCode.
	Framework Kind = 1 + iota
	// CalleeFramework: the peer's framework failed, by its own word. Code is a
	// RetCode, and Remote is true.
	CalleeFramework
	// Business: the business said no. Code is the business's own.
	Business
	// Stream: TTHeader Streaming failed or was cancelled. Code is a StreamCode.
	Stream
	// Application: a Thrift application exception, the cause of a 12001. Code is
	// its type id, and its text is its message and nothing else.
	Application
)

var kindNames = [...]string{"unknown", "framework", "callee framework", "business", "stream", "application"}

// String is the kind as error texts have it, such as "callee framework".
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[0]
	}
	return kindNames[k]
}

// Error makes a Kind a target of errors.Is.
func (k Kind) Error() string { return k.String() }

// Side is an end of a stream: the one at which an error showed.
type Side uint8

// The sides. SideUnknown is that of an error made or parsed without one.
const (
	SideUnknown Side = iota
	SideClient
	SideServer
)

// String is "client" or "server", and "unknown" for any other value.
func (s Side) String() string {
	switch s {
	case SideClient:
		return "client"
	case SideServer:
		return "server"
	}
	return "unknown"
}

// Error is all that is known of an error: the record behind [BizError] and
// [Exception], and the type to ask errors.As for when any kind will do.
//
// To make one by hand, fill a record and return its Err(). A record is not
// changed by any method; errors that are shared, such as package variables,
// must be copied before a field is set.
type Error struct {
	Kind    Kind
	Side    Side   // the end at which it showed
	Remote  bool   // Code is the peer's word, not our own finding: it may say 12006 while our connection is well
	Code    int32  // a StreamCode, RetCode, type id or business code, as Kind says
	Message string // raw: what a peer sent is escaped in texts, not here
	Desc    string // prefix for monitoring, tRPC's desc; in no text but %+v

	// Extra are the pairs of a business error. nil: none were sent, which a
	// peer can tell from empty. The map is not copied.
	Extra map[string]string

	// CancelPath is who cancelled and who passed it on, in that order.
	CancelPath []string

	// Partial is what came along with something worse, as its Kind says: with a
	// 12001 the business error of a func_ret beside the ret, with a 12003 what
	// could be read of a business error (its Code is 0 where that could not), or
	// an exception, of kind Application, that another word of the peer's
	// contradicts. It is kept out of the chain of errors.As, so that nobody takes
	// the error for one of its kind.
	Partial *Error

	// Cause is the error below, for errors.Is and errors.As. Its text stands in
	// place of Message for Stream, and after it for the kinds of tRPC.
	Cause error
}

// BizError is an error of kind Business: what the business of one side says to
// the other. It alone has the methods that Kitex's BizStatusErrorIface asks
// for, so that kerrors.FromBizStatusError never takes another kind for one.
type BizError Error

// Exception is an error of any other kind. It alone has the methods of a
// Thrift application exception.
type Exception Error

// Err is e as the Go type of its kind, *BizError or *Exception, without a copy;
// nil for nil. It is what to return to a user.
func (e *Error) Err() error {
	switch {
	case e == nil:
		return nil
	case e.Kind == Business:
		return (*BizError)(e)
	}
	return (*Exception)(e)
}

// Unwrap gives Cause.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Cause
}

// Is lets errors.Is match an error by its Kind, its code (StreamCode, RetCode,
// BizCode) or its Class. Against another error of this package it matches when
// kind and code are equal.
func (e *Error) Is(target error) bool {
	if e == nil {
		return false
	}
	switch t := target.(type) {
	case Kind:
		return e.Kind == t
	case StreamCode:
		return e.Kind == Stream && e.Code == int32(t)
	case RetCode:
		return (e.Kind == Framework || e.Kind == CalleeFramework) && e.Code == int32(t)
	case BizCode:
		return e.Kind == Business && e.Code == int32(t)
	case Class:
		return e.class() == t
	}
	t := recordOf(target)
	return t != nil && e.Kind == t.Kind && e.Code == t.Code
}

// As lets errors.As find e as the Go type of its kind, and as whatever
// interface that type has, even where e itself was returned and not e.Err().
func (e *Error) As(target any) bool {
	to, from := reflect.ValueOf(target), reflect.ValueOf(e.Err())
	if to.Kind() != reflect.Pointer || to.IsNil() || !from.Type().AssignableTo(to.Type().Elem()) {
		return false
	}
	to.Elem().Set(from)
	return true
}

// Info is the row of the table for e's code, false if there is none.
func (e *Error) Info() (Info, bool) {
	switch e.Kind {
	case Stream:
		return Lookup(FamilyStream, e.Code)
	case Framework, CalleeFramework:
		return Lookup(FamilyTRPC, e.Code)
	}
	return Info{}, false
}

func (e *Error) class() Class {
	if e.Kind == Business {
		return ClassBusiness
	}
	info, _ := e.Info()
	return info.Class
}

// recordOf is the record of an error of this package, nil for any other.
func recordOf(err error) *Error {
	switch e := err.(type) {
	case *Error:
		return e
	case *BizError:
		return (*Error)(e)
	case *Exception:
		return (*Error)(e)
	}
	return nil
}

// asRecord is As for the types behind which a record stands.
func asRecord(e *Error, target any) bool {
	p, ok := target.(**Error)
	if ok {
		*p = e
	}
	return ok
}

// BizStatusCode is Code.
func (e *BizError) BizStatusCode() int32 { return e.Code }

// BizMessage is Message.
func (e *BizError) BizMessage() string { return e.Message }

// BizExtra is Extra itself, not a copy.
func (e *BizError) BizExtra() map[string]string { return e.Extra }

// Unwrap gives Cause.
func (e *BizError) Unwrap() error { return (*Error)(e).Unwrap() }

// Is is that of [Error].
func (e *BizError) Is(target error) bool { return (*Error)(e).Is(target) }

// As finds the *Error behind e.
func (e *BizError) As(target any) bool { return asRecord((*Error)(e), target) }

// TypeId is Code.
func (e *Exception) TypeId() int32 { return e.Code }

// TypeID is Code.
func (e *Exception) TypeID() int32 { return e.Code }

// Msg is the text without its head: Message, or for a Stream error that has a
// Cause the text of that.
func (e *Exception) Msg() string {
	if e.Kind == Stream && e.Cause != nil {
		return e.Cause.Error()
	}
	return e.Message
}

// Unwrap gives Cause.
func (e *Exception) Unwrap() error { return (*Error)(e).Unwrap() }

// Is is that of [Error].
func (e *Exception) Is(target error) bool { return (*Error)(e).Is(target) }

// As finds the *Error behind e.
func (e *Exception) As(target any) bool { return asRecord((*Error)(e), target) }

// NewBiz is a business error of this side.
//
// Code 0 means success on either wire, so an error with it cannot be told to a
// peer: a live Kitex server sends it, and its client sees a stream that ended
// well. What writes it here refuses it.
func NewBiz(code int32, msg string) *BizError {
	return &BizError{Kind: Business, Code: code, Message: msg}
}

// NewBizWithExtra is NewBiz with pairs that the peer gets too. extra is kept,
// not copied.
func NewBizWithExtra(code int32, msg string, extra map[string]string) *BizError {
	return &BizError{Kind: Business, Code: code, Message: msg, Extra: extra}
}

// WrapBiz is NewBiz with a cause, which stays on this side; nil if err is nil.
func WrapBiz(err error, code int32, msg string) error {
	if err == nil {
		return nil
	}
	return &BizError{Kind: Business, Code: code, Message: msg, Cause: err}
}

// NewFramework is an error of the framework on this side.
func NewFramework(code RetCode, msg string) *Exception {
	return &Exception{Kind: Framework, Code: int32(code), Message: msg}
}

// WrapFramework is NewFramework with a cause; nil if err is nil.
func WrapFramework(err error, code RetCode, msg string) error {
	if err == nil {
		return nil
	}
	return &Exception{Kind: Framework, Code: int32(code), Message: msg, Cause: err}
}

// NewCallee is an error that the peer's framework sent: its ret and message.
func NewCallee(code RetCode, msg string) *Exception {
	return &Exception{Kind: CalleeFramework, Remote: true, Code: int32(code), Message: msg}
}

// NewStream is an error of TTHeader Streaming found on this side. Without a msg
// it has the one of the table.
func NewStream(code StreamCode, msg string) *Exception {
	e := code.record()
	if msg != "" {
		e.Message = msg
	}
	return (*Exception)(e)
}

// WrapStream is NewStream with a cause, whose text stands in place of the
// message; nil if err is nil.
func WrapStream(err error, code StreamCode) error {
	if err == nil {
		return nil
	}
	e := code.record()
	e.Cause = err
	return (*Exception)(e)
}
