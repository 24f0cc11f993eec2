package testgen

import (
	"fmt"
	"slices"

	"github.com/ttwire/ttwire/wire"
)

// hostileFixed is the F rows: the 14 bytes before the header info. Of F16 to
// F18 and F20 to F22, which are about many reads, here is what concerns one
// frame; package codec's tests have the rest.
func hostileFixed() []Case {
	return slices.Concat(fixedShort(), fixedLength(), fixedHeaderSize(), fixedForeign(), fixedFlags(), fixedCuts())
}

func fixedShort() []Case {
	var cases []Case
	whole := data().Bytes()
	for n := range FixedSize {
		want := FixedSize
		if n >= 4 {
			want = len(whole)
		}
		cases = append(cases, short(fmt.Sprintf("F1/%d-bytes", n), whole[:n], want))
	}
	return cases
}

func fixedLength() []Case {
	whole := data().Bytes()
	declares := func(n uint32) []byte { return over(whole, 0, Cat(U32(n))) }
	exact := data()
	exact.Payload = ""
	cases := []Case{
		illegal("F2/length-0", declares(0), wire.ErrLength, 0),
		illegal("F2/length-3", declares(3), wire.ErrLength, 0),
		illegal("F2/length-9", declares(9), wire.ErrLength, 0),
		illegal("F2/length-10", declares(10), wire.ErrLength, 0),
		illegal("F2/length-13", declares(13), wire.ErrLength, 0),
		illegal("F2/length-13-alone", Cat(U32(13)), wire.ErrLength, 0),
		short("F2/length-14-alone", Cat(U32(14)), 18),
		legal("F3/header+10", exact),
		illegal("F4/header+9", declares(29), wire.ErrLength, 0),
		illegal("F4/header+9-fixed-part", declares(29)[:14], wire.ErrLength, 0),
		illegal("F11/header-over-length", over(whole, 12, Cat(U16(7)))[:14], wire.ErrLength, 0),
		illegal("F11/header-65535-words", over(whole, 12, Cat(U16(0xFFFF)))[:14], wire.ErrLength, 0),
		illegal("F7/declares-1GiB", Cat(U32(1<<30), whole[4:20]), wire.ErrPayloadLimit, 0),
		illegal("F7/declares-1GiB-raised", Cat(U32(1<<30), whole[4:20]), wire.ErrPayloadLimit, 0).within(raised),
		illegal("F7/declares-1GiB-raised-alone", Cat(U32(1<<30)), wire.ErrPayloadLimit, 0).within(raised),
		short("F7/declares-0x3FFFFFFF-raised-alone", Cat(U32(0x3FFFFFFF)), 0x40000003).within(raised),
		short("F7/declares-0x3FFFFFFF-raised", Cat(U32(0x3FFFFFFF), whole[4:20]), 0x40000003).within(raised),
		illegal("F7/declares-0x3FFFFFFF", Cat(U32(0x3FFFFFFF), whole[4:20]), wire.ErrPayloadLimit, 0),
		short("F7/payload-at-limit", declares(30+16<<20), 34+16<<20),
		illegal("F7/payload-over-limit", declares(31+16<<20), wire.ErrPayloadLimit, 0),
		short("F7/payload-at-limit-of-2", whole[:35], 36).within(wire.Limits{MaxPayload: 2}),
		illegal("F7/payload-over-limit-of-1", whole, wire.ErrPayloadLimit, 0).within(wire.Limits{MaxPayload: 1}),
		short("F7/over-any-header-not-known-yet", Cat(U32(10+wire.MaxHeader+16<<20)), 14+wire.MaxHeader+16<<20),
		illegal("F7/over-any-header", Cat(U32(11+wire.MaxHeader+16<<20)), wire.ErrPayloadLimit, 0),
		illegal("F7/LENGTH-before-MAGIC-limit-of-1", Cat(U32(16), make([]byte, 16)), wire.ErrPayloadLimit, 0).
			within(wire.Limits{MaxHeader: 1, MaxPayload: 2}),
	}
	for _, n := range []uint32{0x7FFFFFFF, 0x80000000, 0x90000000, 0xFFFFFFFF} {
		id := fmt.Sprintf("F5/length-%#x", n)
		cases = append(cases, illegal(id, declares(n), wire.ErrPayloadLimit, 0),
			illegal(id+"-alone-raised", Cat(U32(n)), wire.ErrPayloadLimit, 0).within(raised))
	}
	for n := uint32(0xFFFFFFFB); n >= 0xFFFFFFFB; n++ { // until n overflows, as n+4 does
		cases = append(cases, illegal(fmt.Sprintf("F6/length-%#x", n), declares(n), wire.ErrPayloadLimit, 0))
	}
	return cases
}

func fixedHeaderSize() []Case {
	whole := data().Bytes()
	filled := func(words int) Frame {
		return plain('3', padding(4*words-10))
	}
	limited := wire.Limits{MaxHeader: 65536}
	first14 := func(words int) []byte { return filled(words).Bytes()[:14] }
	return []Case{
		illegal("F8/0-words", over(whole, 12, Cat(U16(0))), wire.ErrHeaderSize, 12),
		illegal("F8/0-words-fixed-part", over(whole, 12, Cat(U16(0)))[:14], wire.ErrHeaderSize, 12),
		illegal("F9/1-word", framed(Cat(0x10, 0, 0, 0)), wire.ErrNoFrameType, 17),
		legal("F10/16384-words", filled(16384)),
		legal("F10/16385-words", filled(16385)),
		legal("F10/65535-words", filled(65535)),
		legal("F10/16384-words-limit-64KiB", filled(16384)).within(limited),
		illegal("F10/16385-words-limit-64KiB", first14(16385), wire.ErrHeaderLimit, 12).within(limited),
		illegal("F10/65535-words-limit-64KiB", first14(65535), wire.ErrHeaderLimit, 12).within(limited),
		illegal("F10/over-limit-not-in-words", first14(6), wire.ErrHeaderLimit, 12).within(wire.Limits{MaxHeader: 23}),
		illegal("F10/peers-shape-over-limit", whole, wire.ErrHeaderLimit, 12).within(wire.Limits{MaxHeader: 16}),
	}
}

