package main

import (
	"strconv"

	"github.com/ttwire/ttwire/frame"
)

// summaryJSON shows a summary in place of frames, as JSON, and all else as
// JSON does.
type summaryJSON struct {
	*jsonPrinter
	sum *summary
}

func (p *summaryJSON) begin(name string) error {
	p.sum = newSummary()
	return p.jsonPrinter.begin(name)
}

func (p *summaryJSON) frame(r *record) error {
	p.sum.add(r)
	return nil
}

// end shows a line for each stream, one for the others, and the total.
func (p *summaryJSON) end() error {
	for _, c := range p.sum.streams {
		l := appendNumber(append(p.open("stream"), `,"stream":`...), int(c.id))
		l = appendJSON(append(l, `,"method":`...), []byte(c.method))
		l = appendEnding(appendCounts(l, &c.counts), &c.ending)
		if err := p.finish(l); err != nil {
			return err
		}
	}
	if p.sum.others.total().frames > 0 {
		if err := p.finish(appendCounts(p.open("others"), &p.sum.others)); err != nil {
			return err
		}
	}
	types := p.sum.byType()
	l := p.sum.appendEndings(appendCounts(p.open("total"), &types))
	if n := p.sum.resynced; n > 0 {
		l = strconv.AppendInt(append(l, `,"resynced":`...), n, 10)
	}
	return p.finish(l)
}

// appendEnding appends how one stream ended, with the code as in "status".
func appendEnding(l []byte, e *streamEnding) []byte {
	if l = append(l, `,"ending":`...); !e.ended {
		return append(l, "null"...)
	}
	l = append(append(append(l, `{"kind":"`...), endingName(int(e.kind))...), '"')
	if e.key != "" {
		l = append(append(append(l, `,"`...), e.key...), `":`...)
		l = appendNumber(l, int(e.code))
	}
	return append(l, '}')
}

// appendEndings appends how streams ended, by kind.
func (m *summary) appendEndings(l []byte) []byte {
	l = append(l, `,"endings":{`...)
	for i, n := range m.endings {
		if i > 0 {
			l = append(l, ',')
		}
		l = append(append(append(l, '"'), endingName(i)...), `":`...)
		l = strconv.AppendInt(l, n, 10)
	}
	return append(l, '}')
}

// open begins a line about a stream, the others or all.
func (p *summaryJSON) open(of string) []byte {
	l := append(append(p.line[:0], '{'), p.name...)
	return append(append(append(l, `"summary":"`...), of...), '"')
}

// appendCounts appends the sum, then the counts by type.
func appendCounts(l []byte, c *counts) []byte {
	l = append(appendCount(append(l, ','), c.total()), `,"types":{`...)
	for t := frame.Meta; t <= frame.Rst; t++ {
		if t > frame.Meta {
			l = append(l, ',')
		}
		l = append(append(append(l, '"'), t.String()...), `":{`...)
		l = append(appendCount(l, c[t]), '}')
	}
	return append(l, '}')
}

func appendCount(l []byte, c count) []byte {
	l = strconv.AppendInt(append(l, `"frames":`...), c.frames, 10)
	l = strconv.AppendInt(append(l, `,"size":`...), c.size, 10)
	return strconv.AppendInt(append(l, `,"payload_size":`...), c.payload, 10)
}
