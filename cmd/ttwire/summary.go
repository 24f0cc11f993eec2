package main

import (
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
)

const (
	// maxStreams is how many streams a summary counts one by one. Those first
	// seen after that are counted together, so that memory stays bounded.
	maxStreams = 65536

	// maxMethods bounds the method names that a summary keeps, in bytes.
	maxMethods = 1 << 20
)

// count is how often something came and how much that was, in bytes.
type count struct{ frames, size, payload int64 }

func (c *count) add(size, payload int) {
	c.frames++
	c.size += int64(size)
	c.payload += int64(payload)
}

func (c *count) merge(d count) {
	c.frames += d.frames
	c.size += d.size
	c.payload += d.payload
}

// counts is a count for each frame type.
type counts [frame.Rst + 1]count

func (c *counts) total() (sum count) {
	for _, d := range c {
		sum.merge(d)
	}
	return sum
}

// streamCounts is what a summary knows of one stream.
type streamCounts struct {
	id     int32
	method string // of the first frame that has one; "" if there is none or no room for it
	ending streamEnding
	counts
}

// streamEnding is how a stream has ended: the first that is not ok of what its
// trailer and rst frames say, so that no error reads as success. The zero value
// is a stream that has not ended.
type streamEnding struct {
	ended bool
	kind  status.Ending // 0: not read
	key   string        // what the code is called in JSON, "" if there is none
	code  int32
}

func (e *streamEnding) add(r *record) {
	if e.ended && e.kind != status.EndOK {
		return
	}
	s := &r.status
	*e = streamEnding{ended: true, kind: s.Ending}
	switch {
	case s.Ending == status.EndBusiness:
		e.key, e.code = "func_ret", s.FuncRet
	case s.Ending == status.EndFramework, s.Ending == status.EndCanceled && !s.NoDetail:
		e.key, e.code = "ret", s.Ret
	case s.Ending == status.EndIllegal:
		e.key, e.code = "code", s.Err.StreamCode()
	}
}

// summary counts the frames of one input by type and by stream.
type summary struct {
	streams []*streamCounts // in the order they came
	byID    map[int32]*streamCounts
	last    *streamCounts // of the frame before
	others  counts        // of the streams that there is no room for
	endings [status.EndIllegal + 1]int64
	methods map[string]string
	room    int // left for method names, in bytes

	resynced int64 // frames that are low confidence
}

func newSummary() *summary {
	return &summary{byID: map[int32]*streamCounts{}, methods: map[string]string{}, room: maxMethods}
}

// add counts the current frame.
func (m *summary) add(r *record) {
	id, t := r.frame.StreamID, r.frame.Type
	if r.resynced {
		m.resynced++
	}
	if r.ends() {
		m.endings[r.status.Ending]++
	}
	if m.last == nil || m.last.id != id {
		if m.last = m.stream(id); m.last == nil {
			m.others[t].add(r.size, r.payload)
			return
		}
	}
	if m.last.method == "" {
		m.last.method = m.intern(r.frame.Method())
	}
	if r.ends() {
		m.last.ending.add(r)
	}
	m.last.counts[t].add(r.size, r.payload)
}

// stream finds or makes the counts of a stream, or gives nil where there is no
// room for one more.
func (m *summary) stream(id int32) *streamCounts {
	c := m.byID[id]
	if c == nil && len(m.streams) < maxStreams {
		c = &streamCounts{id: id}
		m.streams = append(m.streams, c)
		m.byID[id] = c
	}
	return c
}

// intern keeps one copy of each method name.
func (m *summary) intern(b []byte) string {
	name, ok := m.methods[string(b)]
	if !ok && len(b) <= m.room {
		name = string(b)
		m.methods[name] = name
		m.room -= len(b)
	}
	return name
}

// byType is the counts of all streams together.
func (m *summary) byType() counts {
	sum := m.others
	for _, c := range m.streams {
		for t := range sum {
			sum[t].merge(c.counts[t])
		}
	}
	return sum
}

// endingName is what the endings counted at i are called. Those at 0, which is
// no Ending, have not been read.
func endingName(i int) string {
	if i == 0 {
		return "unread"
	}
	return status.Ending(i).String()
}
