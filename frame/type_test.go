package frame_test

import (
	"testing"

	"github.com/ttwire/ttwire/frame"
)

func TestTypeString(t *testing.T) {
	for typ, want := range map[frame.Type]string{
		frame.Meta: "meta", frame.Header: "header", frame.Data: "data", frame.Trailer: "trailer", frame.Rst: "rst",
		0: "type 0", 6: "type 6", 255: "type 255",
	} {
		if got := typ.String(); got != want {
			t.Errorf("Type(%d).String() = %q, want %q", typ, got, want)
		}
		if valid := typ >= 1 && typ <= 5; typ.Valid() != valid {
			t.Errorf("Type(%d).Valid() = %v", typ, !valid)
		}
	}
}

// The numbers are on the wire, so they cannot change.
func TestTypeNumbers(t *testing.T) {
	for i, typ := range []frame.Type{frame.Meta, frame.Header, frame.Data, frame.Trailer, frame.Rst} {
		if int(typ) != i+1 {
			t.Errorf("%v is %d, want %d", typ, typ, i+1)
		}
	}
}

// The flags are on the wire, so they cannot change (rule 2.3).
func TestFlagBits(t *testing.T) {
	for flag, want := range map[frame.Flags]uint16{
		frame.FlagOutOfOrder: 1, frame.FlagStreaming: 2, frame.FlagDuplexReverse: 8, frame.FlagSASL: 16,
	} {
		if uint16(flag) != want {
			t.Errorf("%#x, want %#x", uint16(flag), want)
		}
	}
}
