package status_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/status"
)

func everything() error {
	return record(status.Error{
		Kind: status.Stream, Code: 12001, Side: status.SideClient, CancelPath: []string{"A", "B"}, Desc: "tr\npc",
		Cause: record(status.Error{
			Kind: status.Business, Code: 10001, Remote: true, Message: "a\nb", Extra: map[string]string{"k2": "v\n2", "k1": "v1"},
			Cause: errors.New("x\ny"),
		}),
	})
}

func TestFormat(t *testing.T) {
	const text = `[ttstream error, code=12001] [client-side stream] [canceled path: A -> B] type:business, code:10001, msg:a\x0ab, caused by x\x0ay`
	const detail = text + `
	kind: stream
	code: 12001 application-exception
	class: application
	meaning: The server's handler returned an error that is not a business error; its text stands in place of the message.
	side: client
	desc: tr\x0apc
	cause: type:business, code:10001, msg:a\x0ab, caused by x\x0ay
		kind: business
		code: 10001
		said by: the peer
		extra: "k1" = "v1"
		extra: "k2" = "v\n2"
		cause: x\x0ay`
	err := everything()
	for form, want := range map[string]string{
		"%v": text, "%s": text, "%+v": detail, "%q": fmt.Sprintf("%q", text), "%.5s|": text[:5] + "|", "%200s": fmt.Sprintf("%200s", text),
		"%x": fmt.Sprintf("%x", text), "%d": "%!d(string=" + text + ")",
	} {
		if diff := cmp.Diff(want, fmt.Sprintf(form, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
	for _, err := range []error{status.NewBiz(1, "m"), (*status.Error)(status.NewBiz(1, "m"))} {
		if got, want := fmt.Sprintf("%+v", err), "type:business, code:1, msg:m\n\tkind: business\n\tcode: 1"; got != want {
			t.Errorf("%T: got %q, want %q", err, got, want)
		}
	}
}

func TestLogValue(t *testing.T) {
	var buf bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&buf, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key != "err" {
			return slog.Attr{}
		}
		return a
	}}))
	for _, test := range []struct {
		err  error
		want string
	}{
		{everything(), `{"err":{"kind":"stream","code":12001,"name":"application-exception","side":"client","desc":"tr\npc","canceled_path":["A","B"],` +
			`"cause":{"kind":"business","code":10001,"remote":true,"message":"a\nb","extra":{"k1":"v1","k2":"v\n2"},"cause":"x\ny"}}}`},
		{status.NewBiz(1, ""), `{"err":{"kind":"business","code":1}}`},
		{(*status.Error)(status.NewCallee(77, "m")), `{"err":{"kind":"callee framework","code":77,"remote":true,"message":"m"}}`},
		{record(status.Error{Kind: status.Application, Extra: map[string]string{}, CancelPath: []string{}}),
			`{"err":{"kind":"application","code":0,"extra":{},"canceled_path":[]}}`},
	} {
		buf.Reset()
		log.Info("", "err", test.err)
		if diff := cmp.Diff(test.want+"\n", buf.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
