package main

import "path"

// A plant is a bug: one line of the library, made wrong.
type plant struct {
	kind   kind
	name   string // what the bug is
	file   string // from the root of the repository
	right  string // the text that stands in the file, once
	wrong  string // what is put in its place
	target string // the fuzz target whose property it breaks
}

// pkg is the package of the bug.
func (p *plant) pkg() string { return path.Dir(p.file) }

// kind is the kind of a bug.
type kind string

const (
	bound  kind = "bound off by one"
	check  kind = "missing check"
	offset kind = "wrong offset"
	state  kind = "wrong state"
)

var plants = []plant{
	{bound, "a value may end one byte behind its bytes", "wire/bytes.go",
		"if end > len(b) {", "if end > len(b)+1 {", "FuzzHeaderView"},
	{check, "a negative i32 length is taken as it is", "wire/bytes.go",
		"if uint64(n) > uint64(len(b)-p-4) {", "if int(int32(n)) > len(b)-p-4 {", "FuzzException"},
	{check, "the limit on payloads may be switched off", "wire/limits.go",
		"case n <= 0:\n\t\treturn DefaultMaxPayload", "case n <= 0:\n\t\treturn MaxPayload", "FuzzPlainFrame"},
	{offset, "foreign bytes: TLS by its second byte alone", "wire/foreign.go",
		"case b[0] == 0x16 && b[1] == 0x03 && b[2] <= 0x04:", "case b[1] == 0x03 && b[2] <= 0x04:", "FuzzPlainFrame"},

	{bound, "one pair more than fits is counted", "header/parse.go",
		"if 4*count > size-(p+3) {", "if 4*count > size-(p+3)+4 {", "FuzzPlainFrame"},
	{bound, "one pair more than allowed", "header/parse.go",
		"if room < pairs {", "if room+1 < pairs {", "FuzzPlainFrame"},
	{check, "strict does not see a second frame type", "header/parse.go",
		"return k == KeyFrameType && v.typeAt != 0 || k == KeyMethod && v.method != 0", "return k == KeyMethod && v.method != 0", "FuzzPlainFrame"},
	{offset, "the fast path takes the method one byte early", "header/usual.go",
		"typ, v.typeAt, v.method = byte(x), uint32(p+5), uint32(p+10)", "typ, v.typeAt, v.method = byte(x), uint32(p+5), uint32(p+9)", "FuzzHeaderView"},
	{check, "the fast path takes any padding", "header/usual.go",
		"if padding > 3 || wire.Uint32(b, len(b)-4)&paddingMask[padding] != 0 {", "if padding > 3 {", "FuzzHeaderView"},

	{bound, "a LENGTH of one less than the least", "frame/parse.go",
		"case length < afterSize+wire.MinHeader:", "case length < afterSize+wire.MinHeader-1:", "FuzzPlainFrame"},
	{check, "stream id 0 is let through", "frame/parse.go",
		"case f.StreamID == 0 && f.Type != Meta:", "case false:", "FuzzPlainFrame"},
	{offset, "a bad frame type is blamed on its length", "frame/parse.go",
		"if wire.Uint16(info, at) == 1 {", "if wire.Uint16(info, at) == 2 {", "FuzzPlainFrame"},
	{bound, "the payload can grow into the next frame", "frame/parse.go",
		"f.Payload = b[info:end:end]", "f.Payload = b[info:end]", "FuzzFrame"},
	{bound, "a builder pads a whole word too much", "frame/builder.go",
		"info := (n - start - FixedSize + 3) &^ 3 // with padding", "info := (n - start - FixedSize + 4) &^ 3 // with padding", "FuzzBuilder"},

	{check, "a text breaks its line", "status/escape.go",
		"return c < ' ' || c >= 0x7f || strings.IndexByte(also, c) >= 0", "return c < ' ' && c != '\\n' || c >= 0x7f || strings.IndexByte(also, c) >= 0", "FuzzErrorText"},
	{offset, "an escape is read from its first digit twice", "status/escape.go",
		"b = append(b, unhex(s[i+2])<<4|unhex(s[i+3]))", "b = append(b, unhex(s[i+2])<<4|unhex(s[i+2]))", "FuzzErrorText"},
	{bound, "codes are read with 64 bits", "status/parsetext.go",
		"v, err := strconv.ParseInt(s[:i], 10, 32)", "v, err := strconv.ParseInt(s[:i], 10, 64)", "FuzzParseText"},

	{bound, "biz-status: one over the largest int32", "trailer/bizstatus.go",
		"if n > limit {", "if n > limit+1 {", "FuzzBizStatus"},
	{check, "biz-status: what cannot be read is no error", "trailer/parse.go",
		"if readable || m.Lenient {", "if true {", "FuzzTrailer"},
	{state, "biz-message is that of the first pair", "trailer/parse.go",
		"\t\t\ts.Message = v\n", "\t\t\tif s.Message == nil {\n\t\t\t\ts.Message = v\n\t\t\t}\n", "FuzzPlainEnding"},
	{state, "biz-extra is that of the first pair", "trailer/parse.go",
		"\t\t\ts.Extra = v\n", "\t\t\tif s.Extra == nil {\n\t\t\t\ts.Extra = v\n\t\t\t}\n", "FuzzPlainEnding"},
	{check, "an exception without its stop byte", "trailer/exception.go",
		"return p, wire.ErrExceptionStop", "return p, nil", "FuzzException"},
	{offset, "the type id of an exception is taken one byte early", "trailer/exception.go",
		"e.TypeID = int32(wire.Uint32(b, field+3))", "e.TypeID = int32(wire.Uint32(b, field+2))", "FuzzException"},
	{bound, "biz-extra: 0x1F is no control character", "trailer/extra_scan.go",
		"if p == len(b) || b[p] < ' ' {\n\t\treturn ^p", "if p == len(b) || b[p] < 0x1F {\n\t\treturn ^p", "FuzzExtra"},
	{check, "a comma in a hop of a cancel path", "trailer/path.go",
		"if c < ' ' || c == 0x7F || c == ',' {", "if c < ' ' || c == 0x7F {", "FuzzPath"},

	{offset, "a reader loses count of what it has given", "codec/reader.go",
		"r.off += int64(n)\n}\n\n// more", "r.off += int64(n + 1)\n}\n\n// more", "FuzzReader"},
	{bound, "one byte of the next frame is skipped with a payload", "codec/payload.go",
		"if n := min(r.left, r.buf.len()); n > 0 {", "if n := min(r.left+1, r.buf.len()); n > 0 {", "FuzzReader"},
	{check, "a second header on a live stream", "codec/conn_recv.go",
		"case live && s.is(headerIn):", "case false:", "FuzzPlainConn"},
	{state, "a reset leaves the stream live", "codec/conn_recv.go",
		"c.end(s)\n\tev := c.event(Ended, f)\n\tc.readEnding(f, &ev)", "ev := c.event(Ended, f)\n\tc.readEnding(f, &ev)", "FuzzConn"},
	{bound, "one stream more than allowed", "codec/conn_recv.go",
		"case c.Streams() >= c.lim.MaxStreams:", "case c.Streams() > c.lim.MaxStreams:", "FuzzConn"},
	{bound, "a budget of one more", "codec/conn_budget.go",
		"if *used < limit {", "if *used <= limit {", "FuzzPlainConn"},
}
