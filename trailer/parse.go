package trailer

import (
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// Mode is how much of what known implementations disagree on is accepted. The
// zero Mode is what to use.
type Mode struct {
	// Strict refuses a biz-* key or biz-extra member given twice, invalid UTF-8
	// in biz-extra, and bytes behind an exception.
	Strict bool

	// Lenient takes an unreadable biz-status for a missing one, as live Kitex
	// clients do, by which a business error becomes a success (rule 6.5). It is
	// for tools that show what such a client sees.
	Lenient bool
}

// Parse reads the ending that a trailer or rst frame carries (rules 6.1, 8.1).
// The status aliases the frame's bytes and lives as long as those.
//
// err is nil for every ending that can be read, errors of the peer included:
// Err makes the user's error of it. Otherwise s.Ending is status.EndIllegal,
// err is s.Err, the wire.Code, s.Offset says where, and what could be read all
// the same is in the other fields. A frame that is neither trailer nor rst is
// wire.ErrNotStatus.
//
// An rst ends its stream whatever it holds: one without a readable exception
// has NoDetail set, and is no error of Parse.
func Parse(f *frame.Frame) (s status.Status, err error) {
	err = ParseInto(&s, f, Mode{})
	return s, err
}

// ParseInto is Parse into a status that may be used again, and with a Mode.
func ParseInto(s *status.Status, f *frame.Frame, m Mode) error {
	*s = status.Status{}
	switch f.Type {
	case frame.Trailer:
		return parseTrailer(s, f, m)
	case frame.Rst:
		parseRst(s, f, m)
		return nil
	}
	return illegal(s, 0, wire.ErrNotStatus)
}

// illegal makes s an ending that cannot be read.
func illegal(s *status.Status, at int, c wire.Code) error {
	s.Ending, s.Err, s.Offset = status.EndIllegal, c, at
	return c
}

// parseTrailer goes by the order of rule 6.1: exception, biz-status, success;
// then the trpc-* pairs must agree. It takes the last of each pair (rule 3.9).
// Message and extra go to s as they are met, and out again where they mean
// nothing: held in variables until then they would not stay in registers.
func parseTrailer(s *status.Status, f *frame.Frame, m Mode) error {
	var code []byte
	trpc := false
	for k, v := range f.Header.Strs() {
		switch string(k) {
		case header.KeyBizStatus:
			code = v
		case header.KeyBizMessage:
			s.Message = v
		case header.KeyBizExtra:
			s.Extra = v
		case header.KeyTRPCRet, header.KeyTRPCFuncRet, header.KeyTRPCErrorMsg:
			trpc = true
		}
	}
	if len(f.Payload) > 0 || code == nil {
		s.Message, s.Extra = nil, nil
	}
	switch {
	case len(f.Payload) > 0:
		if at, err := parseException(s, f.Payload, m); err != nil {
			return illegal(s, at, err.(wire.Code))
		}
		s.Ending = status.EndFramework
	case m.Strict && repeats(&f.Header):
		s.Message, s.Extra = nil, nil
		return illegal(s, 0, wire.ErrBizDuplicate)
	case code == nil:
		s.Ending = status.EndOK
	default:
		if err := business(s, code, m); err != nil {
			return err
		}
	}
	if trpc {
		return agree(s, &f.Header)
	}
	return nil
}

// repeats reports whether one of the biz-* pairs comes twice.
func repeats(h *header.View) bool {
	for _, key := range [...]string{header.KeyBizStatus, header.KeyBizMessage, header.KeyBizExtra} {
		n := 0
		for k := range h.Strs() {
			if string(k) == key {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

// parseException reads the payload into Ret and Message.
func parseException(s *status.Status, payload []byte, m Mode) (at int, err error) {
	var e Exception
	if at, err = e.Parse(payload, m.Strict); err != nil {
		return at, err
	}
	s.Ret, s.Message = e.TypeID, e.Message
	return 0, nil
}

// business reads biz-status, with biz-message and biz-extra in s already, and
// takes them out again where they mean nothing (rules 6.3 to 6.5, 7.4).
func business(s *status.Status, code []byte, m Mode) error {
	n, ok := parseInt32(code)
	if !ok || n == 0 {
		return noBusiness(s, ok, m)
	}
	s.Ending, s.FuncRet = status.EndBusiness, n
	if s.Extra == nil {
		return nil
	}
	if !m.Strict {
		if p, k := scanPlain(s.Extra); closes(s.Extra, p, k) {
			return nil // as is most often so, and needs no Extra
		}
	}
	var x Extra
	if at, err := x.Parse(s.Extra, m.Strict); err != nil {
		s.Extra = nil
		return illegal(s, at, err.(wire.Code))
	}
	return nil
}

// noBusiness is a biz-status that is 0, or cannot be read.
func noBusiness(s *status.Status, readable bool, m Mode) error {
	s.Extra = nil
	if readable || m.Lenient {
		s.Ending, s.Message = status.EndOK, nil
		return nil
	}
	return illegal(s, 0, wire.ErrBizStatus)
}

// agree checks the trpc-* pairs against what the rest came to, and takes from
// them what only they can say (rule 6.6).
func agree(s *status.Status, h *header.View) error {
	ret, ok := optional(h, header.KeyTRPCRet, s.Ret)
	funcRet, okFunc := optional(h, header.KeyTRPCFuncRet, s.FuncRet)
	switch {
	case !ok || !okFunc:
		return illegal(s, 0, wire.ErrTRPCCode)
	case ret != s.Ret, funcRet != s.FuncRet && s.Ending != status.EndFramework:
		return illegal(s, 0, wire.ErrContradiction)
	}
	s.FuncRet = funcRet
	if len(s.Message) == 0 && s.Ending != status.EndOK {
		s.Message, _ = h.Str(header.KeyTRPCErrorMsg)
	}
	return nil
}

// optional reads a code, or gives missing where there is no such pair.
func optional(h *header.View, key string, missing int32) (v int32, ok bool) {
	b, there := h.Str(key)
	if !there {
		return missing, true
	}
	return parseInt32(b)
}

// parseRst reads an rst (section 8). There is nothing in it that would make it
// less of an ending.
func parseRst(s *status.Status, f *frame.Frame, m Mode) {
	s.Ending = status.EndCanceled
	if path, ok := f.Header.Str(header.KeyCancelPath); ok && len(path) > 0 {
		s.CancelPath = path
	}
	if len(f.Payload) == 0 {
		s.NoDetail = true
		return
	}
	if at, err := parseException(s, f.Payload, m); err != nil {
		s.NoDetail, s.Err, s.Offset = true, err.(wire.Code), at
	}
}
