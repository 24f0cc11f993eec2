package script

import (
	"errors"
	"fmt"

	"github.com/ttwire/ttwire/status"
)

// maxDepth is how many causes an error of a script has below one another.
const maxDepth = 20

// Error reads an error of any kind, with causes of its own and of others.
func (r *Reader) Error() *status.Error { return r.error(maxDepth) }

func (r *Reader) error(depth int) *status.Error {
	e := &status.Error{
		Kind: status.Framework + status.Kind(r.Pick(int(status.Application))),
		Code: r.Int32(), Message: r.String(),
	}
	e.Remote = e.Kind == status.CalleeFramework
	if e.Kind == status.Stream {
		e.Side = status.Side(r.Pick(3))
		for range r.Pick(20) {
			e.CancelPath = append(e.CancelPath, r.String())
		}
	}
	if depth > 0 {
		e.Cause = r.cause(depth)
	}
	return e
}

// The causes of an error.
const (
	noCause = iota
	foreign // of another package
	own
	wrapped // its own, behind a foreign text
	causes
)

func (r *Reader) cause(depth int) error {
	switch r.Pick(causes) {
	case foreign:
		return errors.New(r.String())
	case own:
		return r.error(depth - 1).Err()
	case wrapped:
		text := r.String()
		return fmt.Errorf("%s%w", text, r.error(depth-1).Err())
	}
	return nil
}

// Error writes an error as Error reads it. Of a cause that is foreign only the
// text is kept.
func (w *Writer) Error(e *status.Error) {
	w.Byte(byte(e.Kind - status.Framework))
	w.Int32(e.Code)
	w.String(e.Message)
	if e.Kind == status.Stream {
		w.Byte(byte(e.Side))
		path := e.CancelPath[:min(len(e.CancelPath), 19)]
		w.Byte(byte(len(path)))
		for _, hop := range path {
			w.String(hop)
		}
	}
	var biz *status.BizError
	var exc *status.Exception
	switch {
	case e.Cause == nil:
		w.Byte(noCause)
	case errors.As(e.Cause, &biz):
		w.Byte(own)
		w.Error((*status.Error)(biz))
	case errors.As(e.Cause, &exc):
		w.Byte(own)
		w.Error((*status.Error)(exc))
	default:
		w.Byte(foreign)
		w.String(e.Cause.Error())
	}
}
