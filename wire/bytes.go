package wire

// MaxLen16 is the longest value that a u16 length can announce, in bytes.
const MaxLen16 = 1<<16 - 1

// Bytes is what keys and values may be given as.
type Bytes interface{ ~string | ~[]byte }

// Uint16 reads the big-endian u16 at b[p:]. The caller has seen to it that
// both bytes are there.
func Uint16(b []byte, p int) uint16 {
	return uint16(b[p+1]) | uint16(b[p])<<8
}

// Uint32 reads the big-endian u32 at b[p:]. The caller has seen to it that
// all four bytes are there.
func Uint32(b []byte, p int) uint32 {
	return uint32(b[p+3]) | uint32(b[p+2])<<8 | uint32(b[p+1])<<16 | uint32(b[p])<<24
}

// Uint64 reads the big-endian u64 at b[p:]. The caller has seen to it that all
// eight bytes are there.
func Uint64(b []byte, p int) uint64 {
	return uint64(b[p+7]) | uint64(b[p+6])<<8 | uint64(b[p+5])<<16 | uint64(b[p+4])<<24 |
		uint64(b[p+3])<<32 | uint64(b[p+2])<<40 | uint64(b[p+1])<<48 | uint64(b[p])<<56
}

// End16 is where the value behind the u16 length at b[p:] ends, or -1 if b
// does not hold it whole. p is not negative.
func End16(b []byte, p int) int {
	if p > len(b)-2 {
		return -1
	}
	end := p + 2 + int(Uint16(b, p))
	if end > len(b) {
		return -1
	}
	return end
}

// End32 is where the value behind the i32 length at b[p:] ends, or -1 if the
// length is negative or b does not hold the value whole. p is not negative.
func End32(b []byte, p int) int {
	if p > len(b)-4 {
		return -1
	}
	n := Uint32(b, p)
	if uint64(n) > uint64(len(b)-p-4) {
		return -1
	}
	return p + 4 + int(n)
}

// AppendUint16 appends v, big endian.
func AppendUint16(dst []byte, v uint16) []byte {
	return append(dst, byte(v>>8), byte(v))
}

// AppendUint32 appends v, big endian.
func AppendUint32(dst []byte, v uint32) []byte {
	return append(dst, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// PutUint16 writes v, big endian, over b[p:]. The caller has seen to it that
// both bytes are there.
func PutUint16(b []byte, p int, v uint16) {
	_ = b[p+1]
	b[p], b[p+1] = byte(v>>8), byte(v)
}

// PutUint32 writes v, big endian, over b[p:]. The caller has seen to it that
// all four bytes are there.
func PutUint32(b []byte, p int, v uint32) {
	_ = b[p+3]
	b[p], b[p+1], b[p+2], b[p+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
}

// Append32 appends v behind its i32 length. The caller has seen to it that v
// is under 2 GiB.
func Append32[T Bytes](dst []byte, v T) []byte {
	return append(AppendUint32(dst, uint32(len(v))), v...)
}
