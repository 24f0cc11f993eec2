package wire

// To add a reason: add the constant to its group, its row to codes, and the
// rule of docs/wire.md that it guards. TestCodes fails until all three agree.

// Code says why bytes cannot be parsed or a frame cannot be built. The list is
// closed. A Code is an error of one byte, so returning one allocates nothing;
// the place comes back beside it as an offset, and [Error] joins the two.
//
// The zero Code is no reason at all and is never returned as an error.
type Code uint8

const (
	// ErrShort is the one code that is no fault of the bytes: they are a
	// prefix of something legal, and more of them are needed.
	ErrShort Code = 1 + iota

	// Classes, for errors.Is. No function returns one by itself.
	ErrIllegalFrame     // 12004: matches every code by which a frame, its body or its place is illegal
	ErrIllegalBiz       // 12003: matches every code by which a business error is unreadable
	ErrUnexpectedHeader // 12002: matches every code by which a header frame is out of place
	ErrRefused          // 12005: matches every code by which an encoder refuses

	// Foreign bytes: what stands where LENGTH and MAGIC should (rule 2.7).
	ErrHTTPRequest
	ErrHTTPReply
	ErrHTTP2
	ErrTLS
	ErrSSH
	ErrRsync
	ErrThrift
	ErrFramedThrift
	ErrTHeader
	ErrMeshHeader
	ErrTRPC

	// The fixed part of a frame (section 2).

	ErrLength       // LENGTH is too small for the header it must hold
	ErrPayloadLimit // LENGTH asks for more payload than the limit
	ErrMagic        // MAGIC is not 0x1000, and nothing known either
	ErrFlags        // the streaming flag is not set
	ErrHeaderSize   // HEADER SIZE is 0 words
	ErrHeaderLimit  // HEADER SIZE is over the limit
	ErrStreamID     // stream id 0 on a frame other than meta

	// Header info (section 3).

	ErrProtocol         // unknown PROTOCOL ID
	ErrTransforms       // more transform ids than the header info has bytes
	ErrStrictTransforms // strict: any transform id
	ErrInfoID           // unknown info id
	ErrStrCount         // more string pairs than the header info can hold
	ErrStrPair          // a string pair runs over the end of the header info
	ErrIntCount         // more int pairs than the header info can hold
	ErrIntPair          // an int pair runs over the end of the header info
	ErrToken            // the ACL token runs over the end of the header info
	ErrPairLimit        // more pairs than the limit
	ErrDuplicateKey     // strict: frame type or method twice

	// Frame types (section 4).

	ErrNoFrameType // no int key 27
	ErrFrameType   // int key 27 is not one of "1" to "5"

	// The exception message of a trailer or rst (section 5).

	ErrExceptionVersion // not a strict Thrift binary message
	ErrExceptionType    // a message, but not an exception
	ErrExceptionName    // the method name runs over the end
	ErrExceptionField   // sequence or a field runs over the end, or has no known type
	ErrExceptionDepth   // unknown fields nested too deep
	ErrExceptionStop    // it ends, or a skipped struct in it does, where a field or stop byte should be
	ErrExceptionTail    // strict: bytes after the stop byte

	// A frame out of place (section 9). These reach the stream.

	ErrDataAfterTrailer // data after the peer's trailer (rule 9.9)
	ErrNoMethodOpened   // a header frame opens a stream without a method (rule 9.2)
	ErrStreamLimit      // a header frame opens one live stream too many (rule 9.15)
	ErrUnknownStream    // strict: data for a stream that was never opened (rule 9.12)

	// Over budget (rule 9.15). These reach the connection.

	ErrFloodStreams // the peer goes on opening streams over the limit
	ErrFloodOpens   // too many streams are opened and never continued
	ErrFloodResets  // the peer sends or causes too many resets
	ErrFloodMeta    // too many meta frames
	ErrFloodData    // more data than is taken

	// The business error of a trailer (sections 6 and 7).

	ErrBizStatus     // biz-status is not a decimal int32
	ErrBizExtra      // biz-extra is not a flat JSON object of strings
	ErrBizDuplicate  // strict: a biz-* key or biz-extra member twice
	ErrBizUTF8       // strict: biz-extra is not valid UTF-8
	ErrContradiction // trpc-* pairs say something else than biz-* or the exception
	ErrTRPCCode      // trpc-ret or trpc-func-ret is not a decimal int32

	// A header frame out of place (section 9). These reach the stream.

	ErrSecondHeader // a second header frame on a live stream (rule 9.8)
	ErrReusedID     // a header frame for a stream that has just ended (rule 9.14)
	ErrNotAlone     // one stream at a time, and one is live (rule 9.14)

	// What an encoder refuses (rules 3.12, 8.4).

	ErrTooLong         // a key, value or token over 65,535 bytes
	ErrHeaderTooLarge  // header info over the limit
	ErrPayloadTooLarge // payload over the limit
	ErrTooManyPairs    // more pairs than the limit
	ErrNotFrameType    // a frame type that does not exist, or not this frame's
	ErrNoMethod        // a header frame without a method
	ErrNoStreamID      // stream id 0 on a frame other than meta
	ErrNotStreaming    // flags without the streaming bit
	ErrNotProtocol     // a protocol id that does not exist
	ErrOrder           // a Builder method called after Finish, or transforms after a pair
	ErrNotPath         // a cancel path hop with a comma or a control character
	ErrNotStatus       // a status that this kind of frame cannot carry
	ErrNotStrict       // strict: transform ids, or a key that matters given twice
	ErrNotHeader       // header info that is empty or not in words
	ErrReservedKey     // a user's pair with a key that the status itself writes
	ErrLongMessage     // biz-message or trpc-error-msg over 65,535 bytes
	ErrLongExtra       // biz-extra over 65,535 bytes

	// Sends out of place: 12005 to the user (section 9).

	ErrNoStream       // no such stream, or it is released
	ErrStreamEnded    // the stream has ended
	ErrStreamLive     // the stream has not ended
	ErrSendClosed     // the sending side is closed by a trailer
	ErrHeaderSent     // the header has been sent
	ErrHeaderUnsent   // data or trailer before the header
	ErrIDInUse        // a live stream has this id
	ErrTooManyStreams // the limit of live streams is reached
	ErrRole           // only the other role can do this
	ErrConnClosed     // the connection is closed

	numCodes = iota + 1
)

