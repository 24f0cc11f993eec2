package main

import (
	"bytes"
	"image/color"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/ttwire/ttwire/bench"
)

// The look of all pictures. Their background is white whatever the page's is.
var (
	ink    = color.Gray{Y: 0x24}
	faint  = color.Gray{Y: 0x6e}
	line   = color.Gray{Y: 0xe2}
	colors = []color.Color{color.RGBA{R: 0x1f, G: 0x6f, B: 0xd6, A: 0xff}, color.RGBA{R: 0xd0, G: 0x5f, B: 0x0c, A: 0xff}, color.Gray{Y: 0x80}, color.RGBA{R: 0x6b, G: 0x3f, B: 0xb5, A: 0xff}}
	dashes = [][]vg.Length{nil, {6, 3}, {1.5, 3}}
	shapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}}
)

const (
	width     = 800 // of every picture
	margin    = 14
	titleSize = 16
	textSize  = 12
	smallSize = 10.5
)

// A picture is a canvas with the common look.
type picture struct {
	draw.Canvas
	svg *vgsvg.Canvas
}

// newPicture has a title, and under it how what it shows came about.
func newPicture(height vg.Length, title, about string) *picture {
	svg := vgsvg.New(width, height)
	p := &picture{draw.New(svg), svg}
	p.box(p.Rectangle, color.White)
	p.text(margin, height-margin-titleSize, title, titleSize, ink, draw.XLeft)
	p.text(margin, height-margin-titleSize-17, about, smallSize, faint, draw.XLeft)
	return p
}

// head is how much of the height newPicture has used.
const head = margin + titleSize + 17 + 10

// textStyle is that of all text.
func textStyle(size float64, c color.Color, align draw.XAlignment) draw.TextStyle {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(size)}
	return draw.TextStyle{Color: c, Font: f, XAlign: align, YAlign: draw.YBottom, Handler: plot.DefaultTextHandler}
}

func (p *picture) text(x, y vg.Length, s string, size float64, c color.Color, align draw.XAlignment) {
	p.FillText(textStyle(size, c, align), vg.Point{X: x, Y: y}, s)
}

func (p *picture) box(r vg.Rectangle, c color.Color) {
	p.SetColor(c)
	p.Fill(r.Path())
}

// save writes the picture. Where the font it was drawn with is not there, one
// of the same widths will do.
func (p *picture) save(file string) error {
	var b bytes.Buffer
	if _, err := p.svg.WriteTo(&b); err != nil {
		return err
	}
	families := []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif")
	svg := bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), families)
	return os.WriteFile(file, svg, 0o644)
}

// newPlot is a plot with axes in the common look.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Tick.Label = textStyle(textSize, ink, a.Tick.Label.XAlign)
		a.Label.TextStyle = textStyle(textSize, ink, draw.XCenter)
		a.LineStyle.Color, a.Tick.LineStyle.Color = faint, faint
		a.Tick.Length = 4
	}
	p.X.Label.Padding = 6
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XCenter, draw.YTop
	p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = draw.XRight, draw.YCenter
	return p
}

// grid is lines at the labelled ticks.
func grid(vertical, horizontal bool) *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = nil, nil
	if vertical {
		g.Vertical.Color = line
	}
	if horizontal {
		g.Horizontal.Color = line
	}
	return g
}

// drawAll draws what was measured into the folder: the gates, and each figure
// that has a line to show.
func drawAll(dir string, lines []bench.Result, about string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if p := drawGates(lines, about); p != nil {
		if err := p.save(filepath.Join(dir, "gates.svg")); err != nil {
			return err
		}
	}
	for _, f := range figures() {
		if len(f.xs(lines)) < 2 {
			continue
		}
		p, err := f.draw(lines, about)
		if err != nil {
			return err
		}
		if err := p.save(filepath.Join(dir, f.file)); err != nil {
			return err
		}
	}
	return nil
}

// draw draws the figure. The steps of x are even, since the numbers grow by the
// same factor; 0 is one step before the first.
func (f *figure) draw(lines []bench.Result, about string) (*picture, error) {
	const legendLine = 19
	legend := vg.Length((len(f.curves) + 1) / 2 * legendLine)
	pic := newPicture(380+legend, f.title, about)
	p := newPlot()
	p.X.Label.Text = f.x
	f.axes(p, lines)
	p.Add(grid(false, true))
	for i := range f.curves {
		c := &f.curves[i]
		l, s, err := plotter.NewLinePoints(f.xys(c, lines))
		if err != nil {
			return nil, err
		}
		l.LineStyle, s.GlyphStyle = c.style()
		p.Add(l, s)
		x := vg.Length(margin + (i%2)*(width/2))
		y := pic.Max.Y - head - legendLine*vg.Length(i/2+1) + 4
		pic.StrokeLine2(l.LineStyle, x, y+4.5, x+30, y+4.5)
		pic.DrawGlyph(s.GlyphStyle, vg.Point{X: x + 15, Y: y + 4.5})
		pic.text(x+38, y, c.name, textSize, ink, draw.XLeft)
	}
	p.Draw(draw.Crop(pic.Canvas, margin, -margin-10, margin, -head-legend-8))
	return pic, nil
}

func (c *curve) style() (draw.LineStyle, draw.GlyphStyle) {
	return draw.LineStyle{Color: colors[c.color], Width: 2, Dashes: dashes[c.dash]},
		draw.GlyphStyle{Color: colors[c.color], Radius: 3.5, Shape: shapes[c.dash]}
}

// axes labels x with what was measured. The scale of times is logarithmic.
func (f *figure) axes(p *plot.Plot, lines []bench.Result) {
	xs := f.xs(lines)
	var ticks plot.ConstantTicks
	for i, x := range xs {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: f.label(x)})
	}
	p.X.Tick.Marker, p.X.Min, p.X.Max = ticks, -0.3, float64(len(xs))-0.7
	low, high := f.bounds(lines)
	if f.unit(lines) != nsPerOp {
		p.Y.Min, p.Y.Max, p.Y.Tick.Marker = 0, high*1.25, linearTicks(high*1.25, "%g B")
		return
	}
	p.Y.Scale = plot.LogScale{}
	p.Y.Min, p.Y.Max = math.Pow10(int(math.Floor(math.Log10(low)))), math.Pow10(int(math.Ceil(math.Log10(high))))
	var times plot.ConstantTicks
	for v := p.Y.Min; v <= p.Y.Max*1.01; v *= 10 {
		times = append(times, plot.Tick{Value: v, Label: tickLabel(v)})
	}
	p.Y.Tick.Marker = times
}

// tickLabel is a power of ten of nanoseconds.
func tickLabel(ns float64) string {
	for _, unit := range []string{"ns", "µs", "ms"} {
		if ns < 999 {
			return thousands(int(ns+0.5)) + " " + unit
		}
		ns /= 1000
	}
	return thousands(int(ns+0.5)) + " s"
}

func (f *figure) bounds(lines []bench.Result) (low, high float64) {
	low = math.Inf(1)
	for i := range f.curves {
		for _, p := range f.curves[i].points(lines) {
			low, high = min(low, p.y), max(high, p.y)
		}
	}
	return low, high
}

// xys are the curve's points where the axis has them.
func (f *figure) xys(c *curve, lines []bench.Result) plotter.XYs {
	var xys plotter.XYs
	for i, x := range f.xs(lines) {
		for _, p := range c.points(lines) {
			if p.x == x {
				xys = append(xys, plotter.XY{X: float64(i), Y: p.y})
			}
		}
	}
	return xys
}
