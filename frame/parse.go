package frame

import (
	"github.com/ttwire/ttwire/wire"
)

// Parse reads the frame at the start of b, with the default limits.
//
//   - err == nil: b[:n] is the frame, and f views it. Appending bytes to b
//     changes nothing.
//   - err == wire.ErrShort: b is a prefix of a legal frame as far as it can be
//     judged. n > len(b) is how many bytes to come back with: the whole frame's
//     size once 4 bytes are there, and never less than an earlier answer.
//   - else err is another wire.Code: b is illegal. n is the offset of the first
//     field that makes it so, and no further input changes code or offset.
//
// It never panics, allocates or keeps b beyond f. Its cost is linear in the
// header info and does not depend on the payload. After an error f must not be
// used.
func (f *Frame) Parse(b []byte) (n int, err error) { return f.ParseWithin(b, &defaults) }

// ParseWithin is Parse within lim. It takes the frames that are there whole and
// whose header info has the shape that peers write; all else, and every error
// but the frequent ones, it leaves to parse.
func (f *Frame) ParseWithin(b []byte, lim *Limits) (n int, err error) {
	if len(b) < FixedSize+wire.MinHeader {
		return f.parse(b, lim)
	}
	length := wire.Uint32(b, offLength)
	if b[offMagic] != magic>>8 || b[offMagic+1] != magic&0xFF {
		// LENGTH is judged before MAGIC, and foreign bytes have names.
		if length-shortest <= usualPayload && lim.MaxPayload == 0 && wire.ForeignMagic(wire.Uint16(b, offMagic)) == 0 {
			return offMagic, wire.ErrMagic
		}
		return f.parse(b, lim)
	}
	info, end := FixedSize+4*int(wire.Uint16(b, offHeaderSize)), lengthSize+int(length)
	flags, stream := Flags(wire.Uint16(b, offFlags)), int32(wire.Uint32(b, offStreamID))
	if flags&FlagStreaming == 0 || stream == 0 || uint(end) > uint(len(b)) || uint(end-info) > usualPayload {
		return f.parse(b, lim)
	}
	pairs := wire.DefaultMaxPairs
	if lim != &defaults {
		if info-FixedSize > lim.Header() || end-info > lim.Payload() {
			return f.parse(b, lim)
		}
		pairs = lim.Pairs()
	}
	f.Flags, f.StreamID = flags, stream
	f.Payload = b[info:end:end]
	typ, bad := f.Header.ParseUsual(b[FixedSize:info], pairs)
	switch f.Type = Type(typ - '0'); {
	case f.Type.Valid():
		return end, nil
	case bad != 0:
		return FixedSize + bad, wire.ErrStrPair
	case typ == 0:
		return f.parse(b, lim)
	}
	if n, err = f.unknownType(lim); err == nil {
		n = end
	}
	return n, err
}

// usualPayload is the longest payload of a usual frame, in bytes, and shortest
// the smallest LENGTH. With the default limit on payloads, a LENGTH of up to
// shortest + usualPayload is legal; the last line does not compile if one could
// begin like foreign bytes.
const (
	usualPayload = wire.DefaultMaxPayload - wire.MinHeader
	shortest     = afterSize + wire.MinHeader
	_            = uint(wire.MinForeign<<24 - 1 - (shortest + usualPayload))
)

// parse is the whole of ParseWithin, which takes the usual frames itself.
func (f *Frame) parse(b []byte, lim *Limits) (n int, err error) {
	n, payload, err := f.ParseHeaderWithin(b, lim)
	if err != nil {
		return whole(b, n, err)
	}
	end := n + payload
	if end > len(b) {
		return end, wire.ErrShort
	}
	f.Payload = b[n:end:end]
	return end, nil
}

// whole turns an ErrShort about the header info into one about the frame.
func whole(b []byte, n int, err error) (int, error) {
	if err == wire.ErrShort && len(b) >= lengthSize {
		return lengthSize + int(wire.Uint32(b, offLength)), err
	}
	return n, err
}

// ParseHeader is Parse for all of a frame but its payload, with the default
// limits, for callers who choose the payload's home before it is read:
//
//   - err == nil: b[:n] is the fixed part and the header info; payload bytes of
//     payload follow it. f.Payload is nil.
//   - err == wire.ErrShort: n is how many bytes to come back with: FixedSize,
//     then the size of fixed part and header info.
//   - else as Parse.
func (f *Frame) ParseHeader(b []byte) (n, payload int, err error) {
	return f.ParseHeaderWithin(b, &defaults)
}

