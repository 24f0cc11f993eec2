package main

import "github.com/ttwire/ttwire/status"

// maxErrorShown is where an error text is cut unless --full is given. The usual
// ones, with a path of some hops, are shorter.
const maxErrorShown = 400

// endingMark begins the line of an ending. No pair's line looks like it: behind
// a key that is not quoted there are two blanks.
const endingMark = "=> "

// status appends the line that says what a trailer or rst means.
func (t *textPrinter) status(l []byte, r *record) []byte {
	l = append(l, t.indent()...)
	if r.unread {
		return append(t.bad.append(l, endingMark+"not read: the exception is too large for memory"), '\n')
	}
	s := &r.status
	in := t.endings[s.Ending]
	l = append(append(append(l, in.on...), endingMark...), s.Ending.String()...)
	if s.Ending == status.EndFramework {
		l = appendNumber(append(l, ", ret "...), int(s.Ret))
		if s.FuncRet != 0 {
			l = appendNumber(append(l, ", func_ret "...), int(s.FuncRet))
		}
	}
	l = append(l, in.off...)
	if s.Ending != status.EndOK {
		l = appendCut(append(l, ": "...), []byte(r.errorText()), t.most(maxErrorShown))
	}
	if s.Ending == status.EndCanceled && s.Err != 0 {
		l = append(append(l, " ("...), s.Err.Error()...)
		l = appendNumber(append(l, ", at byte "...), s.Offset)
		l = append(append(append(l, "; "...), s.Err.Reason()...), ')')
	}
	return append(l, '\n')
}
