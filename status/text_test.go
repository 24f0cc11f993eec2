package status_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/status"
)

const userCancel = "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively"

// record is a *status.Error as the error type to return.
func record(e status.Error) error { return e.Err() }

func TestErrorText(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		// The two forms, part by part (rule 10.1).
		{record(status.Error{Kind: status.Stream, Code: 12007, Side: status.SideServer, CancelPath: []string{"ServiceA"}, Message: userCancel}),
			"[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] " + userCancel},
		{record(status.Error{Kind: status.Stream, Code: 12007, Side: status.SideClient, Message: "m"}),
			"[ttstream error, code=12007] [client-side stream] m"},
		{record(status.Error{Kind: status.Stream, Code: 12007, CancelPath: []string{"A", "B"}, Message: "m"}),
			"[ttstream error, code=12007] [canceled path: A -> B] m"},
		{record(status.Error{Kind: status.Stream, Code: 12007, CancelPath: []string{}, Message: ""}),
			"[ttstream error, code=12007] "},
		{status.NewStream(status.Canceled, ""), "[ttstream error, code=12007] " + userCancel},
		{status.WrapStream(errors.New("EOF peer close"), 12006), "[ttstream error, code=12006] EOF peer close"},
		{status.NewFramework(101, "xxx timeout"), "type:framework, code:101, msg:xxx timeout"},
		{status.NewCallee(12, "rpcname:xxx invalid"), "type:callee framework, code:12, msg:rpcname:xxx invalid"},
		{status.NewBiz(10000, "xxx fail"), "type:business, code:10000, msg:xxx fail"},
		{status.NewBiz(-1, "余额不足"), "type:business, code:-1, msg:余额不足"},
		{status.WrapFramework(status.NewCallee(23, "rate limited"), 351, "stream is already closed"),
			"type:framework, code:351, msg:stream is already closed, caused by type:callee framework, code:23, msg:rate limited"},
		{status.WrapBiz(io.EOF, 1, "m"), "type:business, code:1, msg:m, caused by EOF"},
		{status.WrapStream(status.NewBiz(1, "m"), 12001), "[ttstream error, code=12001] type:business, code:1, msg:m"},
		{record(status.Error{Message: "m"}), "type:unknown, code:0, msg:m"},
		{record(status.Error{Kind: status.Application, Code: 6, Message: "a\nb"}), `a\x0ab`},
		{record(status.Error{Kind: status.Stream, Code: 12001, Cause: record(status.Error{Kind: status.Application, Code: 6, Message: "a\nb"})}),
			`[ttstream error, code=12001] a\x0ab`},
		{record(status.Error{Kind: status.Framework, Code: 1, Cause: record(status.Error{Kind: status.Application, Code: 6, Message: "a\nb"})}),
			`type:framework, code:1, msg:, caused by a\x0ab`},

		// P-3, P-7: nodes as they are, empty ones and cycles included.
		{record(status.Error{Kind: status.Stream, CancelPath: []string{"", ""}}), "[ttstream error, code=0] [canceled path:  -> ] "},
		{record(status.Error{Kind: status.Stream, CancelPath: []string{"A", "B", "A"}}), "[ttstream error, code=0] [canceled path: A -> B -> A] "},
		// P-4: long paths by their ends.
		{record(status.Error{Kind: status.Stream, CancelPath: strings.Split(strings.Repeat("S,", 16)+"S", ",")}),
			"[ttstream error, code=0] [canceled path: S" + strings.Repeat(" -> S", 16) + "] "},
		{record(status.Error{Kind: status.Stream, CancelPath: strings.Split("A"+strings.Repeat(",S", 16)+",Z", ",")}),
			"[ttstream error, code=0] [canceled path: A" + strings.Repeat(" -> S", 7) + " -> ... 2 more ..." + strings.Repeat(" -> S", 7) + " -> Z] "},
		{record(status.Error{Kind: status.Stream, CancelPath: strings.Split("A"+strings.Repeat(",S", 65532)+",Z", ",")}),
			"[ttstream error, code=0] [canceled path: A" + strings.Repeat(" -> S", 7) + " -> ... 65518 more ..." + strings.Repeat(" -> S", 7) + " -> Z] "},
		// P-5: a node cannot leave the path.
		{record(status.Error{Kind: status.Stream, CancelPath: []string{"a] [x", "b -> c", "d\n\x1b", "服务"}}),
			`[ttstream error, code=0] [canceled path: a\x5d [x -> b -\x3e c -> d\x0a\x1b -> 服务] `},

		// X11: what a peer sent cannot break the line, steer the terminal, or
		// make up a side or a path.
		{status.NewBiz(1, "a\r\nb\x00\x1b[31m\x7f"), `type:business, code:1, msg:a\x0d\x0ab\x00\x1b[31m\x7f`},
		{status.NewBiz(1, "\xff\xfe\xe4\xbd"), `type:business, code:1, msg:\xff\xfe\xe4\xbd`},
		{status.NewBiz(1, "a\u202eb\u2028c\u0085d\ufeff"), `type:business, code:1, msg:a\xe2\x80\xaeb\xe2\x80\xa8c\xc2\x85d\xef\xbb\xbf`},
		{status.NewStream(12007, "[server-side stream] m"), `[ttstream error, code=12007] \x5bserver-side stream] m`},
		{status.NewStream(12007, "[client-side stream]"), `[ttstream error, code=12007] \x5bclient-side stream]`},
		{status.NewStream(12007, "[canceled path: A] m"), `[ttstream error, code=12007] \x5bcanceled path: A] m`},
		{status.WrapStream(record(status.Error{Kind: status.Application, Message: "[server-side stream] m"}), 12001),
			`[ttstream error, code=12001] \x5bserver-side stream] m`},
		{status.WrapStream(errors.New("[canceled path: A] m"), 12007), `[ttstream error, code=12007] \x5bcanceled path: A] m`},

		// Ordinary text stays as it is, quotes and backslashes too.
		{status.NewBiz(1, `"q" C:\new \d+ \\srv \x \x4 \x41 \xGG \x5c\`), `type:business, code:1, msg:"q" C:\new \d+ \\srv \x \x4 \x41 \xGG \x5c\`},
		{status.NewBiz(1, "é 你好，世界　👨‍👩‍👧 می\u200cخواهم \ufffd [x] -> ]"), "type:business, code:1, msg:é 你好，世界　👨‍👩‍👧 می\u200cخواهم \ufffd [x] -> ]"},
		{status.NewBiz(1, `\z0a \n00 \xg0 \x0g \X0a \`), `type:business, code:1, msg:\z0a \n00 \xg0 \x0g \X0a \`},
		// What looks like an escape is kept apart from one.
		{status.NewBiz(1, `\x0a \x5cx0a \x5cx5cx0a \xff \\x00`), `type:business, code:1, msg:\x5cx0a \x5cx5cx0a \x5cx5cx5cx0a \x5cxff \\x5cx00`},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
		if e, ok := status.ParseText(test.want); ok && e.Error() != test.want {
			t.Errorf("read back as %q\nwant %q", e, test.want)
		}
		for _, form := range []string{"%v", "%s"} {
			if got := fmt.Sprintf(form, test.err); got != test.want {
				t.Errorf("%s gives %q, want %q", form, got, test.want)
			}
		}
	}
}
