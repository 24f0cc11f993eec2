package wire

import "strconv"

// Error is a Code with its place. It is built once, when a connection or a
// file is given up; hot paths return the Code and an offset instead.
type Error struct {
	Code   Code
	Frame  int64 // where the frame starts, in bytes from the start of the input
	Offset int   // the first illegal byte, in bytes from the start of the frame
}

// Error says what is wrong and where. The text is ASCII of at most 256 bytes
// and holds no byte of the input.
func (e *Error) Error() string {
	b := make([]byte, 0, 160)
	b = append(b, e.Code.Error()...)
	b = append(b, " (at byte "...)
	b = strconv.AppendInt(b, int64(e.Offset), 10)
	b = append(b, " of the frame that starts at byte "...)
	b = strconv.AppendInt(b, e.Frame, 10)
	b = append(b, "; "...)
	if n := e.Code.StreamCode(); n != 0 {
		b = strconv.AppendInt(b, int64(n), 10)
		b = append(b, ' ')
	}
	b = append(b, e.Code.Reason()...)
	return string(append(b, ')'))
}

// Unwrap gives the Code, so that errors.Is finds it and its class.
func (e *Error) Unwrap() error { return e.Code }
