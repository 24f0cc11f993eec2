package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ttwire/ttwire/status"
)

const explainLong = `Explain tells what an error code or an error text means: what happened, which
side raised it, the way that a cancel took, the chain of causes, what is likely
behind it and what to look at. It knows the codes of TTHeader Streaming (12001
to 12015), of tRPC (0 to 1000), and business codes as what they are.

Each WHAT is one of these, the first that fits:

  a number      12007; a negative one goes behind "--": explain -- -1
  a name        canceled-by-downstream, or as in Go: CanceledByDownstream
  a text        that holds one error or more, as from a log; quote it
  a file        a log of any size, as text, JSON or logfmt, log/slog's too; "./351" for a file
                that has the name of a code
  -             standard input, which is also read where there is no WHAT

Words that are none of these are taken together as one text. Error texts are

  [ttstream error, code=12007] [server-side stream] [canceled path: A] message
  type:framework, code:101, msg:message, caused by another error
  biz error: code=10001, msg=message

Errors that are equal are shown once, with their number and where the first and
the last one is; words of messages that hold digits, such as times and ids, do
not make errors different. Line numbers count from 1, offsets are bytes from 0.
--each shows every error instead, where it is, as soon as it is read. Memory
does not grow with the log: what it could not keep, it tells. Lines may be of
any length, but an error text is cut after 16 KiB.

A text is no proof: whoever writes the message can write another error into it.

JSON (--json) is one object a line: one for each sense of a number, one for each
group of equal errors, the most frequent code first. Keys, in this order:

  arg          the number or name that was asked for; null for errors
  file         where the (first) error is, "-" is standard input; null for
  line         arguments. Of an argument that is a text, line and offset count
  offset       in that text
  last_file, last_line, last_offset   where the last one is
  count        how many there are; 0 for a number
  varies       whether their texts differ in words with digits
  text         the text of the first one; null for a number
  kind         stream, framework, callee framework, business or application (an
               exception's type id); null for a number
  code         the number
  family       ttstream, trpc, business, thrift (the type id of an exception);
               null for a number that falls in no range
  known        whether the family knows the code
  name, class  such as "canceled" and "cancel", null if it has none
  raised_by    who raises it, in words, or null
  timeout, canceled   whether time ran out, whether somebody stopped waiting
  side         the side of the stream that shows it: client, server or null
  cancel_path  the names in it, or null
  message      of the error; of a number, what peers print with it, or null
  extra        the pairs of a business error, an object; known only where the log
               has the error as an object of log/slog's JSON, else null
  meaning      what happened
  causes       what is likely behind it, a list
  checks       what to look at, a list
  go           a Go condition that holds for such errors, or null
  cause        the error below, an object with the keys from kind on, or null;
               of one that is not of these kinds only the message is known

After the errors comes a line that sums up:

  {"total":{"inputs":1,"lines":9,"bytes":812,"errors":3,"groups":2,"ungrouped":0,"cut":0}}

"ungrouped" is how many errors there was no room to keep, "cut" how many texts
were longer than 16 KiB. With --each there is a line for each error, with a
count of 1, and none that sums up.

Exit status: 0 if each WHAT was explained, 1 if one was not known or held no
error, 2 for wrong usage or an input or output error.`

const explainExample = `  ttwire explain 12007
  ttwire explain 351 canceled-by-downstream
  ttwire explain '[ttstream error, code=12010] [server-side stream] canceled by upstream'
  ttwire explain app.log
  ttwire explain --each app.log | grep 12014
  kubectl logs deploy/app | ttwire explain -
  ttwire explain --json app.log | jq -r 'select(.code) | "\(.count) \(.name)"'`

// explain is one run of the command.
type explain struct {
	json, each, full bool
	color            choiceFlag

	stdin  io.Reader
	out    *bufio.Writer
	errOut io.Writer
	show   explainer
	found  *report
	inputs []inputTotal
	worst  int // exit status
}

// explainer shows what codes and errors mean. Its errors are those of the
// output.
type explainer interface {
	number(arg string, senses []sense) error
	report(r *report, inputs []inputTotal) error
	each(f *finding, at place) error
}

// inputTotal is how much was in a text.
type inputTotal struct {
	file                 string // as in place
	lines, bytes, errors int64
}

