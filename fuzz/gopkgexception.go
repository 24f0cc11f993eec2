package fuzz

import (
	"errors"

	"github.com/cloudwego/gopkg/protocol/thrift"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// ExceptionDifferences are the ways in which trailer.Exception and package
// thrift of cloudwego/gopkg v0.1.4 differ on purpose.
var ExceptionDifferences = []Difference{
	{"unknown-field", "either", "It measures an unknown field from the start of the fields instead of the field's: it then reads on in the wrong place, refuses, or panics (rule 5.3)."},
	{"length-32-bit", "gopkg panics", "Where an int has 32 bits, a length near 2^31 overflows there. Here it is illegal (rules 5.1, 5.4)."},
	{"exception-type", "gopkg accepts", "It does not look at byte 2, the upper byte of the message type (rule 5.1)."},
}

// GopkgException: gopkg's reader of exceptions and ours agree on every payload
// whose fields are the two known ones, and gopkg reads what is written here.
func GopkgException(t T, in []byte) {
	var e trailer.Exception
	n, err := e.Parse(in, false)
	if hasUnknownField(in) || len(in) > 2 && in[2] != 0 {
		return
	}
	method, seq, theirs, theirErr := gopkgException(in)
	if (err == nil) != (theirErr == nil) {
		t.Fatalf("here: %d, %v; gopkg: %v", n, err, theirErr)
	}
	if err != nil {
		return
	}
	saysException(t, &e, method, seq, theirs)
	out, err := trailer.AppendException(nil, e.Method, e.Seq, e.TypeID, e.Message)
	method, seq, theirs, theirErr = gopkgException(out)
	if err != nil || theirErr != nil {
		t.Fatalf("%+v is written, %v, and gopkg reads %v", &e, err, theirErr)
	}
	saysException(t, &e, method, seq, theirs)
}

func saysException(t T, e *trailer.Exception, method string, seq int32, theirs *thrift.ApplicationException) {
	t.Helper()
	if method != string(e.Method) || seq != e.Seq || theirs.TypeID() != e.TypeID || theirs.Msg() != string(e.Message) {
		t.Fatalf("here %+v, gopkg %q, %d, %d, %q", e, method, seq, theirs.TypeID(), theirs.Msg())
	}
}

var (
	errNoException = errors.New("gopkg: no exception")
	errPanic       = errors.New("gopkg: panic")
)

// gopkgException reads an exception with gopkg. A panic counts as an error.
func gopkgException(in []byte) (method string, seq int32, e *thrift.ApplicationException, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errPanic
		}
	}()
	method, typ, seq, n, err := thrift.Binary.ReadMessageBegin(in)
	if err == nil && typ != thrift.EXCEPTION {
		err = errNoException
	}
	if err != nil {
		return "", 0, nil, err
	}
	e = thrift.NewApplicationException(0, "")
	_, err = e.FastRead(in[n:])
	return method, seq, e, err
}

// hasUnknownField reports whether a payload has, as far as it can be read, a
// field that is not the message or the type id.
func hasUnknownField(in []byte) bool {
	at := wire.End32(in, min(4, len(in)))
	if at < 0 || at+4 > len(in) {
		return false
	}
	for at += 4; at+3 <= len(in) && in[at] != 0; {
		switch id := wire.Uint16(in, at+1); {
		case in[at] == 0x0B && id == 1:
			if at = wire.End32(in, at+3); at < 0 {
				return false
			}
		case in[at] == 0x08 && id == 2:
			at += 3 + 4
		default:
			return true
		}
	}
	return false
}
