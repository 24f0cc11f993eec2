package frame

import (
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Template is a data frame without its payload, made once for a stream: such
// frames differ in the 4 bytes of LENGTH only. It is read-only after it has
// been made, so that any number of goroutines may append from it.
type Template struct {
	prefix []byte // fixed part and header info, with LENGTH for no payload
	max    int    // longest payload, in bytes
}

// NewTemplate makes the template of a stream's data frames, with the default
// limits. An empty method leaves the method out. Errors are those of Builder.
func NewTemplate(stream int32, method string, p header.Protocol) (Template, error) {
	return NewTemplateWithin(stream, method, p, &defaults)
}

// NewTemplateWithin is NewTemplate within lim.
func NewTemplateWithin(stream int32, method string, p header.Protocol, lim *Limits) (Template, error) {
	b := BeginWithin(nil, Data, stream, p, lim)
	if method != "" {
		b.Method(method)
	}
	prefix, err := b.FinishPrefix(0)
	if err != nil {
		return Template{}, err
	}
	return Template{prefix: prefix, max: min(lim.Payload(), wire.MaxLength+lengthSize-len(prefix))}, nil
}

// Append appends a data frame with this payload, which it copies. It fails
// with wire.ErrPayloadTooLarge, or with wire.ErrOrder for the zero Template,
// and gives dst back as it was then.
func (t *Template) Append(dst, payload []byte) ([]byte, error) {
	prefix, p := t.prefix, len(dst)
	n := len(prefix)
	end := p + n + len(payload)
	if n < minUsual || n > maxUsual || cap(dst) < max(p+maxUsual, end) || len(payload) > t.max {
		dst, err := t.AppendPrefix(dst, len(payload))
		if err != nil {
			return dst, err
		}
		return append(dst, payload...), nil
	}
	// Three moves, of which two may overlap, beat the call that copy is.
	d := (*[maxUsual]byte)(dst[p : p+maxUsual])
	*(*[16]byte)(d[:]) = [16]byte(prefix)
	*(*[16]byte)(d[16:]) = [16]byte(prefix[16:])
	*(*[16]byte)(d[n-16:]) = [16]byte(prefix[n-16:])
	wire.PutUint32(d[:], offLength, uint32(n+len(payload)-lengthSize))
	dst = dst[:end]
	copy(dst[p+n:], payload)
	return dst, nil
}

// A prefix of this many bytes has a method of 3 to 18 letters.
const (
	minUsual = 32
	maxUsual = 48
)

// AppendPrefix is Append without the payload: the caller sends payload bytes
// of it right behind what is returned, by writev or otherwise.
func (t *Template) AppendPrefix(dst []byte, payload int) ([]byte, error) {
	if uint(payload) > uint(t.max) {
		return dst, wire.ErrPayloadTooLarge
	}
	if len(t.prefix) == 0 {
		return dst, wire.ErrOrder
	}
	p := len(dst)
	dst = append(dst, t.prefix...)
	wire.PutUint32(dst, p, uint32(len(t.prefix)-lengthSize+payload))
	return dst, nil
}

// Stream is the id of the template's stream, 0 for the zero Template.
func (t *Template) Stream() int32 {
	if len(t.prefix) == 0 {
		return 0
	}
	return int32(wire.Uint32(t.prefix, offStreamID))
}
