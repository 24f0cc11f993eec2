package trailer

import (
	"encoding/binary"
	"strconv"

	"github.com/ttwire/ttwire/wire"
)

// Exception is the exception message that a trailer or rst carries as its
// payload (section 5): a Thrift message of type 3 around a struct of two
// fields. Method and Message alias the bytes they were parsed from and live as
// long as those.
//
// All four are the peer's word: TypeID may be any number, 12001 to 12015
// included, and Method and Seq need not be the frame's.
type Exception struct {
	Method  []byte
	Seq     int32
	TypeID  int32
	Message []byte
}

const (
	exceptionVersion = 0x8001
	exceptionType    = 0x8001_0003 // version and message type in one word

	fieldMessage = thriftString<<16 | 1 // type and id of a field in one word
	fieldTypeID  = thriftInt32<<16 | 2

	// What surrounds the message where there are just the two fields in order.
	beforeMessage = 4 + 3 + 4 // sequence, field, length
	afterMessage  = 3 + 4 + 1 // field, type id, stop
)

// Parse reads the exception message at the start of b, which is a whole
// payload (rules 5.1 to 5.4). n is how many bytes it takes, the stop byte
// included; what follows is ignored, or wire.ErrExceptionTail if strict.
//
// On an error n is the offset of what is illegal: of a length or count that
// asks for more than there is, or of the field or value that b ends in. e is
// then empty. It allocates nothing, and its cost is linear in len(b) whatever
// the counts in it claim.
func (e *Exception) Parse(b []byte, strict bool) (n int, err error) {
	// Peers write the two fields in order and nothing behind: then the type id
	// has its place at the end, and the length of the message must be what is
	// left for it.
	last := len(b) - afterMessage
	name := wire.End32(b, 4)
	if name < 0 || name > last-beforeMessage || wire.Uint32(b, 0) != exceptionType {
		return e.parse(b, strict)
	}
	message := name + beforeMessage
	before := binary.BigEndian.Uint64(b[name+4:])
	after := binary.BigEndian.Uint64(b[last:])
	if before>>8 != fieldMessage<<32|uint64(last-message) || after>>40 != fieldTypeID || byte(after) != thriftStop {
		return e.parse(b, strict)
	}
	e.Method = b[8:name:name]
	e.Seq = int32(wire.Uint32(b, name))
	e.TypeID = int32(after >> 8)
	e.Message = b[message:last:last]
	return len(b), nil
}

// parse is Parse for any layout.
func (e *Exception) parse(b []byte, strict bool) (n int, err error) {
	e.Method, e.Seq, e.TypeID, e.Message = nil, 0, 0, nil
	n, err = e.header(b)
	if err == nil {
		n, err = e.fields(b, n)
	}
	if err == nil && strict && n < len(b) {
		err = wire.ErrExceptionTail
	}
	if err != nil {
		e.Method, e.Seq, e.TypeID, e.Message = nil, 0, 0, nil
	}
	return n, err
}

// header reads what stands before the struct, and returns where that begins.
func (e *Exception) header(b []byte) (n int, err error) {
	if len(b) < 4 {
		return 0, wire.ErrExceptionVersion
	}
	// u16 version, u16 message type
	if wire.Uint16(b, 0) != exceptionVersion {
		return 0, wire.ErrExceptionVersion
	}
	if wire.Uint32(b, 0) != exceptionType {
		return 2, wire.ErrExceptionType
	}
	// i32 len, method
	p := wire.End32(b, 4)
	if p < 0 {
		return 4, wire.ErrExceptionName
	}
	// i32 sequence
	if p > len(b)-4 {
		return p, wire.ErrExceptionField
	}
	e.Method = b[8:p:p]
	e.Seq = int32(wire.Uint32(b, p))
	return p + 4, nil
}

// fields reads the struct at b[p:] and returns where it ends.
func (e *Exception) fields(b []byte, p int) (n int, err error) {
	for p < len(b) {
		// u8 type, or the stop byte
		if b[p] == thriftStop {
			return p + 1, nil
		}
		// u16 id
		if p > len(b)-3 {
			return p, wire.ErrExceptionField
		}
		field := p
		if p, err = skipField(b, p, maxThriftDepth); err != nil {
			return p, err
		}
		switch uint32(b[field])<<16 | uint32(wire.Uint16(b, field+1)) {
		case fieldMessage:
			e.Message = b[field+7 : p : p]
		case fieldTypeID:
			e.TypeID = int32(wire.Uint32(b, field+3))
		}
	}
	return p, wire.ErrExceptionStop
}

// AppendText appends Message, or what peers show in its place when it is empty
// (rule 5.5). The bytes are the peer's: escape them before printing.
func (e *Exception) AppendText(dst []byte) []byte {
	if len(e.Message) > 0 {
		return append(dst, e.Message...)
	}
	if e.TypeID >= 0 && int(e.TypeID) < len(exceptionTexts) {
		return append(dst, exceptionTexts[e.TypeID]...)
	}
	dst = append(dst, "unknown exception type ["...)
	dst = strconv.AppendInt(dst, int64(e.TypeID), 10)
	return append(dst, ']')
}

// exceptionTexts is what Thrift peers show for an empty message, by type id.
var exceptionTexts = [...]string{
	0:  "unknown application exception",
	1:  "unknown method",
	2:  "invalid message type",
	3:  "wrong method name",
	4:  "bad sequence ID",
	5:  "missing result",
	6:  "unknown internal error",
	7:  "unknown protocol error",
	8:  "Invalid transform",
	9:  "Invalid protocol",
	10: "Unsupported client type",
}

// SizeException is how many bytes AppendException appends for a method and a
// message of these lengths.
func SizeException(method, message int) int {
	return 8 + method + beforeMessage + message + afterMessage
}

// AppendException appends an exception message, byte for byte as live peers
// write it (rule 5.6). Both fields are always there, an empty message too. If
// no frame could carry it, dst comes back as it was, with
// wire.ErrPayloadTooLarge.
func AppendException[M, T wire.Bytes](dst []byte, method M, seq, typeID int32, message T) ([]byte, error) {
	return appendException(dst, method, seq, typeID, message, wire.MaxPayload)
}

func appendException[M, T wire.Bytes](dst []byte, method M, seq, typeID int32, message T, limit uint64) ([]byte, error) {
	if uint64(len(method))+uint64(len(message)) > limit-uint64(SizeException(0, 0)) {
		return dst, wire.ErrPayloadTooLarge
	}
	dst = binary.BigEndian.AppendUint64(dst, exceptionType<<32|uint64(len(method)))
	dst = append(dst, method...)
	dst = wire.AppendUint32(dst, uint32(seq))
	n := len(message)
	dst = append(dst, thriftString, 0, 1, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	dst = append(dst, message...)
	return binary.BigEndian.AppendUint64(dst, fieldTypeID<<40|uint64(uint32(typeID))<<8|thriftStop), nil
}
