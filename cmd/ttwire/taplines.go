package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/ttwire/ttwire/status"
)

// tapJSON makes lines for programs.
type tapJSON struct{}

func (tapJSON) titles() []byte { return nil }

func (tapJSON) opened(at time.Time, conn int64, client, upstream string) []byte {
	l := append(appendConn([]byte{'{'}, at, conn, ""), `"opened":{"client":`...)
	l = append(appendJSON(l, []byte(client)), `,"upstream":`...)
	return append(appendJSON(l, []byte(upstream)), "}}\n"...)
}

func (tapJSON) failed(at time.Time, conn int64, err error) []byte {
	l := append(appendConn([]byte{'{'}, at, conn, ""), `"failed":{"error":`...)
	return append(appendJSON(l, []byte(err.Error())), "}}\n"...)
}

func (tapJSON) ended(e *ended) []byte {
	l := append(appendConn([]byte{'{'}, e.at, e.conn, e.dir), `"ended":{"how":"`...)
	l = strconv.AppendInt(append(append(l, e.how...), `","bytes":`...), e.bytes, 10)
	if e.err != nil {
		l = appendNumber(append(l, `,"code":`...), int(status.FromError(e.err).Code))
		l = appendJSON(append(l, `,"error":`...), []byte(e.err.Error()))
	}
	if e.live > 0 {
		l = appendNumber(append(l, `,"live":`...), e.live)
		l = append(appendIDs(append(l, `,"streams":[`...), e.streams, ","), ']')
	}
	return append(l, "}}\n"...)
}

func (tapJSON) lost(at time.Time, n int64) []byte {
	return fmt.Appendf(appendTime([]byte{'{'}, at), "\"lost\":%d}\n", n)
}

// appendConn appends the keys that say which connection it is, which direction,
// if it is about one, and when.
func appendConn(l []byte, at time.Time, conn int64, dir string) []byte {
	l = append(strconv.AppendInt(append(l, `"conn":`...), conn, 10), ',')
	if dir != "" {
		l = append(append(append(l, `"dir":"`...), dir...), `",`...)
	}
	return appendTime(l, at)
}

func appendTime(l []byte, at time.Time) []byte {
	return append(at.UTC().AppendFormat(append(l, `"time":"`...), "2006-01-02T15:04:05.000000Z"), `",`...)
}

// appendMarks appends the keys that only a tap has, and only some frames.
func appendMarks(l []byte, r *record) []byte {
	if r.half {
		l = append(l, `"half_close":true,`...)
	}
	if r.after {
		l = append(l, `"after_end":true,`...)
	}
	return l
}

// tapText makes lines for people.
type tapText struct{ palette }

// whenTitle and placeTitles stand above what whenText and placeText give.
const (
	whenTitle   = "TIME          "
	placeTitles = "CONN  DIR  "
)

// whenText is the start of a line: the time, on this machine's clock and in its
// zone.
func whenText(at time.Time) string { return at.Local().Format("15:04:05.000  ") }

// placeText is what comes next: connection and direction.
func placeText(conn int64, dir string) string { return fmt.Sprintf("%4d  %-3s  ", conn, dir) }

func (t tapText) titles() []byte {
	p := textPrinter{palette: t.palette, widths: startWidths, when: whenTitle, place: placeTitles}
	return p.titles(nil)
}

// start begins a line.
func (t tapText) start(at time.Time, conn int64, dir string) []byte {
	return appendStart(nil, t.palette, whenText(at), placeText(conn, dir))
}

func (t tapText) opened(at time.Time, conn int64, client, upstream string) []byte {
	l := t.title.append(t.start(at, conn, ""), client+" -> "+upstream)
	return append(l, '\n')
}

func (t tapText) failed(at time.Time, conn int64, err error) []byte {
	l := append(append(t.start(at, conn, ""), t.bad.on...), "not passed on: "...)
	return append(append(appendValue(l, []byte(err.Error())), t.bad.off...), '\n')
}

func (t tapText) ended(e *ended) []byte {
	in := t.faint
	if e.err != nil {
		in = t.bad
	}
	l := append(t.start(e.at, e.conn, e.dir), in.on...)
	l = strconv.AppendInt(append(append(l, e.how...), " after "...), e.bytes, 10)
	l = append(l, " bytes"...)
	if e.err != nil {
		l = appendValue(append(l, ": "...), []byte(e.err.Error()))
		l = append(appendNumber(append(l, " ("...), int(status.FromError(e.err).Code)), ')')
	}
	if e.live > 0 {
		l = appendIDs(append(l, "; live streams: "...), e.streams, ", ")
		if more := e.live - len(e.streams); more > 0 {
			l = append(appendNumber(append(l, " and "...), more), " more"...)
		}
	}
	return append(append(l, in.off...), '\n')
}

func (t tapText) lost(at time.Time, n int64) []byte {
	text := fmt.Sprintf("... %d frames or events are not shown here: the output is too slow", n)
	return append(t.bad.append(appendStart(nil, t.palette, whenText(at), ""), text), '\n')
}

// appendIDs appends stream ids with something between them.
func appendIDs(l []byte, ids []int32, between string) []byte {
	for i, id := range ids {
		if i > 0 {
			l = append(l, between...)
		}
		l = strconv.AppendInt(l, int64(id), 10)
	}
	return l
}
