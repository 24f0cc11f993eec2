package main

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// maxStreamsShown is how many streams text shows unless --full is given.
const maxStreamsShown = 50

// summaryText shows a summary in place of frames, and all else as text does.
type summaryText struct {
	*textPrinter
	sum *summary

	tables bool // they are there, and what comes is set off from them
	events bool // something else is there, and they are set off from it
}

func (p *summaryText) begin(name string) error {
	p.sum, p.tables, p.events = newSummary(), false, false
	return p.textPrinter.begin(name)
}

func (p *summaryText) frame(r *record) error {
	p.sum.add(r)
	return nil
}

// end shows the tables: by type, by ending, then by stream.
func (p *summaryText) end() error {
	types := p.sum.byType()
	table := newTable("TYPE", "FRAMES", "BYTES", "PAYLOAD")
	for t := frame.Meta; t <= frame.Rst; t++ {
		if types[t].frames > 0 {
			table.row(t.String(), types[t].frames, types[t].size, types[t].payload)
		}
	}
	total := types.total()
	table.row("total", total.frames, total.size, total.payload)
	l := p.line[:0]
	if p.events {
		l = append(l, '\n')
	}
	p.tables = true
	l = p.byEnding(table.append(l, p.title))
	if len(p.sum.streams) > 0 {
		l = p.byStream(append(l, '\n'))
	}
	if n := p.sum.resynced; n > 0 {
		l = strconv.AppendInt(append(l, "\nLow confidence, since found by their looks: "...), n, 10)
		l = append(l, " frames.\n"...)
	}
	return p.flush(l)
}

func (p *summaryText) illegal(e *wire.Error, w window) error {
	return firstOf(p.event(), p.textPrinter.illegal(e, w))
}

func (p *summaryText) cut(e *cutError, f *frame.Frame) error {
	return firstOf(p.event(), p.textPrinter.cut(e, f))
}

func (p *summaryText) skipped(from, to int64, found bool) error {
	return firstOf(p.event(), p.textPrinter.skipped(from, to, found))
}

func (p *summaryText) gap(at, bytes int64) error {
	return firstOf(p.event(), p.textPrinter.gap(at, bytes))
}

// event begins what is no table.
func (p *summaryText) event() error {
	if p.events = true; p.tables {
		p.tables = false
		return p.out.WriteByte('\n')
	}
	return nil
}

// byEnding appends the table of endings, if there are any.
func (p *summaryText) byEnding(l []byte) []byte {
	table := newTable("ENDING", "FRAMES")
	for i, n := range p.sum.endings {
		if n > 0 {
			table.row(endingName(i), n)
		}
	}
	if len(table.rows) == 1 {
		return l
	}
	return table.append(append(l, '\n'), p.title)
}

// byStream appends the table of streams, and what it leaves out.
func (p *summaryText) byStream(l []byte) []byte {
	streams := p.sum.streams
	if !p.full && len(streams) > maxStreamsShown {
		streams = largest(streams, maxStreamsShown)
	}
	table := newTable("STREAM", "META", "HEADER", "DATA", "TRAILER", "RST", "BYTES", "PAYLOAD")
	table.words("ENDING", "METHOD")
	for _, c := range streams {
		p.streamRow(table, strconv.Itoa(int(c.id)), &c.counts)
		method := ""
		if c.method != "" {
			method = string(p.word(nil, []byte(c.method)))
		}
		table.words(c.ending.text(), method)
	}
	if p.sum.others.total().frames > 0 {
		p.streamRow(table, "others", &p.sum.others)
	}
	l = table.append(l, p.title)
	if n := len(p.sum.streams) - len(streams); n > 0 {
		l = appendNumber(append(l, "The "...), len(streams))
		l = appendNumber(append(l, " largest streams; --full shows the other "...), n)
		l = append(l, " too.\n"...)
	}
	if p.sum.others.total().frames > 0 {
		l = appendNumber(append(l, "Others are the streams that came after the first "...), maxStreams)
		l = append(l, ", counted together.\n"...)
	}
	return l
}

func (p *summaryText) streamRow(table *table, name string, c *counts) {
	sum := c.total()
	cells := make([]int64, 0, 7)
	for t := frame.Meta; t <= frame.Rst; t++ {
		cells = append(cells, c[t].frames)
	}
	table.row(name, append(cells, sum.size, sum.payload)...)
}

// text is what an ending is called, with its code.
func (e *streamEnding) text() string {
	if !e.ended {
		return "-"
	}
	name := endingName(int(e.kind))
	switch {
	case e.key == "":
		return name
	case e.kind == status.EndFramework:
		return fmt.Sprintf("%s, type id %d", name, e.code)
	}
	return fmt.Sprintf("%s %d", name, e.code)
}

// largest is the n streams with the most bytes, the largest first.
func largest(streams []*streamCounts, n int) []*streamCounts {
	sorted := append([]*streamCounts(nil), streams...)
	sort.SliceStable(sorted, func(i, k int) bool { return sorted[i].total().size > sorted[k].total().size })
	return sorted[:n]
}
