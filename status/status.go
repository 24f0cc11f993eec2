package status

import (
	"bytes"
	"slices"

	"github.com/ttwire/ttwire/wire"
)

// Ending says how a stream ended. The zero Ending is none of them, so that a
// Status which nobody filled never reads as success.
type Ending uint8

const (
	EndOK        Ending = 1 + iota // it ended well
	EndBusiness                    // the business said no: FuncRet
	EndFramework                   // the peer's handler or framework failed: Ret
	EndCanceled                    // an rst, by either side: Ret, CancelPath
	EndIllegal                     // it ended, and how cannot be read: Err, Offset
)

// String is the ending's name as ttwire dump prints it: "ok", "business",
// "framework", "canceled", "illegal"; "none" for the zero Ending.
func (e Ending) String() string {
	switch e {
	case EndOK:
		return "ok"
	case EndBusiness:
		return "business"
	case EndFramework:
		return "framework"
	case EndCanceled:
		return "canceled"
	case EndIllegal:
		return "illegal"
	}
	return "none"
}

// Pair is one extra pair of a business error.
type Pair struct{ Key, Value string }

// Status is what a trailer, an rst or a tRPC close carries: raw values as the
// wire has them, unescaped and unjudged beyond what each field says.
//
// A parsed Status is a view. Message, Extra and CancelPath alias the bytes they
// were read from and are valid until the owner of those reuses them; Clone is
// the one way to outlive them. A Status to be written only lends its slices:
// the writer reads them and keeps nothing.
//
// Status holds no JSON and no path decoded, since those are bytes: package
// trailer has the views over Extra and CancelPath.
type Status struct {
	Ending Ending

	// Ret is the framework's code: of EndFramework the type id of the exception
	// (rule 6.2) or tRPC's ret, of EndCanceled the stream error code (rule 8.1).
	// It is the peer's word and may be any number, 0 and 12001 to 12015 included.
	Ret int32

	// FuncRet is the business code: biz-status (rule 6.3) or tRPC's func_ret.
	// With EndFramework it may be set too (rule 6.6); the framework's word wins.
	FuncRet int32

	// Message is biz-message or the exception's message. nil: there is none.
	Message []byte

	// NoDetail marks an EndCanceled of an rst without a readable exception
	// (rule 8.2). Ret is then 0 and Message nil because the frame says nothing,
	// not because it says 0. Err and Offset say why an exception that is there
	// is unreadable.
	NoDetail bool

	// Extra is the value of biz-extra as it stands, checked by whoever set it.
	// nil: no biz-extra at all. Not nil: one that may hold no pairs, such as "",
	// "null" or "{}" (rule 7.2).
	Extra []byte

	// Pairs are the extra pairs of a business error that is to be written, in
	// the order in which they go out, repeated keys included. nil: Extra goes
	// out instead, as it stands. Empty but not nil: "{}". Parsing leaves it nil.
	Pairs []Pair

	// CancelPath is the value of ttscp as it stands, such as "A,B" (rule 8.3).
	// nil: there is none.
	CancelPath []byte

	// Err is why an EndIllegal cannot be read, and its class whether that is
	// 12003 or 12004. Offset is the first illegal byte, counted in the value of
	// biz-extra or in the payload, whichever Err is about, and 0 for the other
	// pairs. What could be read all the same is in the other fields.
	Err    wire.Code
	Offset int
}

// Clone is a copy of s that shares no memory with it. nil stays nil and empty
// stays empty.
func (s *Status) Clone() Status {
	c := *s
	c.Message = bytes.Clone(s.Message)
	c.Extra = bytes.Clone(s.Extra)
	c.CancelPath = bytes.Clone(s.CancelPath)
	c.Pairs = slices.Clone(s.Pairs)
	return c
}
