package main

import (
	"fmt"
	"slices"
	"strings"
)

// streamVectors are the cells of the two tables of rule 9.1, and scenes for the
// rows S of the catalogue.
func streamVectors(d *doc) (all []vector) {
	for _, role := range []string{"client", "server"} {
		for _, row := range d.states[role] {
			for i, state := range []string{"none", "open", "half", "ended"} {
				if s, ok := cellScene(role, row.what, state, row.cells[i]); ok {
					all = append(all, s.vector())
				}
			}
		}
	}
	for _, s := range slices.Concat(orderScenes, slices.Concat(budgetScenes...), lossScenes(), idScenes()) {
		roles := []string{s.role}
		if s.role == "both" {
			roles = []string{"client", "server"}
		}
		for _, role := range roles {
			s.role = role
			all = append(all, s.vector())
		}
	}
	return all
}

// inState are the steps by which stream 1 gets into a state.
var inState = map[string]map[string]string{
	"client": {"none": "", "open": "send header 1", "half": "send header 1\nsend trailer 1",
		"ended": "send header 1\nrecv rst 1 -> ended reset 12007"},
	"server": {"none": "", "open": "open 1", "half": "open 1\nrecv trailer 1 -> half-closed well",
		"ended": "open 1\nrecv rst 1 -> ended reset 12007"},
}

// refusal is the reason for a cell that says "refuse" (appendix D).
func refusal(role, what, state string) string {
	switch {
	case state == "none":
		return "no-stream"
	case role == "client" && what == "send header":
		return "id-in-use"
	case state == "ended":
		return "stream-ended"
	}
	return "send-closed"
}

// cellScene is a cell of a table as a scene. Two of the rows of the client are
// the same frame, and the second of them can come up on live streams alone.
func cellScene(role, what, state, cell string) (s scene, ok bool) {
	s = scene{id: "9.1/" + slug(what) + "/" + state, role: role, rules: "9.1", text: inState[role][state]}
	s.comment = fmt.Sprintf("%s in state %s: %q", what, state, cell)
	second := strings.HasSuffix(what, "a second")
	if second && (state == "none" || state == "ended") || what == "connection lost" && cell == "" {
		return s, false
	}
	if second {
		s.text += "\nrecv header 1 -> headers"
	}
	what, _, _ = strings.Cut(what, ", ")
	switch verb, frame, _ := strings.Cut(what, " "); verb {
	case "send":
		s.text += sendCell(role, frame, state, cell)
	case "receive":
		s.text += "\nrecv " + frame + " 1 -> " + recvCell(frame, role, cell)
	default:
		code, _, _ := strings.Cut(cell, ",")
		s.text += "\nlost error -> 1:" + code
	}
	return s, true
}

func sendCell(role, frame, state, cell string) string {
	send := "\nsend " + frame + " 1"
	switch cell {
	case "refuse":
		return send + " -> REFUSE " + refusal(role, "send "+frame, state)
	case "once":
		return send + send + " -> REFUSE header-sent"
	case "sent, after the header":
		return send + " -> REFUSE header-unsent\nsend header 1" + send
	}
	return send // and the state is what the cell says, if it is one
}

func recvCell(frame, role, cell string) string {
	ends := map[string]string{"trailer": "well", "rst": "reset 12007"}
	outcomes := map[string]string{
		"ignore": "ignored", "ignore (9.12)": "ignored", "take": "headers", "deliver": "message", "open": "opened",
		"half": "half-closed well", "ended, by 6": "ended " + ends[frame], "ended, by 8": "ended " + ends[frame],
		"12002, ended": "ended STREAM second-header rst", "12004, ended": "ended STREAM data-after-trailer rst",
		"9.14": "refused STREAM reused-id rst",
	}
	if outcomes[cell] == "" {
		panic("vectors: docs/wire.md, 9.1, says " + cell)
	}
	return outcomes[cell]
}

