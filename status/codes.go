package status

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strconv"
)

// To add a code: add its constant here and its row to table.go, in order, then
// run go test -run TestDocs -update to bring docs/codes.md up to date. TestTable
// fails until constant and row agree.

// StreamCode is a code of TTHeader Streaming itself (rule 10.2). As a target of
// errors.Is it matches errors of kind Stream with that code, whoever raised
// them: Error.Remote tells a peer's word from our own finding.
type StreamCode int32

// The codes of TTHeader Streaming; docs/codes.md says what each means.
const (
	ApplicationException StreamCode = 12001
	UnexpectedHeader     StreamCode = 12002
	IllegalBiz           StreamCode = 12003
	IllegalFrame         StreamCode = 12004
	IllegalOperation     StreamCode = 12005
	TransportClosing     StreamCode = 12006
	Canceled             StreamCode = 12007
	CanceledWithCause    StreamCode = 12008
	CanceledByDownstream StreamCode = 12009
	CanceledByUpstream   StreamCode = 12010
	CanceledInternally   StreamCode = 12011
	CanceledByReturn     StreamCode = 12012
	CanceledByConnection StreamCode = 12013
	RecvTimeout          StreamCode = 12014
	StreamTimeout        StreamCode = 12015
)

// RetCode is a framework code of tRPC, its ret (rule 10.3). As a target of
// errors.Is it matches errors of the kinds Framework and CalleeFramework with
// that code.
type RetCode int32

// The codes of tRPC; docs/codes.md says what each means.
const (
	RetOK                    RetCode = 0
	RetServerDecode          RetCode = 1
	RetServerEncode          RetCode = 2
	RetServerNoService       RetCode = 11
	RetServerNoMethod        RetCode = 12
	RetServerTimeout         RetCode = 21
	RetServerOverload        RetCode = 22
	RetServerLimited         RetCode = 23
	RetServerFullLinkTimeout RetCode = 24
	RetServerSystem          RetCode = 31
	RetServerAuth            RetCode = 41
	RetServerValidate        RetCode = 51

	RetClientTimeout         RetCode = 101
	RetClientFullLinkTimeout RetCode = 102
	RetClientConnect         RetCode = 111
	RetClientEncode          RetCode = 121
	RetClientDecode          RetCode = 122
	RetClientLimited         RetCode = 123
	RetClientOverload        RetCode = 124
	RetClientRoute           RetCode = 131
	RetClientNetwork         RetCode = 141
	RetClientValidate        RetCode = 151
	RetClientCanceled        RetCode = 161
	RetClientReadFrame       RetCode = 171

	RetServerStreamNetwork       RetCode = 201
	RetServerStreamTooLarge      RetCode = 211
	RetServerStreamEncode        RetCode = 221
	RetServerStreamDecode        RetCode = 222
	RetServerStreamWriteEnd      RetCode = 231
	RetServerStreamWriteOverflow RetCode = 232
	RetServerStreamWriteClosed   RetCode = 233
	RetServerStreamWriteTimeout  RetCode = 234
	RetServerStreamReadEnd       RetCode = 251
	RetServerStreamReadClosed    RetCode = 252
	RetServerStreamReadEmpty     RetCode = 253
	RetServerStreamReadTimeout   RetCode = 254
	RetServerStreamIdleTimeout   RetCode = 255

	RetClientStreamNetwork       RetCode = 301
	RetClientStreamTooLarge      RetCode = 311
	RetClientStreamEncode        RetCode = 321
	RetClientStreamDecode        RetCode = 322
	RetClientStreamWriteEnd      RetCode = 331
	RetClientStreamWriteOverflow RetCode = 332
	RetClientStreamWriteClosed   RetCode = 333
	RetClientStreamWriteTimeout  RetCode = 334
	RetClientStreamReadEnd       RetCode = 351
	RetClientStreamReadClosed    RetCode = 352
	RetClientStreamReadEmpty     RetCode = 353
	RetClientStreamReadTimeout   RetCode = 354
	RetClientStreamIdleTimeout   RetCode = 355

	RetUnknown       RetCode = 999
	RetStreamUnknown RetCode = 1000
)

// BizCode is a business code: biz-status, or tRPC's func_ret. As a target of
// errors.Is it matches errors of kind Business with that code, and so never a
// framework or stream error of the same number.
type BizCode int32

// Error is the text of an error with that code and nothing else.
func (c StreamCode) Error() string { return c.record().Error() }

// Error is the text of an error with that code and nothing else.
func (c RetCode) Error() string { return c.record().Error() }

// Error is the text of an error with that code and nothing else.
func (c BizCode) Error() string { return c.record().Error() }

func (c StreamCode) record() *Error {
	info, _ := Lookup(FamilyStream, int32(c))
	return &Error{Kind: Stream, Code: int32(c), Message: info.Message}
}

