package wire

// What the wire itself can carry, and the defaults (rule 3.10).
const (
	MaxLength  = 0x3FFFFFFF // LENGTH, in bytes
	MaxHeader  = 4 * 65535  // header info that HEADER SIZE can announce, in bytes
	MinHeader  = 4          // the smallest header info, in bytes: HEADER SIZE counts words
	MaxPayload = MaxLength  // no payload is longer than a whole frame

	DefaultMaxHeader  = MaxHeader
	DefaultMaxPayload = 16 << 20
	DefaultMaxPairs   = 1024
)

// Limits bounds what is parsed and what is built. The zero Limits has every
// default in force; a field that is zero or negative means its default, and
// one over what the wire can carry means that. Nothing can be switched off. What
// takes a *Limits does not take nil: &Limits{} is the defaults.
type Limits struct {
	MaxHeader  int // header info, in bytes; 65,536 is the advice for untrusted peers
	MaxPayload int // payload of one frame, in bytes
	MaxPairs   int // string pairs, int pairs and ACL tokens of one frame together, duplicates counted

	// Strict refuses all on which known implementations disagree: transform
	// ids, a key that matters given twice, and in an ending anything that one
	// reader would take and another drop. Off by default.
	Strict bool

	// UnknownTypes lets frames through whose type is not one of the five, for
	// proxies that must carry what they do not know. Off by default.
	UnknownTypes bool
}

// Header is the limit in force for header info, in bytes.
func (l *Limits) Header() int {
	if n := l.MaxHeader; n > 0 && n < MaxHeader {
		return n
	}
	return DefaultMaxHeader
}

// Payload is the limit in force for a payload, in bytes.
func (l *Limits) Payload() int {
	switch n := l.MaxPayload; {
	case n <= 0:
		return DefaultMaxPayload
	case n > MaxPayload:
		return MaxPayload
	default:
		return n
	}
}

// Pairs is the limit in force for the pairs of one frame.
func (l *Limits) Pairs() int {
	if l.MaxPairs > 0 {
		return l.MaxPairs
	}
	return DefaultMaxPairs
}
