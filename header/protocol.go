package header

import "strconv"

// Protocol is the PROTOCOL ID of a header info (rule 3.1): how the payload of
// the frame's stream is serialised.
type Protocol uint8

// The protocol ids that are legal. ThriftStruct is what streaming uses.
const (
	ThriftBinary    Protocol = 0x00
	ThriftCompactV2 Protocol = 0x03
	KitexProtobuf   Protocol = 0x04
	ThriftStruct    Protocol = 0x10
	ProtobufStruct  Protocol = 0x11
)

// protocols has bit p set for each legal protocol id p below 32.
const protocols = 1<<ThriftBinary | 1<<ThriftCompactV2 | 1<<KitexProtobuf | 1<<ThriftStruct | 1<<ProtobufStruct

// Valid reports whether p may stand in a header info.
func (p Protocol) Valid() bool { return p < 32 && uint32(protocols)>>p&1 == 1 }

// String is the protocol's name, or its number in hex.
func (p Protocol) String() string {
	switch p {
	case ThriftBinary:
		return "thrift-binary"
	case ThriftCompactV2:
		return "thrift-compact-v2"
	case KitexProtobuf:
		return "kitex-protobuf"
	case ThriftStruct:
		return "thrift-struct"
	case ProtobufStruct:
		return "protobuf-struct"
	}
	return "0x" + strconv.FormatUint(uint64(p), 16)
}
