package status_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// foreignBiz and foreignException are what user code makes with other packages.
type foreignBiz struct{}

func (foreignBiz) Error() string               { return "biz error: code=7, msg=no" }
func (foreignBiz) BizStatusCode() int32        { return 7 }
func (foreignBiz) BizMessage() string          { return "no" }
func (foreignBiz) BizExtra() map[string]string { return map[string]string{"k": "v"} }

type foreignException struct{}

func (foreignException) Error() string { return "unknown method" }
func (foreignException) TypeId() int32 { return 1 }

func TestFromError(t *testing.T) {
	opErr := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	for _, test := range []struct {
		name string
		err  error
		kind status.Kind
		code int32
		text string
	}{
		{"frame error", &wire.Error{Code: wire.ErrMagic, Offset: 4}, status.Stream, 12004,
			"[ttstream error, code=12004] illegal frame: MAGIC is not 0x1000: this is not TTHeader (at byte 4 of the frame that starts at byte 0; 12004 magic)"},
		{"biz-extra", wire.ErrBizExtra, status.Stream, 12003,
			"[ttstream error, code=12003] illegal business error: biz-extra is not a flat JSON object of strings"},
		{"encoder", fmt.Errorf("send: %w", wire.ErrTooLong), status.Stream, 12005,
			"[ttstream error, code=12005] send: refused: a key, value or token is over 65,535 bytes"},
		{"cut input", wire.ErrShort, status.Stream, 12006, "[ttstream error, code=12006] more bytes are needed"},
		{"canceled", context.Canceled, status.Stream, 12007, "[ttstream error, code=12007] context canceled"},
		{"deadline", context.DeadlineExceeded, status.Stream, 12015, "[ttstream error, code=12015] context deadline exceeded"},
		{"EOF", io.EOF, status.Stream, 12006, "[ttstream error, code=12006] EOF"},
		{"unexpected EOF", io.ErrUnexpectedEOF, status.Stream, 12006, "[ttstream error, code=12006] unexpected EOF"},
		{"closed pipe", io.ErrClosedPipe, status.Stream, 12006, "[ttstream error, code=12006] io: read/write on closed pipe"},
		{"closed connection", net.ErrClosed, status.Stream, 12006, "[ttstream error, code=12006] use of closed network connection"},
		{"network", opErr, status.Stream, 12006, "[ttstream error, code=12006] read: connection reset by peer"},
		{"foreign business", fmt.Errorf("a: %w", foreignBiz{}), status.Business, 7,
			"type:business, code:7, msg:no, caused by a: biz error: code=7, msg=no"},
		{"foreign exception", foreignException{}, status.Application, 1, "unknown method"},
		{"anything", os.ErrNotExist, status.Framework, 999,
			"type:framework, code:999, msg:unknown error, caused by file does not exist"},
		{"stream code", fmt.Errorf("a: %w", status.IllegalOperation), status.Stream, 12005,
			"[ttstream error, code=12005] illegal operation"},
		{"ret code", status.RetServerLimited, status.Framework, 23, "type:framework, code:23, msg:rate-limited by the server"},
		{"biz code", status.BizCode(23), status.Business, 23, "type:business, code:23, msg:"},
		{"nil *BizError", (*status.BizError)(nil), status.Framework, 999, "type:framework, code:999, msg:unknown error"},
		{"nil *Error", (*status.Error)(nil), status.Framework, 999, "type:framework, code:999, msg:unknown error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := status.FromError(test.err)
			if e.Kind != test.kind || e.Code != test.code || e.Error() != test.text {
				t.Errorf("got %v %d %q\nwant %v %d %q", e.Kind, e.Code, e, test.kind, test.code, test.text)
			}
			if e.Cause != nil && e.Cause != test.err {
				t.Errorf("cause is %v, not the error itself", e.Cause)
			}
		})
	}
}

func TestFromErrorFindsOurs(t *testing.T) {
	if e := status.FromError(nil); e != nil || e.Err() != nil {
		t.Errorf("FromError(nil) = %v, and its Err() is %v", e, e.Err())
	}
	biz := status.NewBiz(10001, "m")
	if e := status.FromError(fmt.Errorf("a: %w", biz)); e != (*status.Error)(biz) {
		t.Errorf("got %p, not the error in the chain", e)
	}
	e := status.FromError(foreignBiz{})
	if e.Extra["k"] != "v" {
		t.Errorf("Extra is %v", e.Extra)
	}
}

func TestIsTimeoutIsCanceled(t *testing.T) {
	for _, test := range []struct {
		err               error
		timeout, canceled bool
	}{
		{nil, false, false},
		{io.EOF, false, false},
		{context.Canceled, false, true},
		{fmt.Errorf("a: %w", context.DeadlineExceeded), true, false},
		{os.ErrDeadlineExceeded, true, false},
		{&net.OpError{Err: errors.New("reset")}, false, false},
		{status.StreamTimeout, true, false},
		{status.NewStream(status.StreamTimeout, ""), true, false},
		{status.NewStream(status.RecvTimeout, ""), true, false},
		{status.NewStream(status.Canceled, ""), false, true},
		{fmt.Errorf("a: %w", status.NewStream(status.CanceledByConnection, "")), false, true},
		{status.NewStream(status.IllegalFrame, ""), false, false},
		{status.NewStream(12099, ""), false, false},
		{status.NewCallee(status.RetServerTimeout, ""), true, false},
		{status.NewFramework(status.RetClientCanceled, ""), false, true},
		{status.WrapFramework(status.NewCallee(21, ""), status.RetClientStreamReadEnd, ""), true, false},
		{status.WrapStream(os.ErrDeadlineExceeded, status.TransportClosing), true, false},
		// A business may use any number, and has the last word.
		{status.NewBiz(21, ""), false, false},
		{status.NewBiz(12007, ""), false, false},
		{status.WrapBiz(context.DeadlineExceeded, 1, ""), false, false},
		{(*status.Exception)(nil), false, false},
	} {
		if got := status.IsTimeout(test.err); got != test.timeout {
			t.Errorf("IsTimeout(%v) = %v", test.err, got)
		}
		if got := status.IsCanceled(test.err); got != test.canceled {
			t.Errorf("IsCanceled(%v) = %v", test.err, got)
		}
	}
}

// A code of package wire that does not exist is unknown, not code 0.
func TestFromUnknownCode(t *testing.T) {
	for _, c := range []wire.Code{0, 250} {
		if e := status.FromError(c); !errors.Is(e.Err(), status.RetUnknown) {
			t.Errorf("wire.Code %d: %v", c, e)
		}
	}
}