// fixedForeign: what is named by LENGTH fails at 0 once 4 bytes are there, what
// is named by MAGIC at 4 once 6 are.
func fixedForeign() []Case {
	whole := data().Bytes()
	magic := func(v uint16) []byte { return over(whole, 4, Cat(U16(v))) }
	return []Case{
		illegal("F12/magic-0x1001", magic(0x1001), wire.ErrMagic, 4),
		illegal("F12/magic-0x0000", magic(0), wire.ErrMagic, 4),
		illegal("F12/magic-0x1001-6-bytes", magic(0x1001)[:6], wire.ErrMagic, 4),
		short("F12/magic-half", magic(0x1001)[:5], 36),
		illegal("F12/magic-0x0FFF-THeader", magic(0x0FFF), wire.ErrTHeader, 4),
		illegal("F12/magic-0xFFAF-mesh-header", magic(0xFFAF), wire.ErrMeshHeader, 4),
		illegal("F12/framed-thrift", magic(0x8001), wire.ErrFramedThrift, 4),
		illegal("F12/thrift-binary", Cat(0x80, 1, 0, 1, U32(4), "Bidi", U32(1)), wire.ErrThrift, 0),
		illegal("F12/mesh-header-first", Cat(U16(0xFFAF), "0123456789"), wire.ErrMeshHeader, 0),
		illegal("F13/GET", []byte("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), wire.ErrHTTPRequest, 0),
		illegal("F13/POST", []byte("POST / HTTP/1.1\r\n\r\n"), wire.ErrHTTPRequest, 0),
		illegal("F13/GET-4-bytes", []byte("GET "), wire.ErrHTTPRequest, 0),
		illegal("F13/GET-raised", []byte("GET / HT"), wire.ErrHTTPRequest, 0).within(raised),
		illegal("F13/HTTP2-preface", []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), wire.ErrHTTP2, 0),
		illegal("F13/HTTP-reply", []byte("HTTP/1.1 400 Bad Request\r\n"), wire.ErrHTTPReply, 0),
		illegal("F13/TLS", Cat(0x16, 3, 1, U16(512), 1, "xx"), wire.ErrTLS, 0),
		illegal("F13/TLS-raised", Cat(0x16, 3, 1, U16(512), 1, "xx"), wire.ErrTLS, 4).within(raised),
		illegal("F13/SSH", []byte("SSH-2.0-OpenSSH_9.6\r\n"), wire.ErrSSH, 0),
		illegal("F13/rsync", []byte("@RSYNCD: 31.0\n"), wire.ErrRsync, 0),
		illegal("F13/tRPC", Cat(U16(0x0930), 1, 1, U32(16), make([]byte, 8)), wire.ErrTRPC, 0),
		short("F13/TLS-like-LENGTH-raised", over(whole, 0, Cat(U32(0x16030100))), 0x16030104).within(raised),
		short("F13/tRPC-like-LENGTH-raised", over(whole, 0, Cat(U32(0x09300101))), 0x09300105).within(raised),
		illegal("F13/tRPC-raised", Cat(U16(0x0930), 1, 1, U32(16), make([]byte, 8)), wire.ErrTRPC, 4).within(raised),
	}
}

func fixedFlags() []Case {
	whole := data().Bytes()
	cases := []Case{
		illegal("F14/flags-0", over(whole, 6, Cat(U16(0))), wire.ErrFlags, 6),
		illegal("F14/flags-0-8-bytes", over(whole, 6, Cat(U16(0)))[:8], wire.ErrFlags, 6),
		short("F14/flags-half", over(whole, 6, Cat(U16(0)))[:7], 36),
		illegal("F14/flags-0xFFFD", over(whole, 6, Cat(U16(0xFFFD))), wire.ErrFlags, 6),
	}
	for _, flags := range []uint16{0xFFFF, 0x0001 | 2, 0x0008 | 2, 0x0010 | 2} { // the streaming bit must be there
		f := data()
		f.Flags = flags
		cases = append(cases, legal(fmt.Sprintf("F15/flags-%#x", flags), f))
	}
	return cases
}

func fixedCuts() []Case {
	whole := data().Bytes()
	twice := slices.Concat(whole, whole)
	trailed := legal("F18/frame-and-tail", data())
	trailed.In = twice[:40]
	return []Case{
		trailed,
		illegal("F19/one-byte-extra", twice[len(whole)-1:], wire.ErrPayloadLimit, 0),
		illegal("F19/one-zero-extra", Cat(0, whole), wire.ErrLength, 0),
		illegal("F19/one-byte-missing", twice[len(whole)+1:], wire.ErrMagic, 4),
		illegal("F19/zeros", make([]byte, 40), wire.ErrLength, 0),
		short("F21/frame-then-end", nil, 14),
		short("F22/end-in-fixed-part", whole[:9], 36),
		short("F22/end-before-header-info", whole[:14], 36),
		short("F22/end-in-header-info", whole[:20], 36),
		short("F22/end-before-payload", whole[:34], 36),
		short("F22/end-in-payload", whole[:35], 36),
	}
}
