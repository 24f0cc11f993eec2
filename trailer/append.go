package trailer

import (
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// Stream says of which stream a frame is.
type Stream struct {
	ID       int32
	Method   string          // of the stream's header frame; may be empty (rule 4.2)
	Protocol header.Protocol // of the stream's frames, most often header.ThriftStruct
	Limits   *wire.Limits    // nil: the defaults
}

// AppendTrailer appends the trailer frame that carries s to the peer, behind
// the user's own pairs (rule 4.7). Of s it reads Ending, Ret, FuncRet, Message,
// and Pairs or else Extra; it keeps nothing.
//
// Refused is, with dst as it was and a wire.Code:
//   - what a trailer cannot carry, or a reader would take for something else,
//     such as a business error of code 0 (wire.ErrNotStatus);
//   - a user's pair with a key that belongs to the status (wire.ErrReservedKey);
//   - an Extra that is not what rule 7.1 says (wire.ErrBizExtra), and under
//     strict limits one or Pairs that Mode.Strict refuses (wire.ErrBizDuplicate,
//     wire.ErrBizUTF8);
//   - wire.ErrLongMessage, wire.ErrLongExtra, and what frame.Builder refuses.
func AppendTrailer(dst []byte, st *Stream, s *status.Status, user []status.Pair) ([]byte, error) {
	lim := st.limits()
	if c := fitsTrailer(s, user, lim.Strict); c != 0 {
		return dst, c
	}
	b := frame.BeginWithin(dst, frame.Trailer, st.ID, st.Protocol, lim)
	for i := range user {
		b.Str(user[i].Key, user[i].Value)
	}
	switch s.Ending {
	case status.EndBusiness:
		if c := putBusiness(&b, s, lim.Strict); c != 0 {
			return dst, c
		}
	case status.EndFramework:
		if s.FuncRet != 0 {
			putCodes(&b, s)
		}
		return finishException(&b, st, s)
	}
	b.Method(st.Method)
	return b.Finish(nil)
}

// AppendRst appends the rst frame that carries s to the peer (section 8): its
// Ret, Message and CancelPath, or with NoDetail no exception at all. An Ending
// other than status.EndCanceled is refused with wire.ErrNotStatus, and so is
// what frame.Builder refuses; dst then comes back as it was.
//
// A CancelPath that does not fit into a header within the limits does not keep
// the rst from going out (rule 8.4): of that path go the first hops, as many as
// fit and perhaps none. The peer cannot tell it from a shorter path.
func AppendRst(dst []byte, st *Stream, s *status.Status) ([]byte, error) {
	detail := s.Ret != 0 || len(s.Message) != 0
	if s.Ending != status.EndCanceled || s.FuncRet != 0 || s.Pairs != nil || s.Extra != nil || s.NoDetail && detail {
		return dst, wire.ErrNotStatus
	}
	out, err := appendRst(dst, st, s, s.CancelPath)
	if len(s.CancelPath) > 0 && (err == wire.ErrHeaderTooLarge || err == wire.ErrTooManyPairs) {
		return appendRst(dst, st, s, firstHops(s.CancelPath, st.roomForPath()))
	}
	return out, err
}

// appendRst is AppendRst with this path.
func appendRst(dst []byte, st *Stream, s *status.Status, path Path) ([]byte, error) {
	b := frame.BeginWithin(dst, frame.Rst, st.ID, st.Protocol, st.limits())
	if len(path) > 0 {
		b.EndStr(append(b.BeginStr(header.KeyCancelPath), path...))
	}
	if s.NoDetail {
		b.Method(st.Method)
		return b.Finish(nil)
	}
	return finishException(&b, st, s)
}

// roomForPath is how long a path may be that goes out in an rst, in bytes: what
// is left of the header info, which is padded to words, by the protocol id and
// the transforms, a block of the path alone and one of frame type and method
// (rules 3.2, 3.5, 3.6).
func (st *Stream) roomForPath() int {
	lim := st.limits()
	if lim.Pairs() < 3 {
		return 0
	}
	const block, pair = 3, 4
	used := 2 + block + pair + len(header.KeyCancelPath) + block + pair + 1 + pair + len(st.Method)
	return lim.Header()&^3 - used
}

// limits are the stream's, or the defaults.
func (st *Stream) limits() *wire.Limits {
	if st.Limits == nil {
		return &defaults
	}
	return st.Limits
}

var defaults wire.Limits

// fitsTrailer refuses a status that would be lost in a trailer, or read as
// another one.
func fitsTrailer(s *status.Status, user []status.Pair, strict bool) wire.Code {
	for i := range user {
		if reserved(user[i].Key) {
			return wire.ErrReservedKey
		}
	}
	extra := s.Pairs != nil || s.Extra != nil
	switch s.Ending {
	case status.EndOK:
		if s.Ret != 0 || s.FuncRet != 0 || len(s.Message) != 0 || extra {
			return wire.ErrNotStatus
		}
		return 0
	case status.EndBusiness:
		if s.Ret != 0 || s.FuncRet == 0 {
			return wire.ErrNotStatus
		}
		return fitsBusiness(s, strict)
	case status.EndFramework:
		if extra {
			return wire.ErrNotStatus
		}
		return 0
	}
	return wire.ErrNotStatus
}

// fitsBusiness refuses values that no reader could be given.
func fitsBusiness(s *status.Status, strict bool) wire.Code {
	if len(s.Message) > wire.MaxLen16 {
		return wire.ErrLongMessage
	}
	if s.Pairs != nil || s.Extra == nil {
		return 0
	}
	if len(s.Extra) > wire.MaxLen16 {
		return wire.ErrLongExtra
	}
	return faultOf(s.Extra, strict)
}

// faultOf is the code of what makes a biz-extra illegal, or 0.
func faultOf(b []byte, strict bool) wire.Code {
	var x Extra
	if _, err := x.Parse(b, strict); err != nil {
		return err.(wire.Code)
	}
	return 0
}

// reserved reports whether the status itself writes pairs with this key.
func reserved(key string) bool {
	switch key {
	case header.KeyBizStatus, header.KeyBizMessage, header.KeyBizExtra,
		header.KeyTRPCRet, header.KeyTRPCFuncRet, header.KeyTRPCErrorMsg:
		return true
	}
	return false
}

// putBusiness adds the biz-* pairs (rules 6.3, 6.4, 7.5).
func putBusiness(b *frame.Builder, s *status.Status, strict bool) wire.Code {
	putCode(b, header.KeyBizStatus, s.FuncRet)
	putBytes(b, header.KeyBizMessage, s.Message)
	switch {
	case s.Pairs != nil:
		before := b.BeginStr(header.KeyBizExtra)
		after := AppendExtra(before, s.Pairs)
		if len(after)-len(before) > wire.MaxLen16 {
			return wire.ErrLongExtra
		}
		if strict { // keys may be given twice, or be the same once they are UTF-8
			if c := faultOf(after[len(before):], true); c != 0 {
				return c
			}
		}
		b.EndStr(after)
	case s.Extra != nil:
		putBytes(b, header.KeyBizExtra, s.Extra)
	}
	return 0
}

// putCodes adds the trpc-* pairs, by which both codes survive (rule 6.6). The
// message is in the exception anyway: one that no pair can hold is left to it.
func putCodes(b *frame.Builder, s *status.Status) {
	putCode(b, header.KeyTRPCRet, s.Ret)
	putCode(b, header.KeyTRPCFuncRet, s.FuncRet)
	if len(s.Message) <= wire.MaxLen16 {
		putBytes(b, header.KeyTRPCErrorMsg, s.Message)
	}
}

func putCode(b *frame.Builder, key string, code int32) {
	var digits [11]byte
	b.StrBytes([]byte(key), strconv.AppendInt(digits[:0], int64(code), 10))
}

func putBytes(b *frame.Builder, key string, v []byte) {
	b.StrBytes([]byte(key), v)
}

// finishException ends a frame with the exception of s as its payload.
func finishException(b *frame.Builder, st *Stream, s *status.Status) ([]byte, error) {
	b.Method(st.Method)
	dst, err := b.FinishPrefix(SizeException(len(st.Method), len(s.Message)))
	if err != nil {
		return dst, err
	}
	return AppendException(dst, st.Method, st.ID, s.Ret, s.Message)
}
