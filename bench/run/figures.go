package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ttwire/ttwire/bench"
)

// A figure is a series of rows as a picture and as a table. To add one: list it
// here, and give it a place in docs/bench/README.md. TestFigures and TestKept
// fail until its rows and the place are there.
type figure struct {
	file   string
	title  string
	x      string // what grows
	curves []curve
}

// A curve is one variant of the rows that differ in their last part only.
type curve struct {
	row   string // the name without that part
	impl  string
	name  string
	color int // index into colors
	dash  int // index into dashes
}

func figures() []figure {
	return []figure{
		{"pairs.svg", "A header frame, by its string pairs", "string pairs in the header frame", []curve{
			{"Pairs/last", bench.Ours, "ttwire: parse, get the last value by its key", 0, 0},
			{"Pairs/last", "gopkg", "gopkg: decode into maps, get the last value", 1, 0},
			{"Pairs/all", bench.Ours, "ttwire: parse, iterate over all pairs", 0, 1},
			{"Pairs/each", "gopkg", "gopkg: decode into maps, get each value", 1, 1},
			{"Pairs/build", bench.Ours, "ttwire: build", 0, 2},
			{"Pairs/build", "gopkg", "gopkg: encode", 1, 2},
			{"Pairs/each", bench.Ours, "ttwire: parse, get each value by its key", 3, 1},
		}},
		{"payload.svg", "A data frame, by its payload", "payload", []curve{
			{"Payload/parse", bench.Ours, "ttwire: Parse, in place", 0, 0},
			{"Payload/parse", "gopkg", "gopkg: decode, in memory", 1, 0},
			{"Payload/views", bench.Ours, "ttwire: Reader.Next, views", 0, 1},
			{"Payload/views", "gopkg", "gopkg: decode, off a connection", 1, 1},
			{"Payload/into", bench.Ours, "ttwire: Reader, into the caller's buffer", 0, 2},
			{"Payload/parse", "copy", "copy of the frame", 2, 0},
		}},
		{"reads.svg", "A frame of 64 B off a connection, by how many come at once", "frames that one Read gives", []curve{
			{"ReadSize", bench.Ours, "ttwire: Reader.Next", 0, 0},
			{"ReadSize", "gopkg", "gopkg: decode", 1, 0},
		}},
		{"streams.svg", "A message, by how many streams are live", "live streams of the connection", []curve{
			{"Streams", bench.Ours, "ttwire: Conn.Recv and Taken, streams in shuffled order", 0, 0},
			{"Streams", "map", "one look into a map of the same ids", 2, 0},
		}},
		{"heap.svg", "Heap of a server's Conn for each live stream", "live streams of the connection", []curve{
			{"Heap", bench.Ours, "ttwire: Conn", 0, 0},
		}},
	}
}

// A point of a curve; x is the number in the row's name.
type point struct {
	x int
	y float64
}

// points are the curve's, in the order of the table.
func (c *curve) points(lines []bench.Result) []point {
	var ps []point
	for i := range lines {
		l := &lines[i]
		x, ok := c.at(l.Row)
		if !ok || len(ps) > 0 && ps[len(ps)-1].x == x {
			continue
		}
		switch c.impl {
		case bench.Ours:
			ps = append(ps, point{x, l.Value})
		case l.Peer:
			ps = append(ps, point{x, l.PeerValue})
		}
	}
	return ps
}

// at is the number in the name of a row of the curve.
func (c *curve) at(row string) (x int, ok bool) {
	last, ok := strings.CutPrefix(row, c.row+"/")
	_, number, ok2 := strings.Cut(last, "=")
	x, err := strconv.Atoi(number)
	return x, ok && ok2 && err == nil
}

// xs are all numbers of the figure that were measured, from small to large.
func (f *figure) xs(lines []bench.Result) []int {
	var xs []int
	for i := range f.curves {
		for _, p := range f.curves[i].points(lines) {
			xs = append(xs, p.x)
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// unit is that of the figure's values.
func (f *figure) unit(lines []bench.Result) string {
	for i := range lines {
		if _, ok := f.curves[0].at(lines[i].Row); ok {
			return lines[i].Unit
		}
	}
	return nsPerOp
}

// label is x as the axis and the table show it.
func (f *figure) label(x int) string {
	switch {
	case f.file != "payload.svg":
		return thousands(x)
	case x >= 1<<20:
		return fmt.Sprintf("%d MiB", x>>20)
	case x >= 1<<10:
		return fmt.Sprintf("%d KiB", x>>10)
	}
	return fmt.Sprintf("%d B", x)
}

// thousands is n with commas.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
