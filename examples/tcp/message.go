package main

import (
	"fmt"

	"github.com/ttwire/ttwire/wire"
)

// message is what the streams of this example carry: the Thrift struct
//
//	struct Message { 1: string text, 2: i32 n }
//
// in binary encoding, by hand. ttwire does not look into messages; a transport
// leaves them to generated code.
type message struct {
	text string
	n    int32
}

func (m message) String() string {
	if len(m.text) > 40 {
		return fmt.Sprintf("(%d bytes) %d", len(m.text), m.n)
	}
	return fmt.Sprintf("%q %d", m.text, m.n)
}

func (m message) encode() []byte { return appendMessage(nil, m.text, m.n) }

// appendMessage writes the number first, as Kitex's generated code does.
func appendMessage[T wire.Bytes](dst []byte, text T, n int32) []byte {
	dst = wire.AppendUint32(append(dst, 8, 0, 2), uint32(n))
	dst = wire.Append32(append(dst, 11, 0, 1), text)
	return append(dst, 0)
}

// decode reads the two fields in any order. It knows no others.
func decode(b []byte) (m message, err error) {
	for p := 0; len(b)-p >= 3; {
		switch [3]byte(b[p:]) {
		case [3]byte{11, 0, 1}:
			end := wire.End32(b, p+3)
			if end < 0 {
				return m, fmt.Errorf("message: the text is cut at byte %d", p)
			}
			m.text, p = string(b[p+7:end]), end
		case [3]byte{8, 0, 2}:
			if len(b)-p < 7 {
				return m, fmt.Errorf("message: the number is cut at byte %d", p)
			}
			m.n, p = int32(wire.Uint32(b, p+3)), p+7
		default:
			return m, fmt.Errorf("message: unknown field at byte %d", p)
		}
		if p < len(b) && b[p] == 0 {
			return m, nil
		}
	}
	return m, fmt.Errorf("message: no end within %d bytes", len(b))
}
