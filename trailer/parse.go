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

// pairs are the values of the keys that matter in a trailer; nil: not there.
type pairs struct {
	status, message, extra []byte
	ret, funcRet, errorMsg []byte
	twice                  bool // a biz-* key came twice
}

// find takes the last of each (rule 3.9).
func (p *pairs) find(h *header.View) {
	for k, v := range h.Strs() {
		switch string(k) {
		case header.KeyBizStatus:
			p.twice = p.twice || p.status != nil
			p.status = v
		case header.KeyBizMessage:
			p.twice = p.twice || p.message != nil
			p.message = v
		case header.KeyBizExtra:
			p.twice = p.twice || p.extra != nil
			p.extra = v
		case header.KeyTRPCRet:
			p.ret = v
		case header.KeyTRPCFuncRet:
			p.funcRet = v
		case header.KeyTRPCErrorMsg:
			p.errorMsg = v
		}
	}
}

// parseTrailer goes by the order of rule 6.1: exception, biz-status, success;
// then the trpc-* pairs must agree.
func parseTrailer(s *status.Status, f *frame.Frame, m Mode) error {
	var p pairs
	p.find(&f.Header)
	if len(f.Payload) > 0 {
		if at, err := parseException(s, f.Payload, m); err != nil {
			return illegal(s, at, err.(wire.Code))
		}
		s.Ending = status.EndFramework
		return p.agree(s)
	}
	if m.Strict && p.twice {
		return illegal(s, 0, wire.ErrBizDuplicate)
	}
	if err := p.business(s, m); err != nil {
		return err
	}
	return p.agree(s)
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

// business reads the biz-* pairs (rules 6.3 to 6.5, 7.4).
func (p *pairs) business(s *status.Status, m Mode) error {
	s.Ending = status.EndOK
	if p.status == nil {
		return nil
	}
	code, ok := parseInt32(p.status)
	switch {
	case !ok && m.Lenient, ok && code == 0:
		return nil
	case !ok:
		s.Message = p.message
		return illegal(s, 0, wire.ErrBizStatus)
	}
	s.Ending, s.FuncRet, s.Message = status.EndBusiness, code, p.message
	if p.extra == nil {
		return nil
	}
	var x Extra
	if at, err := x.Parse(p.extra, m.Strict); err != nil {
		return illegal(s, at, err.(wire.Code))
	}
	s.Extra = p.extra
	return nil
}

// agree checks the trpc-* pairs against what the rest came to, and takes from
// them what only they can say (rule 6.6).
func (p *pairs) agree(s *status.Status) error {
	if p.ret == nil && p.funcRet == nil && p.errorMsg == nil {
		return nil
	}
	ret, ok := optional(p.ret, s.Ret)
	funcRet, okFunc := optional(p.funcRet, s.FuncRet)
	switch {
	case !ok || !okFunc:
		return illegal(s, 0, wire.ErrTRPCCode)
	case ret != s.Ret, funcRet != s.FuncRet && s.Ending != status.EndFramework:
		return illegal(s, 0, wire.ErrContradiction)
	}
	s.FuncRet = funcRet
	if len(s.Message) == 0 && s.Ending != status.EndOK {
		s.Message = p.errorMsg
	}
	return nil
}

// optional reads a code, or gives missing for a pair that is not there.
func optional(b []byte, missing int32) (v int32, ok bool) {
	if b == nil {
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
