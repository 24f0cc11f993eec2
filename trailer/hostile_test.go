package trailer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// ending is what a case must come to.
type want struct {
	status.Status        // Ending, Ret, FuncRet, NoDetail, Err, Offset are compared
	message       string // of the status
	extra         string // of the status, as it stands; only a business error has one
	code          int32  // of the user's error; 0: none, it ended well
}

func ok() want { return want{Status: status.Status{Ending: status.EndOK}} }

func biz(code int32, message string) want {
	return want{Status: status.Status{Ending: status.EndBusiness, FuncRet: code}, message: message, code: code}
}

func framework(ret int32, message string) want {
	return want{Status: status.Status{Ending: status.EndFramework, Ret: ret}, message: message, code: 12001}
}

func bad(c wire.Code, at int) want {
	return want{Status: status.Status{Ending: status.EndIllegal, Err: c, Offset: at}, code: c.StreamCode()}
}

func (w want) withFuncRet(code int32, message string) want {
	w.FuncRet, w.message = code, message
	return w
}

func (w want) withRet(ret int32, message string) want {
	w.Ret, w.message = ret, message
	return w
}

func (w want) withExtra(json string) want {
	w.extra = json
	return w
}

func canceled(ret int32, message string) want {
	return want{Status: status.Status{Ending: status.EndCanceled, Ret: ret}, message: message, code: ret}
}

