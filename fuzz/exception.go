package fuzz

import (
	"bytes"
	"slices"

	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Exception: trailer.Exception over any payload. No beginning of an exception is
// one, what follows one changes nothing, what was read can be written, and the
// second decoder reads the same.
func Exception(t T, in []byte) {
	var e trailer.Exception
	n, err := e.Parse(in, false)
	exceptionStrict(t, in, n, err)
	plainException(t, in, false)
	plainException(t, in, true)
	if err == nil {
		exceptionLegal(t, in, n, &e)
	} else {
		exceptionIllegal(t, in, n, err, &e)
	}
	allocates(t, in, 0, 0, func() { e.Parse(in, true) })
	linear(t, in, func(in []byte) { e.Parse(in, true) })
}

// exceptionStrict: strict refuses bytes behind the stop byte, and nothing else.
func exceptionStrict(t T, in []byte, n int, err error) {
	t.Helper()
	var e trailer.Exception
	m, strict := e.Parse(in, true)
	if err == nil && n < len(in) {
		err = wire.ErrExceptionTail
	}
	if strict != err || m != n {
		t.Fatalf("strict: %d, %v; want %d, %v", m, strict, n, err)
	}
}

func exceptionLegal(t T, in []byte, n int, e *trailer.Exception) {
	t.Helper()
	if n < 13 || n > len(in) {
		t.Fatalf("%d of %d bytes are an exception", n, len(in))
	}
	isWindow(t, in[:n], e.Method)
	isWindow(t, in[:n], e.Message)
	for i := range cuts(n) {
		var cut trailer.Exception
		if m, err := cut.Parse(in[:i], false); err == nil || m > i {
			t.Fatalf("%d of %d bytes: %d, %v", i, n, m, err)
		}
	}
	text := e.AppendText(nil)
	if len(e.Message) > 0 && !bytes.Equal(text, e.Message) || len(text) == 0 {
		t.Fatalf("the text of %q is %q", e.Message, text)
	}
	out, err := appended(t, func(dst []byte) ([]byte, error) {
		return trailer.AppendException(dst, e.Method, e.Seq, e.TypeID, e.Message)
	})
	var again trailer.Exception
	m, parseErr := again.Parse(out, true)
	if err != nil || parseErr != nil || m != len(out) || m != trailer.SizeException(len(e.Method), len(e.Message)) {
		t.Fatalf("written again: %d bytes, %v, and read: %d, %v", len(out), err, m, parseErr)
	}
	if !bytes.Equal(again.Method, e.Method) || again.Seq != e.Seq || again.TypeID != e.TypeID || !bytes.Equal(again.Message, e.Message) {
		t.Fatalf("%+v, written and read again: %+v", e, &again)
	}
}

func exceptionIllegal(t T, in []byte, n int, err error, e *trailer.Exception) {
	t.Helper()
	code, ok := err.(wire.Code)
	if !ok || !code.Is(wire.ErrIllegalFrame) || n < 0 || n > len(in) {
		t.Fatalf("%v at %d of %d bytes", err, n, len(in))
	}
	if e.Method != nil || e.Seq != 0 || e.TypeID != 0 || e.Message != nil {
		t.Fatalf("%v, and the exception is %+v", err, e)
	}
	// What is wrong stays wrong at the same place, unless it is that the input
	// ends: an exception comes whole.
	more, moreErr := e.Parse(append(slices.Clone(in), make([]byte, 64)...), false)
	if more < n {
		t.Fatalf("%v at %d; with zeros behind it: %v at %d", err, n, moreErr, more)
	}
}