// ParseHeaderWithin is ParseHeader within lim.
func (f *Frame) ParseHeaderWithin(b []byte, lim *Limits) (n, payload int, err error) {
	if len(b) < FixedSize {
		n, err = judge(b, lim)
		return n, 0, err
	}
	length := int64(wire.Uint32(b, offLength))
	word := wire.Uint32(b, offMagic) // MAGIC and FLAGS
	info := 4 * int(wire.Uint16(b, offHeaderSize))
	rest := length - int64(afterSize+info)
	if word>>16 != magic || word&uint32(FlagStreaming) == 0 ||
		info == 0 || info > lim.Header() || rest < 0 || rest > int64(lim.Payload()) || length > wire.MaxLength {
		n, err = judge(b, lim)
		return n, 0, err
	}
	f.Flags = Flags(word)
	f.StreamID = int32(wire.Uint32(b, offStreamID))
	f.Payload = nil
	n, err = f.Header.ParsePrefix(b[FixedSize:], info, lim)
	n += FixedSize
	if err != nil {
		return n, 0, err
	}
	if at, err := f.setType(lim); err != nil {
		return at, 0, err
	}
	return n, int(rest), nil
}

// judge looks at the fixed part field by field, as far as it is there, and
// says what is illegal about it, or ErrShort.
func judge(b []byte, lim *Limits) (n int, err error) {
	if len(b) < lengthSize {
		return FixedSize, wire.ErrShort
	}
	length := int64(wire.Uint32(b, offLength))
	switch {
	case length < afterSize+wire.MinHeader:
		return offLength, badLength(b, wire.ErrLength)
	case length > min(int64(afterSize+lim.Header()+lim.Payload()), wire.MaxLength):
		return offLength, badLength(b, wire.ErrPayloadLimit)
	case len(b) >= offFlags && wire.Uint16(b, offMagic) != magic:
		return offMagic, badMagic(b)
	case len(b) >= offStreamID && Flags(wire.Uint16(b, offFlags))&FlagStreaming == 0:
		return offFlags, wire.ErrFlags
	case len(b) < FixedSize:
		return FixedSize, wire.ErrShort
	}
	info := 4 * int64(wire.Uint16(b, offHeaderSize))
	switch {
	case info == 0:
		return offHeaderSize, wire.ErrHeaderSize
	case info > int64(lim.Header()):
		return offHeaderSize, wire.ErrHeaderLimit
	case length < afterSize+info:
		return offLength, wire.ErrLength
	}
	return offLength, wire.ErrPayloadLimit
}

// badLength names foreign bytes where LENGTH should be, or gives code.
func badLength(b []byte, code wire.Code) wire.Code {
	if c := wire.ForeignStart([4]byte(b)); c != 0 {
		return c
	}
	return code
}

// badMagic names foreign bytes where MAGIC should be. With a raised limit the
// LENGTH before it may be the start of something known.
func badMagic(b []byte) wire.Code {
	m := wire.Uint16(b, offMagic)
	if c := wire.ForeignMagic(m); c != 0 {
		return c
	}
	return badLength(b, wire.ErrMagic)
}

// setType takes the frame's type from the parsed header info (rules 4.1, 4.3),
// or returns the offset in the frame of what is illegal about it.
func (f *Frame) setType(lim *Limits) (at int, err error) {
	f.Type = Type(f.Header.FrameType() - '0')
	switch {
	case !f.Type.Valid():
		return f.unknownType(lim)
	case f.StreamID == 0 && f.Type != Meta:
		return offStreamID, wire.ErrStreamID
	}
	return 0, nil
}

// unknownType lets a type through that is not one of the five, or says where
// it stands: its character, or the length that is not 1, or for a missing one
// the last byte of the header info, where it could have come at the latest.
func (f *Frame) unknownType(lim *Limits) (at int, err error) {
	if f.Type = 0; lim.UnknownTypes {
		return 0, nil
	}
	info := f.Header.Bytes()
	at = f.Header.FrameTypeAt()
	if at < 0 {
		return FixedSize + len(info) - 1, wire.ErrNoFrameType
	}
	if wire.Uint16(info, at) == 1 {
		at += 2
	}
	return FixedSize + at, wire.ErrFrameType
}