// TestHostile: the rows B and X of the catalogue as far as they concern whole
// frames; those of the exception, the JSON and the path alone are beside them.
func TestHostile(t *testing.T) {
	strict, lenient := trailer.Mode{Strict: true}, trailer.Mode{Lenient: true}
	long := strings.Repeat("m", wire.MaxLen16)
	boom := exception(t, 6, "boom")
	for _, c := range []struct {
		id      string
		pairs   []string
		payload string
		mode    trailer.Mode
		want    want
	}{
		{"B1/zero", []string{"biz-status", "0"}, "", trailer.Mode{}, ok()},
		{"B1/minus-zero", []string{"biz-status", "-0"}, "", trailer.Mode{}, ok()},
		{"B1/missing", nil, "", trailer.Mode{}, ok()},
		{"B2/max", []string{"biz-status", "2147483647"}, "", trailer.Mode{}, biz(1<<31-1, "")},
		{"B2/min", []string{"biz-status", "-2147483648"}, "", trailer.Mode{}, biz(-1<<31, "")},
		{"B3/over", []string{"biz-status", "2147483648", "biz-message", "m"}, "", trailer.Mode{}, bad(wire.ErrBizStatus, 0).withRet(0, "m")},
		{"B3/under", []string{"biz-status", "-2147483649"}, "", trailer.Mode{}, bad(wire.ErrBizStatus, 0)},
		{"B3/40-digits", []string{"biz-status", strings.Repeat("9", 40)}, "", trailer.Mode{}, bad(wire.ErrBizStatus, 0)},
		{"B4/empty", []string{"biz-status", ""}, "", trailer.Mode{}, bad(wire.ErrBizStatus, 0)},
		{"B4/abc", []string{"biz-status", "abc"}, "", trailer.Mode{}, bad(wire.ErrBizStatus, 0)},
		{"B4/lenient", []string{"biz-status", "abc"}, "", lenient, ok()},
		{"B5/plus", []string{"biz-status", "+5"}, "", trailer.Mode{}, biz(5, "")},
		{"B5/zeros", []string{"biz-status", "-007"}, "", trailer.Mode{}, biz(-7, "")},
		{"B6/space", []string{"biz-status", "5 "}, "", trailer.Mode{}, bad(wire.ErrBizStatus, 0)},
		{"B6/lenient", []string{"biz-status", "5\n"}, "", lenient, ok()},
		{"B7/message-alone", []string{"biz-message", "m"}, "", trailer.Mode{}, ok()},
		{"B8/no-message", []string{"biz-status", "9"}, "", trailer.Mode{}, biz(9, "")},
		{"B9/exception-wins", []string{"biz-status", "9", "biz-message", "m"}, boom, trailer.Mode{}, framework(6, "boom")},
		{"B9/over-extra", []string{"biz-status", "9", "biz-extra", `{"a":"b"}`}, boom, trailer.Mode{}, framework(6, "boom")},
		{"B9/over-bad-status", []string{"biz-status", "x"}, boom, trailer.Mode{}, framework(6, "boom")},
		{"B10/long-message", []string{"biz-status", "9", "biz-message", long}, "", trailer.Mode{}, biz(9, long)},
		{"B11/extra", []string{"biz-status", "9", "biz-extra", `{"a":"b"}`}, "", trailer.Mode{}, biz(9, "").withExtra(`{"a":"b"}`)},
		{"B11/extra-alone", []string{"biz-extra", `{"a":"b"}`}, "", trailer.Mode{}, ok()},
		{"B12/array", []string{"biz-status", "9", "biz-message", "m", "biz-extra", "[]"}, "", trailer.Mode{}, bad(wire.ErrBizExtra, 0).withFuncRet(9, "m")},
		{"B12/lenient-too", []string{"biz-status", "9", "biz-message", "m", "biz-extra", "[]"}, "", lenient, bad(wire.ErrBizExtra, 0).withFuncRet(9, "m")},
		{"B12/status-0", []string{"biz-status", "0", "biz-extra", "[]"}, "", trailer.Mode{}, ok()},
		{"B14/strict", []string{"biz-status", "9", "biz-extra", `{"a":"","a":""}`}, "", strict, bad(wire.ErrBizDuplicate, 8).withFuncRet(9, "")},
		{"H24/last-wins", []string{"biz-status", "9", "biz-status", "10"}, "", trailer.Mode{}, biz(10, "")},
		{"H24/last-message", []string{"biz-status", "9", "biz-message", "m", "biz-message", "n"}, "", trailer.Mode{}, biz(9, "n")},
		{"H24/last-extra", []string{"biz-status", "9", "biz-extra", `{"a":"b"}`, "biz-extra", `{}`}, "", trailer.Mode{}, biz(9, "").withExtra(`{}`)},
		{"H24/last-extra-legal", []string{"biz-status", "9", "biz-extra", "[]", "biz-extra", `{"a":"b"}`}, "", trailer.Mode{}, biz(9, "").withExtra(`{"a":"b"}`)},
		{"H24/last-extra-illegal", []string{"biz-status", "9", "biz-extra", "{}", "biz-extra", "[]"}, "", trailer.Mode{}, bad(wire.ErrBizExtra, 0).withFuncRet(9, "")},
		{"H24/last-trpc", []string{"biz-status", "9", "trpc-func-ret", "8", "trpc-func-ret", "9", "trpc-error-msg", "m", "trpc-error-msg", "n"}, "", trailer.Mode{}, biz(9, "n")},
		{"H24/strict", []string{"biz-status", "9", "biz-status", "9"}, "", strict, bad(wire.ErrBizDuplicate, 0)},
		{"H24/strict-message", []string{"biz-status", "9", "biz-message", "", "biz-message", ""}, "", strict, bad(wire.ErrBizDuplicate, 0)},
		{"H24/strict-extra", []string{"biz-status", "9", "biz-extra", "", "biz-extra", ""}, "", strict, bad(wire.ErrBizDuplicate, 0)},

		{"X1/one-byte", []string{"biz-status", "9", "biz-message", "m", "biz-extra", "{}"}, "x", trailer.Mode{}, bad(wire.ErrExceptionVersion, 0)},
		{"X3/reply", nil, "\x80\x01\x00\x02" + boom[4:], trailer.Mode{}, bad(wire.ErrExceptionType, 2)},
		{"X8/tail", nil, boom + "x", trailer.Mode{}, framework(6, "boom")},
		{"X8/tail-strict", nil, boom + "x", strict, bad(wire.ErrExceptionTail, len(boom))},
		{"X9/old-style", nil, "\x00" + boom[1:], trailer.Mode{}, bad(wire.ErrExceptionVersion, 0)},
		{"X10/poses-as-local", nil, exception(t, 12006, "closing"), trailer.Mode{}, framework(12006, "closing")},
		{"X10/zero", nil, exception(t, 0, "x"), trailer.Mode{}, framework(0, "x")},
		{"X11/empty", nil, exception(t, 6, ""), trailer.Mode{}, framework(6, "")},

		{"trpc/agree", []string{"biz-status", "9", "trpc-ret", "0", "trpc-func-ret", "+9"}, "", trailer.Mode{}, biz(9, "")},
		{"trpc/message", []string{"biz-status", "9", "trpc-error-msg", "tm"}, "", trailer.Mode{}, biz(9, "tm")},
		{"trpc/message-not-over", []string{"biz-status", "9", "biz-message", "m", "trpc-error-msg", "tm"}, "", trailer.Mode{}, biz(9, "m")},
		{"trpc/success-has-no-message", []string{"trpc-error-msg", "tm"}, "", trailer.Mode{}, ok()},
		{"trpc/success-zero", []string{"trpc-ret", "0", "trpc-func-ret", "0"}, "", trailer.Mode{}, ok()},
		{"trpc/func-ret-alone", []string{"trpc-func-ret", "9"}, "", trailer.Mode{}, bad(wire.ErrContradiction, 0)},
		{"trpc/ret-alone", []string{"trpc-ret", "9"}, "", trailer.Mode{}, bad(wire.ErrContradiction, 0)},
		{"trpc/other-func-ret", []string{"biz-status", "9", "trpc-func-ret", "10"}, "", trailer.Mode{}, bad(wire.ErrContradiction, 0).withFuncRet(9, "")},
		{"trpc/other-ret", []string{"trpc-ret", "7"}, boom, trailer.Mode{}, bad(wire.ErrContradiction, 0).withRet(6, "boom")},
		{"trpc/other-ret-beside-func-ret", []string{"trpc-ret", "7", "trpc-func-ret", "10001"}, boom, trailer.Mode{}, bad(wire.ErrContradiction, 0).withRet(6, "boom")},
		{"trpc/both", []string{"trpc-ret", "6", "trpc-func-ret", "10001"}, boom, trailer.Mode{}, framework(6, "boom").withFuncRet(10001, "boom")},
		{"trpc/fills-empty", []string{"trpc-error-msg", "tm"}, exception(t, 6, ""), trailer.Mode{}, framework(6, "tm")},
		{"trpc/no-number", []string{"trpc-ret", ""}, "", trailer.Mode{}, bad(wire.ErrTRPCCode, 0)},
		{"trpc/no-number-func", []string{"biz-status", "9", "trpc-func-ret", "x"}, "", trailer.Mode{}, bad(wire.ErrTRPCCode, 0).withFuncRet(9, "")},
		{"trpc/lenient-is-no-way-out", []string{"biz-status", "x", "trpc-func-ret", "9"}, "", lenient, bad(wire.ErrContradiction, 0)},

		{"P-8/path-on-trailer", []string{"ttscp", "A,B"}, "", trailer.Mode{}, ok()},
	} {
		t.Run(c.id, func(t *testing.T) {
			checkEnding(t, parseFrame(t, build(t, frame.Trailer, c.payload, c.pairs...)), c.mode, c.want)
		})
	}
}

