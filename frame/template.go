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
	dst, err := t.AppendPrefix(dst, len(payload))
	if err != nil {
		return dst, err
	}
	return append(dst, payload...), nil
}

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
