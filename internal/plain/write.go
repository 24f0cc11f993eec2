package plain

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Canonical writes what a legal frame says in the form of rule 3.11: as a
// writer gives it that is told just this.
func Canonical(f Frame) []byte {
	info := []byte{f.Protocol, 0}
	if f.HasToken {
		info = text16(append(info, 0x11), f.Token)
	}
	if len(f.Strs) > 0 {
		info = binary.BigEndian.AppendUint16(append(info, 0x01), uint16(len(f.Strs)))
		for _, p := range f.Strs {
			info = text16(text16(info, p.Key), p.Value)
		}
	}
	ints := []IntPair{{27, string(f.Type)}}
	if f.HasMethod {
		ints = append(ints, IntPair{9, f.Method})
	}
	for _, p := range f.Ints {
		if p.Key != 27 && p.Key != 9 {
			ints = append(ints, p)
		}
	}
	info = binary.BigEndian.AppendUint16(append(info, 0x10), uint16(len(ints)))
	for _, p := range ints {
		info = text16(binary.BigEndian.AppendUint16(info, p.Key), p.Value)
	}
	for len(info)%4 != 0 {
		info = append(info, 0)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(10+len(info)+len(f.Payload)))
	b = binary.BigEndian.AppendUint16(b, 0x1000)
	b = binary.BigEndian.AppendUint16(b, f.Flags)
	b = binary.BigEndian.AppendUint32(b, uint32(f.Stream))
	b = binary.BigEndian.AppendUint16(b, uint16(len(info)/4))
	return append(append(b, info...), f.Payload...)
}

func text16(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

// WriteException is rule 5.6.
func WriteException(e Exception) []byte {
	b := binary.BigEndian.AppendUint32([]byte{0x80, 1, 0, 3}, uint32(len(e.Method)))
	b = binary.BigEndian.AppendUint32(append(b, e.Method...), uint32(e.Seq))
	b = binary.BigEndian.AppendUint32(append(b, 0x0B, 0, 1), uint32(len(e.Message)))
	b = binary.BigEndian.AppendUint32(append(append(b, e.Message...), 0x08, 0, 2), uint32(e.TypeID))
	return append(b, 0)
}

// WriteExtra is rule 7.5.
func WriteExtra(members []Pair) string {
	var texts []string
	for _, m := range members {
		texts = append(texts, quoted(m.Key)+":"+quoted(m.Value))
	}
	return "{" + strings.Join(texts, ",") + "}"
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s { // an invalid byte is a RuneError
		switch {
		case strings.ContainsRune("\"\\", r):
			b.WriteString(`\` + string(r))
		case r < 0x20 && strings.ContainsRune("\b\f\n\r\t", r):
			b.WriteString(`\` + string("bfnrt"[strings.IndexRune("\b\f\n\r\t", r)]))
		case r < 0x20 || strings.ContainsRune("<>&\u2028\u2029", r):
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b.WriteString(`\ufffd`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
