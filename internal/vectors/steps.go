package main

import (
	"fmt"
	"strconv"
	"strings"
)

// step is one thing that happens at an end of a connection, and what it must
// come to.
type step struct {
	Do     string  `json:"do"` // recv, send, release, taken, lost
	Frame  string  `json:"frame,omitempty"`
	Stream *int32  `json:"stream,omitempty"`
	In     *octets `json:"in,omitempty"`
	Bytes  *int    `json:"bytes,omitempty"`
	How    string  `json:"how,omitempty"`

	outcome
}

type outcome struct {
	Event   string `json:"event,omitempty"`
	Ending  string `json:"ending,omitempty"`
	Verdict string `json:"verdict,omitempty"`
	Code    int32  `json:"code,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Rst     bool   `json:"rst,omitempty"`
	Ends    []end  `json:"ends,omitempty"`
}

// end is how a stream ends with its connection.
type end struct {
	Stream int32 `json:"stream"`
	Code   int32 `json:"code"`
}

// scene is a vector of steps, one a line:
//
//	recv KIND ID -> EVENT [ENDING [CODE]] [VERDICT REASON] [rst]
//	send FRAME ID [-> REFUSE REASON]
//	release ID [-> REFUSE REASON]
//	taken ID BYTES
//	lost HOW [-> ID:CODE ...]
//
// and, for what both roles do in their own way,
//
//	open ID        a stream that is opened
//	answer ID      a server's header
//	half-close ID  the client's trailer
//	live ID        a message that is received, and taken
//
// LOST is the code of rule 9.13 for a connection that was in order.
type scene struct {
	id, role, comment, rules string
	limits                   limits
	strict                   bool
	text                     string
}

// frameKinds are the frames that a scene can receive. Method and payload are
// the usual ones, unless the name says otherwise.
var frameKinds = map[string]func(id int32) string{
	"header":          func(id int32) string { return frameOf('2', id, "Bidi", "") },
	"nameless-header": func(id int32) string { return frameOf('2', id, "", "") },
	"data":            func(id int32) string { return frameOf('3', id, "Bidi", "m") },
	"empty-data":      func(id int32) string { return frameOf('3', id, "Bidi", "") },
	"trailer":         func(id int32) string { return frameOf('4', id, "Bidi", "") },
	"business-trailer": func(id int32) string {
		return frameOf('4', id, "Bidi", "", "biz-status", "10001", "biz-message", "no")
	},
	"long-data": func(id int32) string { return frameOf('3', id, "Bidi", strings.Repeat("m", 100)) },
	"twice-trailer": func(id int32) string {
		return frameOf('4', id, "Bidi", "", "biz-status", "9", "biz-status", "10001")
	},
	"tail-trailer":      func(id int32) string { return frameOf('4', id, "Bidi", boom+"x") },
	"tail-rst":          func(id int32) string { return frameOf('5', id, "Bidi", exceptionOf(12007, bye)+"x") },
	"exception-trailer": func(id int32) string { return frameOf('4', id, "Bidi", boom) },
	"garbage-trailer":   func(id int32) string { return frameOf('4', id, "Bidi", "garbage") },
	"biz-trailer":       func(id int32) string { return frameOf('4', id, "Bidi", "", "biz-status", "5 ") },
	"rst":               func(id int32) string { return frameOf('5', id, "Bidi", exceptionOf(12007, bye), "ttscp", "A") },
	"garbage-rst":       func(id int32) string { return frameOf('5', id, "Bidi", "garbage") },
	"meta":              func(id int32) string { return frameOf('1', id, "", "", "k", "v") },
}

// vector reads a scene. It panics on a line that it cannot read: the scenes are
// all in this package.
func (s *scene) vector() vector {
	v := vector{ID: s.id + "/" + s.role, Test: "stream", Comment: s.comment + ", at a " + s.role, Rules: strings.Fields(s.rules),
		Hostile: hostileOf(s.id), Role: s.role, Strict: s.strict}
	if s.limits != (limits{}) {
		v.Limits = &s.limits
	}
	for line := range strings.Lines(s.text) {
		v.Steps = append(v.Steps, s.steps(strings.Fields(line))...)
	}
	return v
}

func (s *scene) steps(words []string) []step {
	if len(words) == 0 {
		return nil
	}
	client := s.role == "client"
	switch words[0] {
	case "open":
		if client {
			return s.steps([]string{"send", "header", words[1]})
		}
		return s.steps([]string{"recv", "header", words[1], "->", "opened"})
	case "answer":
		if client {
			return nil
		}
		return s.steps([]string{"send", "header", words[1]})
	case "half-close":
		if client {
			return s.steps([]string{"send", "trailer", words[1]})
		}
		return s.steps([]string{"recv", "trailer", words[1], "->", "half-closed", "well"})
	case "live":
		return append(s.steps([]string{"recv", "data", words[1], "->", "message"}), s.steps([]string{"taken", words[1], "1"})...)
	case "lost":
		code := map[bool]string{true: "12006", false: "12013"}[client]
		words = strings.Fields(strings.ReplaceAll(strings.Join(words, " "), "LOST", code))
	}
	return []step{parseStep(words)}
}

func parseStep(words []string) (st step) {
	line := strings.Join(words, " ")
	did, came, _ := strings.Cut(line, "->")
	args := strings.Fields(did)
	st.Do = args[0]
	switch st.Do {
	case "recv":
		in := octets(frameKinds[args[1]](number32(args[2])))
		st.Frame, st.In = args[1]+" "+args[2], &in
	case "send":
		id := number32(args[2])
		st.Frame, st.Stream = args[1], &id
	case "release", "taken":
		id := number32(args[1])
		st.Stream = &id
		if len(args) > 2 {
			n := int(number32(args[2]))
			st.Bytes = &n
		}
	case "lost":
		st.How = args[1]
	default:
		panic("vectors: " + line)
	}
	st.outcome = parseOutcome(st.Do, strings.Fields(came))
	return st
}

func parseOutcome(do string, words []string) (o outcome) {
	if do == "recv" {
		o.Event, words = words[0], words[1:]
	}
	for i := 0; i < len(words); i++ {
		switch word := words[i]; word {
		case "well", "business", "exception", "reset", "illegal":
			o.Ending = word
		case "STREAM", "CONN", "VALUE", "REFUSE":
			o.Verdict, o.Reason = word, words[i+1]
			i++
		case "rst":
			o.Rst = true
		default:
			if id, code, ok := strings.Cut(word, ":"); ok {
				o.Ends = append(o.Ends, end{number32(id), number32(code)})
			} else {
				o.Code = number32(word)
			}
		}
	}
	return o
}

func number32(s string) int32 {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		panic(fmt.Sprintf("vectors: %v", err))
	}
	return int32(n)
}

// finishSteps runs the steps through the library, and adds codes and rules.
func (v *vector) finishSteps(d *doc) error {
	run := newConn(v)
	for i := range v.Steps {
		st := &v.Steps[i]
		if st.Reason != "" {
			r, ok := d.reasons[st.Reason]
			if !ok {
				return fmt.Errorf("appendix D has no %s", st.Reason)
			}
			st.Code = r.code
			v.addRules(r.rules)
		}
		want, err := marshal(st.outcome)
		if err != nil {
			return err
		}
		got, err := marshal(run.step(st))
		if err != nil {
			return err
		}
		if string(got) != string(want) {
			return fmt.Errorf("step %d, %s %s: the library gives %s; want %s", i, st.Do, st.Frame, got, want)
		}
	}
	return v.sortRules()
}
