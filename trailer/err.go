package trailer

import (
	"maps"
	"slices"
	"strconv"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// Err is the error that a user gets for an ending, or nil if the stream ended
// well and for no other. It copies all it keeps, so that the error outlives the
// frame. side is the end that received s.
//
//   - business error: a *status.BizError;
//   - exception: a *status.Exception of kind Stream and code 12001, whose cause
//     is one of kind Application with the peer's type id, or tRPC ret, and its
//     message; a func_ret that came beside it is in Partial (rule 6.6);
//   - rst: a *status.Exception of kind Stream with the peer's code, message and
//     cancel path, or with NoDetail "reset by peer", as 12009 at a client and
//     12010 at a server (rule 8.2);
//   - what could not be read: 12003 or 12004, which is our own finding. Partial
//     is what was sent and could be read all the same: code and message of a
//     business error, or the exception that trpc-* pairs contradict.
func Err(s *status.Status, side status.Side) error {
	switch s.Ending {
	case status.EndOK:
		return nil
	case status.EndBusiness:
		return businessErr(s, side)
	case status.EndFramework:
		return applicationErr(s, side)
	case status.EndCanceled:
		return canceledErr(s, side)
	}
	return illegalErr(s, side)
}

func businessErr(s *status.Status, side status.Side) error {
	e := &status.Error{
		Kind: status.Business, Side: side, Remote: true,
		Code: s.FuncRet, Message: string(s.Message), Extra: extraOf(s),
	}
	return e.Err()
}

// extraOf is the extra pairs as a map: nil if none were sent.
func extraOf(s *status.Status) map[string]string {
	if s.Pairs == nil {
		var x Extra
		if _, err := x.Parse(s.Extra, false); err != nil {
			return nil
		}
		return x.Map()
	}
	m := make(map[string]string, len(s.Pairs))
	for _, p := range s.Pairs {
		m[p.Key] = p.Value
	}
	return m
}

func applicationErr(s *status.Status, side status.Side) error {
	cause := &status.Error{
		Kind: status.Application, Remote: true,
		Code: s.Ret, Message: exceptionText(s),
	}
	e := &status.Error{
		Kind: status.Stream, Side: side,
		Code: int32(status.ApplicationException), Cause: cause.Err(),
	}
	if s.FuncRet != 0 {
		e.Partial = partialBusiness(s)
	}
	return e.Err()
}

// exceptionText is the message, or what peers show for an empty one.
func exceptionText(s *status.Status) string {
	e := Exception{TypeID: s.Ret, Message: s.Message}
	return string(e.AppendText(nil))
}

func canceledErr(s *status.Status, side status.Side) error {
	e := &status.Error{
		Kind: status.Stream, Side: side, Remote: true,
		Code: s.Ret, Message: exceptionText(s), CancelPath: hops(s.CancelPath),
	}
	if s.NoDetail {
		e.Remote, e.Code, e.Message = false, int32(resetCode(side)), "reset by peer"
	}
	return e.Err()
}

// resetCode is the code of an rst that has none of its own.
func resetCode(side status.Side) status.StreamCode {
	if side == status.SideServer {
		return status.CanceledByUpstream
	}
	return status.CanceledByDownstream
}

func hops(p Path) []string {
	if len(p) == 0 {
		return nil
	}
	nodes := make([]string, 0, min(p.Len(), 64))
	for n := range p.Nodes() {
		nodes = append(nodes, string(n))
	}
	return nodes
}

// illegalErr says what could not be read and where. What could is kept beside,
// but not as a cause: nobody is to take the error for a business error, or for
// an exception by the peer's word.
func illegalErr(s *status.Status, side status.Side) error {
	code := s.Err.StreamCode()
	if s.Ending != status.EndIllegal || code == 0 {
		return status.NewStream(status.IllegalFrame, "no ending")
	}
	e := &status.Error{
		Kind: status.Stream, Side: side, Code: code,
		Message: s.Err.Error() + " (at byte " + strconv.Itoa(s.Offset) + "; " + s.Err.Reason() + ")",
	}
	e.Partial = partial(s)
	return e.Err()
}

// partial is what an illegal ending says all the same, nil if that is nothing.
// A message without a code is that of a business error only where biz-status is
// what cannot be read: else no business error was sent, and none is made up.
func partial(s *status.Status) *status.Error {
	switch {
	case s.FuncRet != 0, s.Message != nil && s.Err == wire.ErrBizStatus:
		return partialBusiness(s)
	case s.Ret != 0, s.Message != nil:
		return &status.Error{Kind: status.Application, Remote: true, Code: s.Ret, Message: exceptionText(s)}
	}
	return nil
}

func partialBusiness(s *status.Status) *status.Error {
	return &status.Error{Kind: status.Business, Remote: true, Code: s.FuncRet, Message: string(s.Message)}
}

// StatusOf is the ending by which a server tells its client how a handler
// returned: nil ended well, a business error goes as such, an error of kind
// Application or of the tRPC kinds with its own code, and any other error, one
// of kind Stream too, as live Kitex servers send it: type id 6 with its text
// behind "biz error: ". Extra pairs go
// in the order of their keys.
//
// A business error of code 0 would read as success and goes as any other error.
func StatusOf(err error) status.Status {
	if err == nil {
		return status.Status{Ending: status.EndOK}
	}
	e := status.FromError(err)
	switch {
	case e.Kind == status.Business && e.Code != 0:
		return status.Status{
			Ending: status.EndBusiness, FuncRet: e.Code,
			Message: []byte(e.Message), Pairs: sortedPairs(e.Extra),
		}
	case e.Kind == status.Application, e.Kind == status.CalleeFramework,
		e.Kind == status.Framework && e.Code != int32(status.RetUnknown):
		return status.Status{Ending: status.EndFramework, Ret: e.Code, Message: []byte(e.Message)}
	}
	return status.Status{
		Ending: status.EndFramework, Ret: internalError,
		Message: []byte(handlerError + err.Error()),
	}
}

const (
	internalError = 6 // the Thrift exception type that live servers send
	handlerError  = "biz error: "
)

// sortedPairs is the map in an order, so that the same error gives the same
// bytes: nil for nil.
func sortedPairs(m map[string]string) []status.Pair {
	if m == nil {
		return nil
	}
	pairs := make([]status.Pair, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, status.Pair{Key: k, Value: m[k]})
	}
	return pairs
}
