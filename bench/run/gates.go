package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ttwire/ttwire/bench"
)

// bars draws one bar for each line, from the top down: the ratio, and a mark
// where the gate is.
type bars []bench.Result

const (
	barStep    = 19
	labelWidth = 48
)

var (
	good = color.RGBA{R: 0x3b, G: 0x82, B: 0xd6, A: 0xff}
	bad  = color.RGBA{R: 0xd9, G: 0x48, B: 0x3b, A: 0xff}
)

// Plot makes bars a plot.Plotter.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i := range b {
		l := &b[i]
		mid, end := y(b.y(i)), x(max(l.Ratio, p.X.Min))
		fill := good
		if l.Verdict == bench.FallsShort {
			fill = bad
		}
		c.SetColor(fill)
		c.Fill(vg.Rectangle{Min: vg.Point{X: x(p.X.Min), Y: mid - 6}, Max: vg.Point{X: end, Y: mid + 6}}.Path())
		gate := x(l.Limit)
		c.StrokeLine2(draw.LineStyle{Color: color.White, Width: 4.5}, gate, mid-7, gate, mid+7)
		c.StrokeLine2(draw.LineStyle{Color: ink, Width: 2}, gate, mid-8, gate, mid+8)
		if end < gate+3 && gate < end+labelWidth {
			end = gate
		}
		c.FillText(textStyle(textSize, ink, draw.XLeft), vg.Point{X: end + 6, Y: mid - 4.5}, times(l.Ratio))
	}
}

func (b bars) y(i int) float64 { return float64(len(b) - 1 - i) }

// height is that of the plot, with its axis.
func (b bars) height() vg.Length { return vg.Length(barStep*len(b) + 48) }

// drawGates draws the ratios of all gates: how much faster above, and what
// must not be slower than so much below. It is nil if there are none.
func drawGates(lines []bench.Result, about string) *picture {
	var faster, within bars
	held := 0
	for _, l := range lines {
		switch {
		case l.Verdict == bench.NoGate:
			continue
		case l.AtMost:
			within = append(within, l)
		default:
			faster = append(faster, l)
		}
		if l.Verdict == bench.Holds {
			held++
		}
	}
	if len(faster)+len(within) == 0 {
		return nil
	}
	height := vg.Length(head + legendHeight + margin)
	for _, b := range []bars{faster, within} {
		if b != nil {
			height += b.height()
		}
	}
	pic := newPicture(height, fmt.Sprintf("ttwire against its peers: %d of %d speed gates hold", held, held+short(lines)), about)
	pic.key()
	top := height - head - legendHeight
	top = pic.panel(faster, top, "times as fast as the peer (logarithmic)")
	pic.panel(within, top, "times as long as the peer")
	return pic
}

// short is how many gates fall short.
func short(lines []bench.Result) int {
	n := 0
	for _, l := range lines {
		if l.Verdict == bench.FallsShort {
			n++
		}
	}
	return n
}

const legendHeight = 22

// key says what the marks are.
func (p *picture) key() {
	y := p.Max.Y - head - 12
	item := func(x vg.Length, c color.Color, name string) {
		p.box(vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + 22, Y: y + 10}}, c)
		p.text(x+28, y-1, name, textSize, ink, draw.XLeft)
	}
	item(margin, good, "holds")
	item(margin+90, bad, "falls short")
	p.StrokeLine2(draw.LineStyle{Color: ink, Width: 2}, margin+206, y-2, margin+206, y+13)
	p.text(margin+214, y-1, "the gate", textSize, ink, draw.XLeft)
}

// panel draws the bars below top and gives where they end.
func (p *picture) panel(b bars, top vg.Length, label string) vg.Length {
	if b == nil {
		return top
	}
	pl := newPlot()
	pl.X.Label.Text = label
	var names plot.ConstantTicks
	right := 0.0
	for i := range b {
		names = append(names, plot.Tick{Value: b.y(i), Label: b[i].Row + " vs " + b[i].Peer})
		right = max(right, b[i].Ratio, b[i].Limit)
	}
	pl.Y.Tick.Marker, pl.Y.Min, pl.Y.Max = names, -0.6, float64(len(b))-0.4
	pl.Y.Tick.Length = 0
	pl.X.Min, pl.X.Max, pl.X.Tick.Marker = 0, right*1.15, linearTicks(right*1.15, "%gx")
	if !b[0].AtMost {
		pl.X.Scale = plot.LogScale{}
		pl.X.Min, pl.X.Max, pl.X.Tick.Marker = 1, right*1.5, logTicks(right*1.5)
	}
	pl.Add(grid(true, false), b)
	const labels = 262 // the same in both panels, so that they begin alike
	bottom := top - b.height()
	c := draw.Crop(p.Canvas, 0, -margin, bottom, top-p.Max.Y)
	c.Min.X = p.Min.X + labels - yWidth(pl, c)
	pl.Draw(c)
	return bottom
}

// yWidth is how wide the labels of the vertical axis are.
func yWidth(p *plot.Plot, c draw.Canvas) vg.Length {
	return p.DataCanvas(c).Min.X - c.Min.X
}

// logTicks are 1, 2, 5, 10 and so on.
func logTicks(to float64) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for ten := 1.0; ten <= to; ten *= 10 {
		for _, k := range []float64{1, 2, 5} {
			if v := k * ten; v <= to {
				ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%gx", v)})
			}
		}
	}
	return ticks
}

// linearTicks are a few round numbers.
func linearTicks(to float64, format string) plot.ConstantTicks {
	step := math.Pow10(int(math.Log10(to)))
	if to/step < 3 && step > 1 {
		step /= 2
	}
	var ticks plot.ConstantTicks
	for v := 0.0; v <= to; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf(format, v)})
	}
	return ticks
}