// orderScenes are about the order of frames.
var orderScenes = []scene{
	{"S1/data-before-header", "both", "data before the header", "9.3 9.12", limits{}, false, `
		recv data 1 -> ignored
		open 1
		live 1`},
	{"S1/strict", "server", "strict: data for a stream that was never opened", "9.12", limits{}, true, `
		open 1
		recv rst 1 -> ended reset 12007
		release 1
		open 2
		recv data 1 -> ignored
		live 2
		recv data 3 -> connection-ended CONN unknown-stream
		lost flood -> 2:12004`},
	{"S1/strict", "client", "strict: a client ignores data for a stream that was never opened", "9.12", limits{}, true, `
		recv data 1 -> ignored
		open 1
		recv data 3 -> ignored
		live 1`},
	{"S1/strict-others", "server", "strict: only data must have a stream, and that of a header that was refused will do", "9.12", limits{}, true, `
		recv trailer 7 -> ignored
		recv rst 7 -> ignored
		recv meta 7 -> meta
		recv nameless-header 1 -> refused STREAM no-method-opened rst
		recv data 1 -> ignored
		open 2
		recv rst 2 -> ended reset 12007
		recv data 2 -> ignored
		recv data 7 -> connection-ended CONN unknown-stream`},
	{"S1/strict-alone", "server", "strict: data on the id of a header that was refused because another stream is live", "9.12 9.14", limits{OneStream: true}, true, `
		open 1
		recv header 2 -> refused STREAM not-alone rst
		recv data 2 -> ignored
		live 1`},
	{"S1/strict-limit", "server", "strict: data on the id of a header that was refused for the limit of streams", "9.12 9.15", limits{Streams: 1}, true, `
		open 1
		recv header 2 -> refused STREAM stream-limit rst
		recv data 2 -> ignored
		live 1`},
	{"S2/second-header", "server", "a second header: that stream ends, and no other", "9.8", limits{}, false, `
		open 1
		open 2
		recv header 1 -> ended STREAM second-header rst
		recv data 1 -> ignored
		send rst 1 -> REFUSE stream-ended
		live 2`},
	{"S2/second-header", "client", "a second header: that stream ends, and no other", "9.8", limits{}, false, `
		open 1
		open 2
		recv header 1 -> headers
		recv header 1 -> ended STREAM second-header rst
		recv data 1 -> ignored
		send rst 1 -> REFUSE stream-ended
		live 2`},
	{"S2/header-behind-data", "client", "a header behind data is still the first one", "9.3", limits{}, false, `
		open 1
		live 1
		recv header 1 -> headers
		live 1
		recv header 1 -> ended STREAM second-header rst`},
	{"S4/data-after-trailer", "client", "data after the server's trailer", "9.7 9.9", limits{}, false, `
		open 1
		recv trailer 1 -> ended well
		recv data 1 -> ignored`},
	{"S4/data-after-trailer", "server", "data after the client's trailer", "9.9", limits{}, false, `
		open 1
		open 2
		recv trailer 1 -> half-closed well
		recv data 1 -> ended STREAM data-after-trailer rst
		recv data 1 -> ignored
		send data 1 -> REFUSE stream-ended
		live 2`},
	{"S4/both-trailers", "server", "data after both trailers", "9.7 9.9", limits{}, false, `
		open 1
		recv trailer 1 -> half-closed well
		send trailer 1
		recv data 1 -> ignored`},
	{"S5/second-trailer", "client", "a second trailer: the first one stands", "9.5 9.7", limits{}, false, `
		open 1
		recv business-trailer 1 -> ended business 10001
		recv trailer 1 -> ignored`},
	{"S5/second-trailer", "server", "a second trailer: the first one stands", "9.9", limits{}, false, `
		open 1
		recv business-trailer 1 -> half-closed business 10001
		recv trailer 1 -> ignored
		send header 1
		send data 1
		send trailer 1`},
	{"S6/trailer-without-header", "client", "a trailer without a header before it", "9.3 9.12", limits{}, false, `
		recv trailer 1 -> ignored
		open 1
		recv trailer 1 -> ended well`},
	{"S6/trailer-for-nobody", "server", "a trailer for a stream that was never opened", "9.12", limits{}, false, `
		recv trailer 1 -> ignored
		open 1
		live 1`},
	{"S7/after-their-rst", "client", "frames after the server's rst", "9.6 9.7", limits{}, false, afterEnd("recv rst 1 -> ended reset 12007", "ignored")},
	{"S7/after-their-rst", "server", "frames after the client's rst", "9.6 9.7 9.14", limits{}, false, afterEnd("recv rst 1 -> ended reset 12007", "refused STREAM reused-id rst")},
	{"S7/after-our-rst", "client", "frames after one's own rst", "9.6 9.7", limits{}, false, afterEnd("send rst 1", "ignored")},
	{"S7/after-our-rst", "server", "frames after one's own rst", "9.6 9.7 9.14", limits{}, false, afterEnd("send rst 1", "refused STREAM reused-id rst")},
	{"S7/after-release", "client", "frames for a stream that is gone", "9.7 9.12", limits{}, false, afterEnd("send rst 1\nrelease 1", "ignored")},
	{"S7/after-release", "server", "frames for a stream that is gone", "9.7 9.12 9.14", limits{}, false, afterEnd("send rst 1\nrelease 1", "refused STREAM reused-id rst")},
	{"S9/rst-then-trailer", "both", "a live client that cancels sends both", "9.6 9.7", limits{}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		recv trailer 1 -> ignored`},
	{"S12/bad-endings", "client", "endings that cannot be read", "1.5 6.2 6.3 8.2", limits{}, false, `
		open 1
		recv garbage-trailer 1 -> ended illegal VALUE exception-version
		open 2
		recv biz-trailer 2 -> ended illegal VALUE biz-status
		open 3
		recv garbage-rst 3 -> ended reset 12009`},
	{"S12/bad-endings", "server", "endings that cannot be read", "1.5 6.2 6.3 8.2", limits{}, false, `
		open 1
		recv garbage-trailer 1 -> half-closed illegal VALUE exception-version
		send header 1
		send trailer 1
		open 2
		recv biz-trailer 2 -> half-closed illegal VALUE biz-status
		open 3
		recv garbage-rst 3 -> ended reset 12010`},
	{"S12/strict-endings", "client", "strict: bytes behind the exception, and a biz-status given twice", "5.4 6.3", limits{}, true, `
		open 1
		recv tail-trailer 1 -> ended illegal VALUE exception-tail
		open 2
		recv twice-trailer 2 -> ended illegal VALUE biz-duplicate
		open 3
		recv tail-rst 3 -> ended reset 12009`},
	{"S12/not-strict-endings", "client", "the same where strict is off", "5.4 6.3", limits{}, false, `
		open 1
		recv tail-trailer 1 -> ended exception 12001
		open 2
		recv twice-trailer 2 -> ended business 10001
		open 3
		recv tail-rst 3 -> ended reset 12007`},
	{"S13/data-to-unknown", "both", "data for streams that do not exist", "9.12", limits{}, false, `
		open 1
		recv data 2 -> ignored
		recv data -1 -> ignored
		recv trailer 3 -> ignored
		recv rst 4 -> ignored
		live 1`},
	{"S15/meta-anywhere", "both", "meta frames on id 0, a live stream, no stream and an ended stream", "9.7 9.11", limits{}, false, `
		recv meta 0 -> meta
		open 1
		recv meta 1 -> meta
		recv meta 2 -> meta
		open 3
		recv rst 3 -> ended reset 12007
		recv meta 3 -> ignored
		live 1`},
	{"S20/half-close", "client", "the client's trailer closes one direction alone", "9.4", limits{}, false, `
		open 1
		send data 1
		send trailer 1
		send data 1 -> REFUSE send-closed
		send trailer 1 -> REFUSE send-closed
		recv header 1 -> headers
		live 1
		recv exception-trailer 1 -> ended exception 12001
		send data 1 -> REFUSE stream-ended`},
	{"S20/half-close", "server", "the client's trailer closes one direction alone", "9.4", limits{}, false, `
		open 1
		recv trailer 1 -> half-closed well
		send data 1 -> REFUSE header-unsent
		send header 1
		send header 1 -> REFUSE header-sent
		send data 1
		send trailer 1
		send data 1 -> REFUSE stream-ended
		recv rst 1 -> ignored`},
	{"S20/rst-after-trailer", "client", "an rst after one's own trailer", "9.1 9.6", limits{}, false, `
		open 1
		send trailer 1
		send rst 1
		send rst 1 -> REFUSE stream-ended
		recv trailer 1 -> ignored`},
	{"S22/bad-neighbours", "server", "what is wrong with one stream reaches no other", "1.5", limits{}, false, `
		open 1
		open 2
		open 3
		recv header 1 -> ended STREAM second-header rst
		recv trailer 2 -> half-closed well
		recv data 2 -> ended STREAM data-after-trailer rst
		recv nameless-header 4 -> refused STREAM no-method-opened rst
		live 3`},
	{"S23/cancel-meets-answer", "client", "an rst and the server's answer cross", "9.6 9.7", limits{}, false, `
		open 1
		send rst 1
		recv header 1 -> ignored
		recv data 1 -> ignored
		recv trailer 1 -> ignored`},
	{"S23/trailer-meets-cancel", "server", "a trailer and the client's rst cross", "9.6 9.7", limits{}, false, `
		open 1
		send trailer 1
		recv data 1 -> ignored
		recv rst 1 -> ignored
		recv trailer 1 -> ignored`},
	{"C7/no-method", "server", "a header frame without a method opens nothing", "9.2", limits{}, false, `
		recv nameless-header 1 -> refused STREAM no-method-opened rst
		recv data 1 -> ignored
		open 2
		live 2`},
}

// afterEnd is a stream that ends, all frames behind that, and another stream.
func afterEnd(how, header string) string {
	return `
		open 1
		open 2
		` + how + `
		recv data 1 -> ignored
		recv trailer 1 -> ignored
		recv rst 1 -> ignored
		recv meta 1 -> ignored
		recv header 1 -> ` + header + `
		live 2`
}

// lossScenes are a connection that ends in every way there is (S21).
func lossScenes() (all []scene) {
	for _, how := range []string{"eof", "cut", "error", "close", "illegal"} {
		for role, code := range map[string]string{"client": "12006", "server": "12013"} {
			if how == "illegal" {
				code = "12004"
			}
			text := "open 1\nopen 2\nopen -3\nrecv rst 2 -> ended reset 12007\nlost " + how + " -> 1:" + code + " -3:" + code +
				"\nsend data 1 -> REFUSE conn-closed"
			all = append(all, scene{"S21/" + how, role, "the connection ends, by " + how + ": each live stream ends once", "9.5 9.13", limits{}, false, text})
		}
	}
	slices.SortFunc(all, func(a, b scene) int { return strings.Compare(a.id+a.role, b.id+b.role) })
	all = append(all, afterLoss...)
	none := scene{"S21/nobody", "both", "the connection ends, and there is no stream", "9.13", limits{}, false, "lost eof"}
	return append(all, none)
}

// afterLoss: what can be done behind the end of the connection.
var afterLoss = []scene{
	{"S21/release-after", "both", "behind the end of the connection streams are released as ever, and nothing is sent", "9.1 9.13", limits{}, false, `
		open 1
		open 2
		lost close -> 1:LOST 2:LOST
		send header 1 -> REFUSE conn-closed
		send header 9 -> REFUSE conn-closed
		send data 2 -> REFUSE conn-closed
		send trailer 2 -> REFUSE conn-closed
		send rst 2 -> REFUSE conn-closed
		release 1
		release 1 -> REFUSE no-stream
		lost error`},
	{"S21/half-closed", "both", "a stream that is half closed is live", "9.4 9.13", limits{}, false, `
		open 1
		half-close 1
		lost cut -> 1:LOST`},
	{"S21/flood-then-eof", "both", "a connection that ended by a flood stays so, whatever else becomes of it", "9.13 9.15", limits{Resets: 1}, false, `
		open 1
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets
		send data 1 -> REFUSE conn-closed
		lost eof -> 1:12004`},
}
