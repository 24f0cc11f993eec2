package testgen

import "fmt"

// U16 and U32 are numbers that Cat writes as 2 and 4 bytes, big endian.
type (
	U16 uint16
	U32 uint32
)

// Cat writes its parts one after the other: an int or byte as one byte, U16
// and U32 as theirs, strings and byte slices as they are. It panics on other
// types and on an int that is not a byte.
func Cat(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch v := part.(type) {
		case int:
			if v < 0 || v > 0xFF {
				panic(fmt.Sprintf("testgen: %d is not a byte", v))
			}
			b = append(b, byte(v))
		case byte:
			b = append(b, v)
		case U16:
			b = append(b, byte(v>>8), byte(v))
		case U32:
			b = append(b, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
		case string:
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		default:
			panic(fmt.Sprintf("testgen: cannot write a %T", part))
		}
	}
	return b
}

// Text16 is s behind its u16 length, as keys, values and tokens stand on the
// wire.
func Text16(s string) []byte { return Cat(U16(len(s)), s) }