// Stream error codes as peers print them (docs/codes.md has the whole table).
const (
	codeUnexpectedHeader = 12002
	codeIllegalBiz       = 12003
	codeIllegalFrame     = 12004
	codeIllegalUse       = 12005
)

// codes says of each Code its name for machines and its text for people.
var codes = [numCodes]struct{ reason, text string }{
	ErrShort:            {"short", "more bytes are needed"},
	ErrIllegalFrame:     {"illegal-frame", "illegal frame"},
	ErrIllegalBiz:       {"illegal-biz", "illegal business error"},
	ErrUnexpectedHeader: {"unexpected-header", "unexpected header frame"},
	ErrRefused:          {"refused", "refused"},

	ErrHTTPRequest:  {"http-request", "these bytes are an HTTP/1.x request"},
	ErrHTTPReply:    {"http-reply", "these bytes are an HTTP/1.x reply"},
	ErrHTTP2:        {"http2", "these bytes are an HTTP/2 preface"},
	ErrTLS:          {"tls", "these bytes are a TLS record"},
	ErrSSH:          {"ssh", "these bytes are an SSH greeting"},
	ErrRsync:        {"rsync", "these bytes are an rsync greeting"},
	ErrThrift:       {"thrift", "these bytes are an unframed Thrift binary message"},
	ErrFramedThrift: {"framed-thrift", "these bytes are a framed Thrift binary message"},
	ErrTHeader:      {"theader", "these bytes are a THeader frame, not TTHeader"},
	ErrMeshHeader:   {"mesh-header", "these bytes are a mesh header"},
	ErrTRPC:         {"trpc", "these bytes are a tRPC frame"},

	ErrLength:       {"length", "LENGTH is too small for the header it must hold"},
	ErrPayloadLimit: {"payload-limit", "LENGTH asks for more payload than the limit"},
	ErrMagic:        {"magic", "MAGIC is not 0x1000: this is not TTHeader"},
	ErrFlags:        {"flags", "the streaming flag is not set: TTHeader, but not of a stream"},
	ErrHeaderSize:   {"header-size", "HEADER SIZE is 0"},
	ErrHeaderLimit:  {"header-limit", "HEADER SIZE is over the limit"},
	ErrStreamID:     {"stream-id", "stream id 0 is kept for the connection"},

	ErrProtocol:         {"protocol", "unknown PROTOCOL ID"},
	ErrTransforms:       {"transforms", "more transform ids than the header info has bytes"},
	ErrStrictTransforms: {"strict-transforms", "strict: transform ids are refused, since peers disagree on what follows them"},
	ErrInfoID:           {"info-id", "unknown info id"},
	ErrStrCount:         {"str-count", "more string pairs than the header info can hold"},
	ErrStrPair:          {"str-pair", "a string pair runs over the end of the header info"},
	ErrIntCount:         {"int-count", "more int pairs than the header info can hold"},
	ErrIntPair:          {"int-pair", "an int pair runs over the end of the header info"},
	ErrToken:            {"token", "the ACL token runs over the end of the header info"},
	ErrPairLimit:        {"pair-limit", "more pairs than the limit"},
	ErrDuplicateKey:     {"duplicate-key", "strict: frame type or method given twice"},

	ErrNoFrameType: {"no-frame-type", "the header info has no frame type (int key 27)"},
	ErrFrameType:   {"frame-type", `the frame type (int key 27) is not one of "1" to "5"`},

	ErrExceptionVersion: {"exception-version", "the exception message is not strict Thrift binary"},
	ErrExceptionType:    {"exception-type", "a Thrift message stands where an exception should"},
	ErrExceptionName:    {"exception-name", "the exception's method name runs over the end of the payload"},
	ErrExceptionField:   {"exception-field", "the sequence or a field of the exception runs over the end of the payload, or has no known type"},
	ErrExceptionDepth:   {"exception-depth", "unknown fields of the exception are nested too deep"},
	ErrExceptionStop:    {"exception-stop", "the exception has no stop byte"},
	ErrExceptionTail:    {"exception-tail", "strict: bytes after the exception"},

	ErrDataAfterTrailer: {"data-after-trailer", "data after the trailer that closed this direction"},
	ErrNoMethodOpened:   {"no-method-opened", "a header frame opens a stream without a method"},

	ErrStreamLimit:   {"stream-limit", "more live streams than the limit"},
	ErrUnknownStream: {"unknown-stream", "strict: data for a stream that was never opened"},

	ErrFloodStreams: {"flood-streams", "the peer goes on opening streams over the limit (MaxStreams)"},
	ErrFloodOpens:   {"flood-opens", "the peer opens too many streams and never continues them (MaxOpens)"},
	ErrFloodResets:  {"flood-resets", "the peer sends or causes too many resets (MaxResets)"},
	ErrFloodMeta:    {"flood-meta", "the peer sends too many meta frames (MaxMeta)"},
	ErrFloodData:    {"flood-data", "the peer sends more data than is taken (MaxPending)"},

	ErrBizStatus:     {"biz-status", "biz-status is not a decimal int32"},
	ErrBizExtra:      {"biz-extra", "biz-extra is not a flat JSON object of strings"},
	ErrBizDuplicate:  {"biz-duplicate", "strict: a biz-* key or biz-extra member given twice"},
	ErrBizUTF8:       {"biz-utf8", "strict: biz-extra is not valid UTF-8"},
	ErrContradiction: {"trpc-contradiction", "the trpc-* pairs contradict biz-status or the exception"},
	ErrTRPCCode:      {"trpc-code", "trpc-ret or trpc-func-ret is not a decimal int32"},

	ErrSecondHeader: {"second-header", "a second header frame on a live stream"},
	ErrReusedID:     {"reused-id", "a header frame for a stream that has just ended"},
	ErrNotAlone:     {"not-alone", "one stream at a time, and one is live"},

	ErrTooLong:         {"too-long", "a key, value or token is over 65,535 bytes"},
	ErrHeaderTooLarge:  {"header-too-large", "the header info is over the limit"},
	ErrPayloadTooLarge: {"payload-too-large", "the payload is over the limit"},
	ErrTooManyPairs:    {"too-many-pairs", "more pairs than the limit"},
	ErrNotFrameType:    {"not-frame-type", "the frame type does not exist, or int key 27 says another one"},
	ErrNoMethod:        {"no-method", "a header frame needs a method"},
	ErrNoStreamID:      {"no-stream-id", "stream id 0 is kept for the connection"},
	ErrNotStreaming:    {"not-streaming", "the flags lack the streaming bit"},
	ErrNotProtocol:     {"not-protocol", "the protocol id does not exist"},
	ErrOrder:           {"order", "called after Finish, or transforms after a pair"},
	ErrNotPath:         {"not-path", "a cancel path hop is empty or holds a comma or a control character"},
	ErrNotStatus:       {"not-status", "this frame cannot carry that status"},
	ErrNotStrict:       {"not-strict", "strict: transform ids, or frame type or method given twice"},
	ErrNotHeader:       {"not-header", "the header info is empty, or not in words"},
	ErrReservedKey:     {"reserved-key", "a pair has a key that the status itself writes"},
	ErrLongMessage:     {"long-message", "biz-message or trpc-error-msg is over 65,535 bytes"},
	ErrLongExtra:       {"long-extra", "biz-extra is over 65,535 bytes"},

	ErrNoStream:       {"no-stream", "there is no such stream"},
	ErrStreamEnded:    {"stream-ended", "the stream has ended"},
	ErrStreamLive:     {"stream-live", "the stream has not ended"},
	ErrSendClosed:     {"send-closed", "send after the trailer that closed this direction"},
	ErrHeaderSent:     {"header-sent", "the header has been sent"},
	ErrHeaderUnsent:   {"header-unsent", "data or trailer before the header"},
	ErrIDInUse:        {"id-in-use", "a live stream has this id"},
	ErrTooManyStreams: {"too-many-streams", "the limit of live streams is reached"},
	ErrRole:           {"role", "only the other role can do this"},
	ErrConnClosed:     {"conn-closed", "the connection is closed"},
}