func checkEnding(t *testing.T, f *frame.Frame, m trailer.Mode, w want) {
	t.Helper()
	var s status.Status
	err := trailer.ParseInto(&s, f, m)
	if (err != nil) != (s.Ending == status.EndIllegal) || err != nil && err != s.Err {
		t.Errorf("ParseInto: %v, with ending %v and Err %v", err, s.Ending, s.Err)
	}
	got := status.Status{Ending: s.Ending, Ret: s.Ret, FuncRet: s.FuncRet, NoDetail: s.NoDetail, Err: s.Err, Offset: s.Offset}
	if diff := cmp.Diff(w.Status, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if string(s.Message) != w.message {
		t.Errorf("message %.100q, want %.100q", s.Message, w.message)
	}
	if string(s.Extra) != w.extra || s.Extra != nil && s.Ending != status.EndBusiness {
		t.Errorf("extra %q, want %q", s.Extra, w.extra)
	}
	checkUserError(t, &s, w)
}

func checkUserError(t *testing.T, s *status.Status, w want) {
	t.Helper()
	err := trailer.Err(s, status.SideClient)
	if err == nil {
		if w.code != 0 || s.Ending != status.EndOK {
			t.Errorf("no error, want code %d", w.code)
		}
		return
	}
	rec := status.FromError(err)
	if rec.Code != w.code {
		t.Errorf("error %v has code %d, want %d", err, rec.Code, w.code)
	}
	var b *status.BizError
	if errors.As(err, &b) != (w.Ending == status.EndBusiness) {
		t.Errorf("error %v: found as business error: %v", err, b != nil)
	}
	if w.Err.StreamCode() == 12003 && w.FuncRet != 0 && (rec.Partial == nil || rec.Partial.Code != w.FuncRet || rec.Partial.Message != w.message) {
		t.Errorf("error %v does not keep what could be read: %v", err, rec.Partial)
	}
}

// TestHostileRst: the rows X13 and P- that concern whole rst frames.
func TestHostileRst(t *testing.T) {
	none := status.Status{Ending: status.EndCanceled, NoDetail: true}
	garbage := status.Status{Ending: status.EndCanceled, NoDetail: true, Err: wire.ErrExceptionVersion}
	for _, c := range []struct {
		id      string
		pairs   []string
		payload string
		want    want
		path    string
		text    string
	}{
		{"X13/no-payload", nil, "", want{Status: none, code: 12009}, "", "[ttstream error, code=12009] [client-side stream] reset by peer"},
		{"X13/garbage", nil, "xxxx", want{Status: garbage, code: 12009}, "", "[ttstream error, code=12009] [client-side stream] reset by peer"},
		{"X10/any-code", nil, exception(t, -1, "x"), canceled(-1, "x"), "", "[ttstream error, code=-1] [client-side stream] x"},
		{"P-1/empty", []string{"ttscp", ""}, exception(t, 12007, "c"), canceled(12007, "c"), "", "[ttstream error, code=12007] [client-side stream] c"},
		{"P-2/two", []string{"ttscp", "A,B"}, exception(t, 12007, "c"), canceled(12007, "c"), "A,B", "[ttstream error, code=12007] [client-side stream] [canceled path: A -> B] c"},
		{"P-3/commas", []string{"ttscp", ","}, exception(t, 12007, "c"), canceled(12007, "c"), ",", "[ttstream error, code=12007] [client-side stream] [canceled path:  -> ] c"},
		{"P-5/escapes", []string{"ttscp", "A\nB\x1b[2J"}, exception(t, 12007, "c"), canceled(12007, "c"), "A\nB\x1b[2J", `[ttstream error, code=12007] [client-side stream] [canceled path: A\x0aB\x1b[2J] c`},
		{"P-4/17-nodes", []string{"ttscp", strings.Repeat("S,", 16) + "S"}, exception(t, 12007, "c"), canceled(12007, "c"), strings.Repeat("S,", 16) + "S", "[ttstream error, code=12007] [client-side stream] [canceled path: " + strings.Repeat("S -> ", 16) + "S] c"},
		{"P-4/65,535-commas", []string{"ttscp", strings.Repeat(",", 65535)}, exception(t, 12007, "c"), canceled(12007, "c"), strings.Repeat(",", 65535), "[ttstream error, code=12007] [client-side stream] [canceled path: " + strings.Repeat(" -> ", 8) + "... 65520 more ..." + strings.Repeat(" -> ", 8) + "] c"},
		{"H24/last-path", []string{"ttscp", "A,B", "ttscp", "C"}, exception(t, 12007, "c"), canceled(12007, "c"), "C", "[ttstream error, code=12007] [client-side stream] [canceled path: C] c"},
		{"P-7/cycle", []string{"ttscp", "A,B,A,B"}, exception(t, 12007, "c"), canceled(12007, "c"), "A,B,A,B", "[ttstream error, code=12007] [client-side stream] [canceled path: A -> B -> A -> B] c"},
	} {
		t.Run(c.id, func(t *testing.T) {
			f := parseFrame(t, build(t, frame.Rst, c.payload, c.pairs...))
			checkEnding(t, f, trailer.Mode{}, c.want)
			s, _ := trailer.Parse(f)
			if string(s.CancelPath) != c.path {
				t.Errorf("path %q, want %q", s.CancelPath, c.path)
			}
			if text := trailer.Err(&s, status.SideClient).Error(); text != c.text {
				t.Errorf("text %q\nwant %q", text, c.text)
			}
		})
	}
	s := none
	if err := trailer.Err(&s, status.SideServer); !errors.Is(err, status.CanceledByUpstream) {
		t.Errorf("X13 at a server: %v, want 12010", err)
	}
}

// TestTruncated (X2): a trailer whose exception is cut at any byte is a 12004
// and never a success; an rst stays an ending.
func TestTruncated(t *testing.T) {
	boom := exception(t, 6, "boom")
	for n := 1; n < len(boom); n++ {
		s, err := trailer.Parse(parseFrame(t, build(t, frame.Trailer, boom[:n])))
		if !errors.Is(err, wire.ErrIllegalFrame) || trailer.Err(&s, 0) == nil {
			t.Errorf("trailer cut at %d: %v, %v", n, s, err)
		}
		s, err = trailer.Parse(parseFrame(t, build(t, frame.Rst, boom[:n])))
		if err != nil || !s.NoDetail || trailer.Err(&s, 0) == nil {
			t.Errorf("rst cut at %d: %v, %v", n, s, err)
		}
	}
}

// TestNotAnEnding: other frames end nothing, and a Status that nobody filled is
// an error.
func TestNotAnEnding(t *testing.T) {
	for _, typ := range []frame.Type{frame.Meta, frame.Header, frame.Data} {
		s, err := trailer.Parse(parseFrame(t, build(t, typ, "")))
		if err != wire.ErrNotStatus || s.Err != err || s.Offset != 0 || trailer.Err(&s, 0) == nil {
			t.Errorf("%v frame: %v, %v", typ, s, err)
		}
	}
	if trailer.Err(new(status.Status), 0) == nil {
		t.Error("the zero Status is a success")
	}
}

// TestParseIntoAgain: a status that is used again has nothing of what it held.
func TestParseIntoAgain(t *testing.T) {
	all := []*frame.Frame{
		parseFrame(t, build(t, frame.Trailer, "")),
		parseFrame(t, build(t, frame.Trailer, "", "biz-status", "9", "biz-message", "m", "biz-extra", "{}")),
		parseFrame(t, build(t, frame.Trailer, exception(t, 6, "boom"), "trpc-ret", "6", "trpc-func-ret", "9")),
		parseFrame(t, build(t, frame.Trailer, "", "biz-status", "x", "biz-message", "m")),
		parseFrame(t, build(t, frame.Trailer, "", "biz-status", "9", "biz-extra", "{]")),
		parseFrame(t, build(t, frame.Rst, exception(t, 12007, "stop"), "ttscp", "A,B")),
		parseFrame(t, build(t, frame.Rst, "x")),
		parseFrame(t, build(t, frame.Data, "")),
	}
	for i, first := range all {
		for j, second := range all {
			var again status.Status
			trailer.ParseInto(&again, first, trailer.Mode{})
			err := trailer.ParseInto(&again, second, trailer.Mode{})
			fresh, freshErr := trailer.Parse(second)
			if diff := cmp.Diff(fresh, again); diff != "" || err != freshErr {
				t.Errorf("frame %d behind %d: %v, want %v (-fresh +again):\n%s", j, i, err, freshErr, diff)
			}
		}
	}
}

// TestParseKeepsNothingIllegal: an extra that cannot be read is not handed on,
// and an empty path is none (rules 7.4, 8.3).
func TestParseKeepsNothingIllegal(t *testing.T) {
	for extra, mode := range map[string]trailer.Mode{"[]": {}, `{"a":"","a":""}`: {Strict: true}, "{\"a\":\"\xff\"}": {Strict: true}} {
		var s status.Status
		err := trailer.ParseInto(&s, parseFrame(t, build(t, frame.Trailer, "", "biz-status", "9", "biz-extra", extra)), mode)
		if err == nil || s.Extra != nil {
			t.Errorf("%q: %v, Extra is %q", extra, err, s.Extra)
		}
	}
	s, err := trailer.Parse(parseFrame(t, build(t, frame.Rst, "", "ttscp", "")))
	if err != nil || s.CancelPath != nil {
		t.Errorf("%v, a path of no hops is %q, not nil", err, s.CancelPath)
	}
}
