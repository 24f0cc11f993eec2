package main

import (
	"os"
	"strings"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
)

// style puts terminal escapes around text; the zero style puts none.
type style struct{ on, off string }

func (s style) append(dst []byte, text string) []byte {
	return append(append(append(dst, s.on...), text...), s.off...)
}

// palette holds the styles of text output; the zero palette is without colour.
type palette struct {
	title, faint, key, bad, mark style
	types                        [frame.Rst + 1]style
	endings                      [status.EndIllegal + 1]style
}

// newPalette makes the palette in colours.
func newPalette() palette {
	p := palette{
		title: newStyle(color.Bold),
		faint: newStyle(color.Faint),
		key:   newStyle(color.FgCyan),
		bad:   newStyle(color.FgRed, color.Bold),
		mark:  newStyle(color.FgRed, color.Bold),
	}
	p.types[frame.Meta] = newStyle(color.FgMagenta)
	p.types[frame.Header] = newStyle(color.FgGreen, color.Bold)
	p.types[frame.Trailer] = newStyle(color.FgYellow, color.Bold)
	p.types[frame.Rst] = newStyle(color.FgRed, color.Bold)
	p.endings[status.EndOK] = newStyle(color.FgGreen)
	p.endings[status.EndBusiness] = newStyle(color.FgYellow)
	p.endings[status.EndFramework] = newStyle(color.FgRed)
	p.endings[status.EndCanceled] = newStyle(color.FgMagenta)
	p.endings[status.EndIllegal] = p.bad
	return p
}

func newStyle(attributes ...color.Attribute) style {
	c := color.New(attributes...)
	c.EnableColor()
	on, off, _ := strings.Cut(c.Sprint("|"), "|")
	return style{on, off}
}

// wantColor decides about colour: the flag's word, and for auto whether the
// output is a terminal that can show it and NO_COLOR (no-color.org) is not set.
func wantColor(word string, onScreen bool) bool {
	if word != "auto" {
		return word == "always"
	}
	return onScreen && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}