// Reason is the code's name for machines: lower case, a word or a few with
// hyphens, the same in every version of this library.
func (c Code) Reason() string {
	if int(c) >= len(codes) || c == 0 {
		return "unknown"
	}
	return codes[c].reason
}

// Error is the code's text for people. It never holds bytes of the input.
func (c Code) Error() string {
	if int(c) >= len(codes) || c == 0 {
		return "unknown code"
	}
	if class := c.class(); class != 0 {
		return codes[class].text + ": " + codes[c].text
	}
	return codes[c].text
}

// StreamCode is the stream error code that peers know the fault by: 12004 for
// an illegal frame or body, 12003 for an unreadable business error, 12002 for a
// header frame out of place, 12005 for what is refused, 0 for ErrShort.
func (c Code) StreamCode() int32 {
	if class := c.class(); class != 0 {
		c = class
	}
	switch c {
	case ErrIllegalFrame:
		return codeIllegalFrame
	case ErrIllegalBiz:
		return codeIllegalBiz
	case ErrUnexpectedHeader:
		return codeUnexpectedHeader
	case ErrRefused:
		return codeIllegalUse
	}
	return 0
}

// Is lets errors.Is match a code by its class: ErrIllegalFrame, ErrIllegalBiz,
// ErrUnexpectedHeader or ErrRefused.
func (c Code) Is(target error) bool {
	t, ok := target.(Code)
	return ok && t == c.class()
}

// class is the class that a reason belongs to, 0 for ErrShort and the classes.
func (c Code) class() Code {
	switch {
	case c >= ErrHTTPRequest && c <= ErrFloodData:
		return ErrIllegalFrame
	case c >= ErrBizStatus && c <= ErrTRPCCode:
		return ErrIllegalBiz
	case c >= ErrSecondHeader && c <= ErrNotAlone:
		return ErrUnexpectedHeader
	case c >= ErrTooLong && c < numCodes:
		return ErrRefused
	}
	return 0
}
