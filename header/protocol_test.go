package header_test

import (
	"testing"

	"github.com/ttwire/ttwire/header"
)

func TestProtocol(t *testing.T) {
	names := map[header.Protocol]string{
		0x00: "thrift-binary", 0x03: "thrift-compact-v2", 0x04: "kitex-protobuf", 0x10: "thrift-struct", 0x11: "protobuf-struct",
	}
	for i := range 256 {
		p := header.Protocol(i)
		if _, legal := names[p]; p.Valid() != legal {
			t.Errorf("Protocol(%#x).Valid() = %v", i, p.Valid())
		}
	}
	names[0x02], names[0x12], names[0xFF] = "0x2", "0x12", "0xff"
	for p, want := range names {
		if got := p.String(); got != want {
			t.Errorf("Protocol(%d).String() = %q, want %q", p, got, want)
		}
	}
}
