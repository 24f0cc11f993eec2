package script

import (
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// Ending is a status that is to be sent, as a trailer or rst, on a stream.
// Anything may be wrong with it.
type Ending struct {
	Limits byte // an index of Limits
	Type   frame.Type
	Stream trailer.Stream
	Status status.Status
	User   []status.Pair
}

// What a status has, as bits of one byte.
const (
	hasRet = 1 << iota
	hasFuncRet
	hasMessage
	hasNoDetail
	hasExtra
	hasPairs
	hasPath
)

// Ending reads one.
func (r *Reader) Ending() Ending {
	e := Ending{Limits: byte(r.Pick(len(Limits))), Type: frame.Trailer}
	if r.Bool() {
		e.Type = frame.Rst
	}
	e.Stream = trailer.Stream{ID: r.Int32(), Method: r.String(), Protocol: r.protocol()}
	e.Status = r.Status()
	e.User = r.pairs()
	return e
}

// Ending writes one.
func (w *Writer) Ending(e Ending) {
	w.Byte(e.Limits)
	w.Bool(e.Type == frame.Rst)
	w.Int32(e.Stream.ID)
	w.String(e.Stream.Method)
	w.protocol(e.Stream.Protocol)
	w.Status(e.Status)
	w.pairs(e.User)
}

// Status reads a status to be sent.
func (r *Reader) Status() status.Status {
	s := status.Status{Ending: status.Ending(r.Pick(int(status.EndIllegal) + 2))}
	has := r.Byte()
	if has&hasRet != 0 {
		s.Ret = r.Int32()
	}
	if has&hasFuncRet != 0 {
		s.FuncRet = r.Int32()
	}
	if has&hasMessage != 0 {
		s.Message = r.Bytes()
	}
	s.NoDetail = has&hasNoDetail != 0
	if has&hasExtra != 0 {
		s.Extra = r.Bytes()
	}
	if has&hasPairs != 0 {
		s.Pairs = r.pairs()
	}
	if has&hasPath != 0 {
		s.CancelPath = r.Bytes()
	}
	return s
}

// Status writes a status to be sent.
func (w *Writer) Status(s status.Status) {
	w.Byte(byte(s.Ending))
	at := len(w.b)
	w.Byte(0)
	has := func(bit byte, is bool) bool {
		if is {
			w.b[at] |= bit
		}
		return is
	}
	if has(hasRet, s.Ret != 0) {
		w.Int32(s.Ret)
	}
	if has(hasFuncRet, s.FuncRet != 0) {
		w.Int32(s.FuncRet)
	}
	if has(hasMessage, s.Message != nil) {
		w.Bytes(s.Message)
	}
	has(hasNoDetail, s.NoDetail)
	if has(hasExtra, s.Extra != nil) {
		w.Bytes(s.Extra)
	}
	if has(hasPairs, s.Pairs != nil) {
		w.pairs(s.Pairs)
	}
	if has(hasPath, s.CancelPath != nil) {
		w.Bytes(s.CancelPath)
	}
}

// pairs reads up to 255 pairs; none of them is not nil.
func (r *Reader) pairs() []status.Pair {
	n := int(r.Byte())
	pairs := []status.Pair{}
	for ; n > 0 && r.More(); n-- {
		pairs = append(pairs, status.Pair{Key: r.String(), Value: r.String()})
	}
	return pairs
}

func (w *Writer) pairs(pairs []status.Pair) {
	pairs = pairs[:min(len(pairs), 255)]
	w.Byte(byte(len(pairs)))
	for _, p := range pairs {
		w.String(p.Key)
		w.String(p.Value)
	}
}
