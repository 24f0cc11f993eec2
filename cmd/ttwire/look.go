package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// look is how frames are read and shown: the flags that dump and tap share.
type look struct {
	json, payload, full, lenient bool

	color choiceFlag
	lim   frame.Limits
}

// output is where printers write. What they meet there is kept by a
// *bufio.Writer, and a *bytes.Buffer meets nothing.
type output interface {
	io.Writer
	io.ByteWriter
}

func (k *look) addFlags(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.BoolVar(&k.json, "json", false, "write one JSON object a line")
	fl.BoolVar(&k.payload, "payload", false, "include payloads: base64 in JSON, a hex dump in text")
	fl.BoolVar(&k.full, "full", false, "cut no values in text, and leave no pairs out")
	fl.BoolVar(&k.lim.Strict, "strict", false, "refuse everything that implementations disagree about")
	fl.BoolVar(&k.lenient, "lenient", false, "take a biz-status that is no number for none, as live Kitex clients do")
	k.lim.MaxHeader, k.lim.MaxPayload, k.lim.MaxPairs = k.lim.Header(), k.lim.Payload(), k.lim.Pairs()
	fl.Var(&sizeFlag{&k.lim.MaxHeader, wire.MinHeader, wire.MaxHeader, true}, "max-header", "refuse a frame with more header info")
	fl.Var(&sizeFlag{&k.lim.MaxPayload, 1, wire.MaxPayload, true}, "max-payload", "refuse a frame with more payload, as in 64KiB or 1GiB")
	fl.Var(&sizeFlag{&k.lim.MaxPairs, 1, 1 << 20, false}, "max-pairs", "refuse a frame with more pairs")
	k.color = choiceFlag{"auto", []string{"auto", "always", "never"}}
	fl.Var(&k.color, "color", "colour text; auto: on a terminal, unless NO_COLOR is set")
	complete := cobra.FixedCompletions(k.color.of, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("color", complete) // fails for unknown flags only
}

// check refuses flags that do not go together.
func (k *look) check() error {
	if k.lim.Strict && k.lenient {
		return errors.New("--strict and --lenient are opposites: leave out one")
	}
	return nil
}

// mode is how endings are read.
func (k *look) mode() trailer.Mode { return trailer.Mode{Strict: k.lim.Strict, Lenient: k.lenient} }

func (k *look) newJSON(out output) *jsonPrinter {
	return &jsonPrinter{out: out, payload: k.payload}
}

func (k *look) newText(out output, onScreen bool) *textPrinter {
	t := &textPrinter{out: out, full: k.full, payload: k.payload}
	if wantColor(k.color.word, onScreen) {
		t.palette = newPalette()
	}
	return t
}
