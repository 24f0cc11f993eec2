package frame

import "strconv"

// Type is what a frame is for (rule 4.1). On the wire it is the one character
// of int key 27.
type Type uint8

// The five frame types. A frame that wire.Limits.UnknownTypes let through has
// Type 0; its int key 27 has the rest.
const (
	Meta    Type = 1 // metadata of the connection or a stream (rule 4.4)
	Header  Type = 2 // opens a stream, or answers the opening (rule 4.5)
	Data    Type = 3 // one message (rule 4.6)
	Trailer Type = 4 // half-close by the client, the ending by the server (rule 4.7)
	Rst     Type = 5 // ends the stream at once, both ways (rule 4.8)
)

// Valid reports whether t is one of the five.
func (t Type) Valid() bool { return t-1 < 5 }

// String is the type's name: meta, header, data, trailer or rst.
func (t Type) String() string {
	switch t {
	case Meta:
		return "meta"
	case Header:
		return "header"
	case Data:
		return "data"
	case Trailer:
		return "trailer"
	case Rst:
		return "rst"
	}
	return "type " + strconv.Itoa(int(t))
}

// digit is the type as it stands on the wire.
func (t Type) digit() byte { return '0' + byte(t) }

// Flags is the FLAGS field (rule 2.3). Bits without a name are carried.
type Flags uint16

// The flags that have a meaning. FlagStreaming is set on every legal frame.
const (
	FlagOutOfOrder    Flags = 0x0001
	FlagStreaming     Flags = 0x0002
	FlagDuplexReverse Flags = 0x0008
	FlagSASL          Flags = 0x0010
)
