package wire_test

import (
	"testing"

	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// TestForeignStart is the openings of real peers, and what looks like one.
func TestForeignStart(t *testing.T) {
	for _, c := range []struct {
		opening string
		want    wire.Code
	}{
		{"GET / HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"POST /rpc HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"PUT / HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"HEAD / HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"DELETE / HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"OPTIONS * HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"PATCH / HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"TRACE / HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"CONNECT h:443 HTTP/1.1\r\n", wire.ErrHTTPRequest},
		{"HTTP/1.1 200 OK\r\n", wire.ErrHTTPReply},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", wire.ErrHTTP2},
		{"SSH-2.0-OpenSSH_9.6\r\n", wire.ErrSSH},
		{"@RSYNCD: 31.0\n", wire.ErrRsync},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", wire.ErrTLS}, // ClientHello
		{"\x16\x03\x03\x00\x7a\x02", wire.ErrTLS},
		{"\x16\x03\x04\x00\x7a\x01", wire.ErrTLS},
		{"\x16\x03\x05\x00", 0},
		{"\x16\x02\x01\x00", 0},
		{"\x80\x01\x00\x01\x00\x00\x00\x05Unary", wire.ErrThrift}, // a call
		{"\x80\x01\x00\x04\x00\x00\x00\x05Unary", wire.ErrThrift}, // one-way
		{"\x80\x01\x00\x05", 0},
		{"\x80\x01\x00\x00", 0},
		{"\x80\x01\x01\x01", 0},
		{"\xff\xaf\x00\x10", wire.ErrMeshHeader},
		{"\xff\xae\x00\x10", 0},
		{"\x09\x30\x00\x00\x00\x00\x00\x36", wire.ErrTRPC}, // unary
		{"\x09\x30\x01\x01\x00\x00\x00\x36", wire.ErrTRPC}, // stream init
		{"\x09\x30\x02\x01", 0},
		{"\x09\x31\x01\x01", 0},
		{"GETS", 0}, {"get ", 0}, {"POS ", 0}, {"Http", 0}, {"PRIV", 0}, {"SSH ", 0}, {"@RSX", 0},
		{"\x00\x00\x00\x00", 0}, {"\xff\xff\xff\xff", 0},
	} {
		if got := wire.ForeignStart([4]byte([]byte(c.opening))); got != c.want {
			t.Errorf("%q: %v, want %v", c.opening, got.Reason(), c.want.Reason())
		}
	}
}

func TestForeignMagic(t *testing.T) {
	want := map[uint16]wire.Code{0x8001: wire.ErrFramedThrift, 0x0FFF: wire.ErrTHeader, 0xFFAF: wire.ErrMeshHeader}
	for m := range 1 << 16 {
		if got := wire.ForeignMagic(uint16(m)); got != want[uint16(m)] {
			t.Errorf("%#04x: %v, want %v", m, got.Reason(), want[uint16(m)].Reason())
		}
	}
}

// No LENGTH that the default limits allow is taken for foreign, and none whose
// first byte is under MinForeign, which is the smallest that is ever known.
func TestForeignNeverLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := [4]byte{byte(rapid.IntRange(0, wire.MinForeign-1).Draw(t, "first"))}
		copy(b[1:], rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "rest"))
		if c := wire.ForeignStart(b); c != 0 {
			t.Fatalf("% x is named %v", b, c)
		}
	})
	const most = 10 + wire.DefaultMaxHeader + wire.DefaultMaxPayload
	if most>>24 >= wire.MinForeign {
		t.Errorf("LENGTH up to %#x may look foreign", most)
	}
	if wire.ForeignStart([4]byte{wire.MinForeign, 0x30, 0, 0}) == 0 {
		t.Errorf("MinForeign is %#x, with which nothing known begins", wire.MinForeign)
	}
	if wire.ForeignMagic(0x1000) != 0 {
		t.Error("TTHeader's own MAGIC is foreign")
	}
}
