package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// sense is one thing that a code means, ready to be shown. All its texts come
// from tables or from here, none from the wire.
type sense struct {
	code    int32
	family  string // "ttstream", "trpc", "business", "thrift", or "" for none
	known   bool   // the family knows the code
	title   string // what kind of code it is
	raised  string // who raises it
	meaning string
	reads   []string // the heads of the texts in which the code stands so
	match   string   // the Go condition that holds for errors with it, or ""

	// Info has the name, class, message, causes and checks.
	status.Info
}

// heading is the code and its name.
func (s *sense) heading() string {
	code := strconv.Itoa(int(s.code))
	switch {
	case s.Name != "":
		return code + " " + s.Name
	case s.known:
		return code
	}
	return code + " (unknown)"
}

// sensesOf is everything that a bare number may mean, what is known first, and
// never nothing.
func sensesOf(code int32) []sense {
	all := []sense{streamSense(code), trpcSense(code)}
	for r := range status.Ranges(code) {
		if r.Class == status.ClassBusiness {
			all = append(all, businessSense(code))
		}
	}
	if s := thriftSense(code); s.known {
		all = append(all, s)
	}
	all = slices.DeleteFunc(all, func(s sense) bool { return !s.known && rangeOf(s.family, code) == "" })
	if len(all) == 0 {
		return []sense{nowhere(code)}
	}
	slices.SortStableFunc(all, func(a, b sense) int { return rank(a) - rank(b) })
	return all
}

// rank puts a known code first, and last what any business may use.
func rank(s sense) int {
	switch {
	case s.family == "business":
		return 2
	case s.known:
		return 0
	}
	return 1
}

// senseOf is what the code of an error means: its kind tells which sense it is.
func senseOf(e *status.Error) sense {
	switch e.Kind {
	case status.Stream:
		s := streamSense(e.Code)
		if keyOf(e).lost {
			s.lostConnection()
		}
		return s
	case status.Business:
		return businessSense(e.Code)
	case status.Framework, status.CalleeFramework:
		return calleeSense(e)
	case status.Application:
		return thriftSense(e.Code)
	}
	return nowhere(e.Code)
}

func streamSense(code int32) sense {
	s := sense{code: code, family: "ttstream", title: "TTHeader Streaming", reads: []string{status.StreamCode(code).Error()}}
	s.lookup(status.FamilyStream)
	s.match = condition("StreamCode", s.Const, code)
	if code == kitexReset {
		s.bareReset()
	}
	if s.known && s.raised == "" {
		s.raised = "the " + s.RaisedBy()
		if s.Side == status.SideUnknown {
			s.raised = s.RaisedBy()
		}
	}
	return s
}

// kitexReset is in no table: no peer sends it, and the one that prints it makes
// it up.
const kitexReset = 13

// bareReset is what Kitex means by it.
func (s *sense) bareReset() {
	s.known = true
	s.title += ", as Kitex prints it"
	s.raised = "the side that printed it; its peer sent no code"
	s.meaning = `The peer ended the stream by an rst without a readable exception. Kitex shows that as code 13 with the text "rst"; ` +
		`in this library's errors it is "reset by peer", 12009 at a client and 12010 at a server.`
	s.Message = "rst"
	s.reads[0] += "[client-side stream] " + s.Message
	s.Causes = []string{"the peer's framework ended the stream and gave no reason", "what was in the rst was lost or changed on its way"}
	s.Checks = []string{"the peer's log at that time", "the rst frame in a recording, with ttwire dump"}
}

// lostTexts are in the text of a 12004 by which Kitex means that the connection
// has ended: those of netpoll, and those of Go's net.
var lostTexts = []string{
	"EOF", "connection has been closed", "connection reset by peer", "broken pipe", "use of closed network connection",
}

// saysLost reports whether an error is such a 12004.
func saysLost(e *status.Error) bool {
	return e.Kind == status.Stream && e.Code == int32(status.IllegalFrame) &&
		slices.ContainsFunc(lostTexts, func(text string) bool { return strings.Contains(e.Message, text) })
}

// lostConnection is what Kitex means by it.
func (s *sense) lostConnection() {
	s.title = "connection lost, as Kitex prints it"
	s.raised = "the side that printed it; its peer said nothing"
	s.meaning = "The connection was lost: the peer was killed, or closed it. Kitex prints that with the code of illegal frames, and nothing illegal came. " +
		"Whether the peer acted on what was sent is not known. In this library's errors it is 12006 at a client and 12013 at a server."
	s.Causes = []string{"the peer was killed, restarted or scaled down, or it crashed", "an idle connection was closed by a peer, a proxy or a firewall", "the network failed"}
	s.Checks = []string{"restarts, deployments and crashes (out of memory, say) of the peer at that time", "idle timeouts on the way", "whether the call may safely be repeated"}
}