func newExplainCommand() *cobra.Command {
	x := &explain{color: choiceFlag{"auto", []string{"auto", "always", "never"}}}
	cmd := &cobra.Command{
		Use:                   "explain [flags] [WHAT ...]",
		Short:                 "Tell what an error code, an error text or the errors in a log mean",
		Long:                  explainLong,
		Example:               explainExample,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeCodes,
		RunE: func(cmd *cobra.Command, args []string) error {
			x.stdin, x.errOut = cmd.InOrStdin(), cmd.ErrOrStderr()
			return x.run(cmd.OutOrStdout(), args)
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.BoolVar(&x.json, "json", false, "write one JSON object a line")
	fl.BoolVar(&x.each, "each", false, "show every error in a line of its own, and explain none")
	fl.BoolVar(&x.full, "full", false, "cut no messages, and leave no errors out")
	fl.Var(&x.color, "color", "colour text; auto: on a terminal, unless NO_COLOR is set")
	complete := cobra.FixedCompletions(x.color.of, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("color", complete) // fails for unknown flags only
	cmd.SetFlagErrorFunc(negativeHint)
	return cmd
}

// negativeHint is for who has typed a negative number.
func negativeHint(_ *cobra.Command, err error) error {
	if _, arg, ok := strings.Cut(err.Error(), " in -"); ok && isDigits(arg) {
		return fmt.Errorf("-%s looks like a flag: a negative number goes behind --, as in: ttwire explain -- -%s", arg, arg)
	}
	return err
}

// completeCodes gives the names of codes, or their numbers.
func completeCodes(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	for row := range status.Codes() {
		code := fmt.Sprint(row.Code)
		switch {
		case begun == "" || strings.HasPrefix(row.Name, begun):
			all = append(all, cobra.CompletionWithDesc(row.Name, code+": "+row.Meaning))
		case strings.HasPrefix(code, begun):
			all = append(all, cobra.CompletionWithDesc(code, row.Name+": "+row.Meaning))
		}
	}
	return all, cobra.ShellCompDirectiveDefault // file names too
}

// run explains the arguments one after the other, and then the errors that
// were found in all of them.
func (x *explain) run(out io.Writer, args []string) error {
	if len(args) == 0 {
		args = []string{"-"}
	}
	x.out = bufio.NewWriterSize(out, 64<<10)
	x.found = newReport()
	asked := queries(args)
	x.show = x.newExplainer(isTerminal(out), asked)
	for _, q := range asked {
		if err := x.query(q); err != nil {
			return unwritten(x.errOut, err)
		}
	}
	if len(x.inputs) > 0 && !x.each && (x.json || x.found.total > 0) {
		if err := x.show.report(x.found, x.inputs); err != nil {
			return unwritten(x.errOut, err)
		}
	}
	if err := x.out.Flush(); err != nil {
		return unwritten(x.errOut, err)
	}
	if x.worst != statusOK {
		return exitStatus(x.worst)
	}
	return nil
}

func (x *explain) newExplainer(onScreen bool, asked []query) explainer {
	if x.json {
		return &explainJSON{out: x.out}
	}
	files := 0
	for _, q := range asked {
		if q.kind == askFile {
			files++
		}
	}
	t := &explainText{out: x.out, full: x.full, named: files > 1}
	if wantColor(x.color.word, onScreen) {
		t.palette = newPalette()
	}
	return t
}

// query answers one question. Its error is one of the output.
func (x *explain) query(q query) error {
	switch q.kind {
	case askCode:
		return x.show.number(q.text, sensesOf(q.code))
	case askName:
		for _, s := range sensesOf(q.code) {
			if s.Name == q.name {
				return x.show.number(q.text, []sense{s})
			}
		}
	case askText:
		return x.text("", strings.NewReader(q.text), nil)
	case askFile:
		return x.file(q.text)
	}
	x.note(statusIllegal, q.unknown())
	return nil
}

// file explains what is in a file, or "-".
func (x *explain) file(name string) error {
	f, err := open(name, x.stdin)
	if err != nil {
		x.note(statusFailed, showName(name)+": "+bare(err).Error())
		return nil
	}
	defer f.close()
	src := f.Reader
	switch {
	case isTerminal(src):
		fmt.Fprintln(x.errOut, "ttwire: paste error texts or a log; end them with Ctrl-D")
	case f.size < 0 && !x.each:
		defer holdInterrupt()()
	}
	var p *progress
	if f.size > progressFrom && isTerminal(x.errOut) && !x.each {
		p = newProgress(src, x.errOut, showName(name), f.size)
		src = p
	}
	return x.text(name, src, p)
}

// holdInterrupt lets the first Ctrl-C pass: in a pipe it ends the program that
// writes into it, and what that has written is still to be explained.
func holdInterrupt() (release func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	done := make(chan struct{})
	go func() {
		select {
		case <-c:
		case <-done:
		}
		signal.Stop(c)
	}()
	return func() { close(done) }
}

// text explains what is in a text; name is as in place.
func (x *explain) text(name string, src io.Reader, p *progress) error {
	var unwritten error
	s := &finder{in: newInput(src, func() { x.out.Flush() })}
	s.found = func(f *finding) error {
		at := place{name, f.line, f.offset}
		if x.each {
			unwritten = x.show.each(f, at)
			return unwritten
		}
		x.found.add(f, at)
		return nil
	}
	err := s.run()
	if p != nil {
		p.clear()
	}
	x.inputs = append(x.inputs, inputTotal{name, s.line, s.in.off, s.errors})
	if s.unread > 0 && unwritten == nil {
		x.note(statusOK, fmt.Sprintf("%s: line %d has so much that begins like an error of log/slog and is none that it was not all read as such", showName(name), s.unread))
	}
	switch {
	case unwritten != nil:
		return unwritten
	case err != nil:
		x.note(statusFailed, showName(name)+": "+bare(err).Error())
	case s.errors == 0:
		x.note(statusIllegal, showName(name)+": "+s.nothing())
	}
	return nil
}

// note says something beside the output, and that the exit status is at least
// this one.
func (x *explain) note(status int, text string) {
	x.out.Flush()
	x.worst = max(x.worst, status)
	fmt.Fprintf(x.errOut, "ttwire: %s\n", text)
}
