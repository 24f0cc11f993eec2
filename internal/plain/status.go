package plain

import "strings"

// Status is what a trailer or rst says (sections 6 and 8).
type Status struct {
	// Ending is "well", "business" or "exception" of a trailer, "reset" of an
	// rst, or "illegal" where the verdict says why.
	Ending string

	TypeID  int32  // of an exception or rst
	Biz     int32  // the business code; of an exception trpc-func-ret
	Message string // as on the wire
	Text    string // what is shown: by the type id where an exception's message is empty
	Extra   []Pair // nil: no object
	Path    []string
	Bare    bool // an rst without a readable exception (rule 8.2)
}

// Code is what the user sees an ending as, 0 where it is none; of a business
// error it is the business's own. role is who received it: "client" or "server".
func (s *Status) Code(v Verdict, role string) int32 {
	switch {
	case !v.Legal():
		return v.Code()
	case s.Ending == "business":
		return s.Biz
	case s.Ending == "exception":
		return 12001
	case s.Bare && role == "client":
		return 12009
	case s.Bare:
		return 12010
	}
	return s.TypeID
}

// ParseTrailer is rule 6.1. An illegal status has what could be read all the
// same.
func ParseTrailer(f Frame, strict, lenient bool) (s Status, v Verdict) {
	defer func() {
		if !v.Legal() {
			s.Ending = "illegal"
		}
	}()
	defer judged(&v)
	if f.Payload != "" {
		s.exception(f, strict)
	} else {
		s.business(f, strict, lenient)
	}
	s.trpc(f)
	return s, Verdict{}
}

// exception is rule 6.2.
func (s *Status) exception(f Frame, strict bool) {
	e, v := ParseException([]byte(f.Payload), strict)
	if !v.Legal() {
		panic(v)
	}
	s.Ending, s.TypeID, s.Message, s.Text = "exception", e.TypeID, e.Message, e.Text()
}

// business is rules 6.3 to 6.5.
func (s *Status) business(f Frame, strict, lenient bool) {
	s.Ending = "well"
	for _, key := range []string{"biz-status", "biz-message", "biz-extra"} {
		if strict && count(f.Strs, key) > 1 {
			illegal("biz-duplicate", 0)
		}
	}
	text, there := last(f.Strs, "biz-status")
	code, ok := Int32(text)
	message, _ := last(f.Strs, "biz-message")
	if there && !ok && !lenient {
		s.Message = message
		illegal("biz-status", 0)
	}
	if !ok || code == 0 {
		return
	}
	s.Ending, s.Biz, s.Message, s.Text = "business", code, message, message
	extra, _ := last(f.Strs, "biz-extra")
	members, v := ParseExtra(extra, strict)
	if !v.Legal() {
		panic(v)
	}
	s.Extra = members
}

// trpc is rule 6.6.
func (s *Status) trpc(f Frame) {
	ret, hasRet := trpcCode(f, "trpc-ret")
	funcRet, hasFuncRet := trpcCode(f, "trpc-func-ret")
	exception := s.Ending == "exception"
	if hasRet && ret != s.TypeID || hasFuncRet && funcRet != s.Biz && !exception {
		illegal("trpc-contradiction", 0)
	}
	if hasFuncRet && exception {
		s.Biz = funcRet // anything: this is how both codes survive
	}
	if text, _ := last(f.Strs, "trpc-error-msg"); s.Message == "" && s.Ending != "well" && text != "" {
		s.Message, s.Text = text, text
	}
}

func trpcCode(f Frame, key string) (code int32, there bool) {
	text, there := last(f.Strs, key)
	code, ok := Int32(text)
	if there && !ok {
		illegal("trpc-code", 0)
	}
	return code, there
}

// ParseRst is section 8. Whatever an rst holds, it ends its stream.
func ParseRst(f Frame, strict bool) (s Status) {
	s.Ending = "reset"
	path, _ := last(f.Strs, "ttscp")
	s.Path = Hops(path)
	e, v := ParseException([]byte(f.Payload), strict)
	if !v.Legal() {
		s.Bare, s.Text = true, "reset by peer"
		return s
	}
	s.TypeID, s.Message, s.Text = e.TypeID, e.Message, e.Text()
	return s
}

// Hops is rule 8.3.
func Hops(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ",")
}

// AppendHop is rule 8.4: the path with one hop more, or the reason why it is
// refused.
func AppendHop(path, hop string) (longer, reason string) {
	if hop == "" || strings.Contains(hop, ",") || strings.ContainsFunc(hop, control) {
		return "", "not-path"
	}
	if path != "" {
		hop = path + "," + hop
	}
	if len(hop) > 65535 {
		return "", "too-long"
	}
	return hop, ""
}

func control(r rune) bool { return r < 0x20 || r >= 0x7F && r <= 0x9F }