func (c RetCode) record() *Error {
	info, _ := Lookup(FamilyTRPC, int32(c))
	return &Error{Kind: Framework, Code: int32(c), Message: info.Message}
}

func (c BizCode) record() *Error { return &Error{Kind: Business, Code: int32(c)} }

// Family is a numbering of codes. One number can mean something in each, and a
// business may use any number too: the kind of an error, not its number, tells
// which.
type Family uint8

const (
	FamilyStream Family = 1 + iota // TTHeader Streaming: StreamCode
	FamilyTRPC                     // tRPC's ret: RetCode
)

// String is "ttstream" or "trpc".
func (f Family) String() string {
	switch f {
	case FamilyStream:
		return "ttstream"
	case FamilyTRPC:
		return "trpc"
	}
	return "family " + strconv.Itoa(int(f))
}

// Class groups codes by what they are about. As a target of errors.Is it
// matches every error whose code the table puts there.
type Class uint8

const (
	ClassSuccess      Class = 1 + iota // tRPC 0
	ClassApplication                   // 12001: the handler's own error, neither protocol nor cancel
	ClassProtocol                      // 12002 to 12006
	ClassCancel                        // 12007 to 12013
	ClassTimeout                       // 12014 and 12015; IsTimeout knows tRPC's timeouts as well
	ClassServer                        // tRPC 1 to 100
	ClassClient                        // tRPC 101 to 200
	ClassServerStream                  // tRPC 201 to 300
	ClassClientStream                  // tRPC 301 to 400
	ClassUnknown                       // tRPC 999 and 1000
	ClassBusiness                      // a business code; no row has it, some ranges do
)

var classNames = [...]string{
	"none", "success", "application", "protocol", "cancel", "timeout",
	"server", "client", "server stream", "client stream", "unknown", "business",
}

// String is the class in a word or two, such as "protocol" or "server stream".
func (c Class) String() string {
	if int(c) >= len(classNames) {
		return classNames[0]
	}
	return classNames[c]
}

// Error makes a Class a target of errors.Is.
func (c Class) Error() string { return c.String() }

// Info is one row of the table. Causes and Checks are shared by all who look
// the row up and must not be changed.
type Info struct {
	Family   Family
	Code     int32
	Const    string // its constant in this package
	Name     string // the same in lower case with hyphens
	Class    Class
	Side     Side     // the side that raises it; SideUnknown: either
	Timeout  bool     // time ran out
	Canceled bool     // somebody stopped waiting
	Message  string   // the text that peers print, or would for want of a better one
	Meaning  string   // what happened, as a sentence
	Causes   []string // what brings it about, most likely first
	Checks   []string // what to look at, in that order
}

// RaisedBy is the side that raises the code, in words.
func (i *Info) RaisedBy() string {
	switch {
	case i.Class == ClassSuccess:
		return "neither side"
	case i.Side == SideUnknown:
		return "either side"
	}
	return i.Side.String()
}

// Lookup is the row of a code, and false if the family has no such code.
func Lookup(f Family, code int32) (Info, bool) {
	i, ok := slices.BinarySearchFunc(table[:], code, func(row Info, code int32) int {
		return cmp.Or(cmp.Compare(row.Family, f), cmp.Compare(row.Code, code))
	})
	if !ok {
		return Info{}, false
	}
	return table[i], true
}

// Codes gives every row of the table: TTHeader Streaming's, then tRPC's, each
// in the order of the numbers.
func Codes() iter.Seq[Info] { return slices.Values(table[:]) }

// Range is a stretch of numbers that a family keeps for one purpose, From and
// To included.
type Range struct {
	Family   Family
	Class    Class // 0 for TTHeader Streaming, whose classes are not ranges
	From, To int32
	Meaning  string
}

var ranges = [...]Range{
	{FamilyStream, 0, 12001, 12999, "codes of TTHeader Streaming; 12001 to 12015 are known"},
	{FamilyTRPC, ClassServer, 0, 100, "framework codes of a tRPC server"},
	{FamilyTRPC, ClassClient, 101, 200, "framework codes of a tRPC client"},
	{FamilyTRPC, ClassServerStream, 201, 300, "streaming codes of a tRPC server"},
	{FamilyTRPC, ClassClientStream, 301, 400, "streaming codes of a tRPC client"},
	{FamilyTRPC, ClassBusiness, 10001, math.MaxInt32, "business codes, whose meaning the callee's owner knows"},
}

// Ranges gives the ranges that a code falls in, known or not: none, one, or two
// for 12001 to 12999, which a business may use as well.
func Ranges(code int32) iter.Seq[Range] {
	return func(yield func(Range) bool) {
		for _, r := range ranges {
			if r.From <= code && code <= r.To && !yield(r) {
				return
			}
		}
	}
}
