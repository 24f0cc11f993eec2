package wire

// MaxLen16 is the longest value that a u16 length can announce, in bytes.
const MaxLen16 = 1<<16 - 1

// Uint16 reads the big-endian u16 at b[p:]. The caller has seen to it that
// both bytes are there.
func Uint16(b []byte, p int) uint16 {
	_ = b[p+1]
	return uint16(b[p])<<8 | uint16(b[p+1])
}

// Uint32 reads the big-endian u32 at b[p:]. The caller has seen to it that
// all four bytes are there.
func Uint32(b []byte, p int) uint32 {
	_ = b[p+3]
	return uint32(b[p])<<24 | uint32(b[p+1])<<16 | uint32(b[p+2])<<8 | uint32(b[p+3])
}