func trpcSense(code int32) sense {
	s := sense{code: code, family: "trpc", title: "tRPC"}
	s.lookup(status.FamilyTRPC)
	s.match = condition("RetCode", s.Const, code)
	own := status.RetCode(code).Error()
	s.reads = []string{own, strings.Replace(own, "type:framework", "type:callee framework", 1)}
	switch {
	case !s.known:
	case s.Class == status.ClassSuccess:
		s.raised = s.RaisedBy()
	case s.Side == status.SideUnknown:
		s.raised = "the framework of " + s.RaisedBy()
	default:
		s.raised = "the framework of the " + s.RaisedBy()
	}
	return s
}

// calleeSense is the sense of tRPC's framework errors, whose kind says which of
// the two frameworks speaks.
func calleeSense(e *status.Error) sense {
	s := trpcSense(e.Code)
	s.reads = nil
	s.title = strings.Replace(s.title, "tRPC", "tRPC "+e.Kind.String()+" error", 1)
	s.raised = "the framework on the side that printed it"
	if e.Kind == status.CalleeFramework {
		s.raised = "the peer's framework, by its own word"
	}
	if s.known && s.Side != status.SideUnknown {
		s.raised += " (a " + s.Side.String() + ")"
	}
	if rangeOf("business", e.Code) != "" {
		s.known = true
		s.meaning = "A number over 10000 is a business code, though it stands where a framework's would. " +
			"tRPC-Go's stream servers send a handler's business error that way."
		s.Checks = []string{"what the code means to the owner of the callee"}
	}
	return s
}

func businessSense(code int32) sense {
	s := sense{
		code: code, family: "business", known: true, title: "business code",
		raised:  "the business of the callee, not a framework",
		meaning: "The business's own code: what it means only the owner of the callee knows.",
		reads:   []string{status.BizCode(code).Error(), fmt.Sprintf("biz error: code=%d, msg=", code)},
		match:   condition("BizCode", "", code),
	}
	s.Class = status.ClassBusiness
	s.Checks = []string{
		"the callee's list of its codes, and the message",
		"the extra pairs, which are in no text: in Go the BizExtra() of the error",
	}
	switch {
	case code == 0:
		s.meaning += " 0 is success on the wire, so the peer saw a stream that ended well."
	case rangeOf("business", code) == "":
		s.meaning += " By custom it would be over 10000; the kind counts, not the number."
	}
	return s
}

// thriftSense is the sense of a type id of Thrift's application exception.
func thriftSense(code int32) sense {
	text := string((&trailer.Exception{TypeID: code}).AppendText(nil))
	return sense{
		code: code, family: "thrift", title: "type id of a Thrift exception",
		known:   !strings.Contains(text, strconv.Itoa(int(code))), // an unknown one is named by its number
		raised:  "the peer's framework",
		meaning: "As the type id of the exception in a trailer: " + text + ". Such a stream ends with 12001.",
	}
}

// nowhere is the sense of a number that nobody has a use for.
func nowhere(code int32) sense {
	return sense{
		code: code, title: "in no range",
		meaning: "Neither a known code nor in any range that is kept for codes: TTHeader Streaming has 12001 to 12999, " +
			"tRPC 0 to 400, 999 and 1000, and business codes are over 10000. A peer can send any number all the same.",
	}
}

// causeOf is the error below e, nil if there is none of which more is known
// than a text.
func causeOf(e *status.Error) *status.Error {
	var cause *status.Error
	if e.Cause == nil || !errors.As(e.Cause, &cause) {
		return nil
	}
	return cause
}

// lookup fills in what the tables say of the code.
func (s *sense) lookup(f status.Family) {
	if s.Info, s.known = status.Lookup(f, s.code); s.known {
		s.meaning = s.Meaning
		s.title += ", " + s.Class.String()
		return
	}
	s.meaning = "Not a known code."
	if r := rangeOf(s.family, s.code); r != "" {
		s.meaning += " It falls in " + r + "."
	} else {
		s.meaning += " It falls in no range that is kept for such codes."
	}
}

// rangeOf is the range of a family's codes that a code falls in, in words, or "".
func rangeOf(family string, code int32) string {
	for r := range status.Ranges(code) {
		of := r.Family.String()
		if r.Class == status.ClassBusiness {
			of = "business"
		}
		if of == family {
			return fmt.Sprintf("%d to %d, %s", r.From, r.To, r.Meaning)
		}
	}
	return ""
}

// condition is the Go condition that holds for errors with a code.
func condition(typ, constant string, code int32) string {
	if constant == "" {
		constant = fmt.Sprintf("%s(%d)", typ, code)
	}
	return "errors.Is(err, status." + constant + ")"
}
