package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

const dumpLong = `Dump shows every frame of recorded TTHeader Streaming traffic: one direction of
a connection, as bytes, or a packet capture. Where a frame is illegal or cut short
it says what is wrong and at which byte; the rest of that input is not read then,
since nothing after an illegal frame can be trusted. Without FILE, or where FILE
is "-", it reads standard input.

Text is one line a frame, with its pairs below. The frame type (int key 27) and
the method (int key 9) stand in that line and are not repeated below it, unless
the frame has one of them twice. Long keys and values are cut and their length
is shown. --full shows everything. Whatever came over the wire is escaped.

JSON (--json) is one object a line, with these keys in this order:

  offset        where the frame starts in the input, in bytes
  size          its length on the wire, in bytes
  type          meta, header, data, trailer or rst
  stream        the stream id
  method        the method name, "" if there is none
  flags         FLAGS, 2 on most frames
  protocol      PROTOCOL ID, 16 on most frames
  ints, strs    the pairs in wire order, duplicates kept: [[27,"4"],[9,"Bidi"]]
  token         the ACL token, null if there is none
  payload_size  in bytes
  resynced      true; only on frames that were found by their looks (--resync)
  header_info   the header info in base64; only where the keys above cannot say
                all of it: bytes that are not UTF-8, transform ids, two tokens
  payload       in base64; only with --payload
  status        how the stream ended; only on trailer and rst frames

An illegal or cut frame is the last line of its input (but for --resync, and gaps
in captures):

  {"offset":310,"illegal":{"code":12004,"reason":"info-id","at":51,"text":"..."}}
  {"offset":310,"truncated":{"have":20,"need":54}}

"at" counts from the start of the frame; "need" is the size of the whole frame,
14 where not even its first 4 bytes are there. A frame too large for memory (over
16 MiB, with --max-payload raised and --payload) is written while it is read; if
it turns out to be cut, "truncated" follows its other keys. With several FILEs
each line begins with the key "file".

The status of a trailer or rst is one of these. "error" is the text that a user
gets, but for the side; of a message over 64KiB it has the start.

  {"kind":"ok"}         also of the trailer by which a client ends its sending
  {"kind":"business","func_ret":10001,"message":"...","extra":{"k":"v"},"error":"..."}
  {"kind":"framework","ret":6,"message":"...","error":"..."}
  {"kind":"canceled","ret":12007,"message":"...","cancel_path":["A","B"],"error":"..."}
  {"kind":"illegal","code":12003,"reason":"biz-extra","at":0,"error":"..."}

"extra" is null if there is none; of a name that comes twice it has the last
value. A framework error has "func_ret" behind "ret" if the trpc-* pairs say one.
An rst without an exception says no code: there is no "ret", and "error" is
"reset by peer". If there is one that cannot be read, "code", "reason" and "at"
come behind the path. An illegal ending (12003: the pairs; 12004: the exception)
keeps "ret", "func_ret" and "message" where they could be read; "at" counts in
the value or payload that "reason" is about. Of an exception over 16MiB, with
--max-payload raised, nothing is read, and the status is null. After an illegal
ending the dump goes on. In text an ending is the line that begins with "=>", and
the "ret" of a framework error stands there as what it is on the wire, the type id
of a Thrift exception: Kitex sends 6 for what its handler returned.

With --resync dump goes on behind an illegal frame, and so reads a recording that
starts inside a frame or has something else between frames. It says how many bytes
it skipped, and where a frame seems to start. This is a guess: a legal header is
needed there, and another one, or the end of the input, behind its frame. From
there on frames are marked: by "?" behind the offset in text, by "resynced" in
JSON. "found" is false where no frame was found before the end, or a gap:

  {"offset":310,"skipped":{"bytes":37,"to":347,"found":true}}

A packet capture, pcap or pcapng, is known by its first bytes. Each direction of a
TCP connection in it is an input of its own, named "IP:PORT > IP:PORT" for sender
and receiver, with "#2" behind it where the same ends connect again. They are
shown as their packets come. Lost bytes are a gap, known by its size, or null where
the capture begins inside the connection. Behind a gap dump goes on as with
--resync. Offsets count the bytes of a gap:

  {"file":"10.0.0.1:50000 > 10.0.0.2:8888","offset":1448,"gap":{"bytes":2896}}

Packets may come twice, in any order, or cut short (a gap). Of bytes that come
twice the first are kept. 4MiB of a direction wait for lost bytes, 32MiB of all.
IP fragments are not put together, checksums not looked at. A direction that is
not TTHeader Streaming gets one line, with a reason as for illegal frames or
"no-frame", and does not count as a fault:

  {"file":"...","offset":0,"foreign":{"reason":"http-request","text":"..."}}

With --summary and --json there is a line for each stream ("summary":"stream"),
one for the streams that came after the first 65536 ("others") and one for all
("total"), each with frames, size and payload_size, in all and by type. That of a
stream ends with "ending": null if it has no trailer or rst, else the first of them
that is not ok, with its code as in the status, or of the kind "unread". That for
all ends with "endings": how many trailer and rst frames there are of each kind, and
"resynced", how many frames are marked so, if any are.

  {"summary":"stream","stream":4,...,"ending":{"kind":"canceled","ret":12007}}

Exit status: 0 if everything was whole and legal, however streams ended; 1 if a
frame was illegal or cut short, bytes were skipped or are missing, what an ending
says could not be read, or a capture has connections and none is TTHeader
Streaming; 2 for wrong usage or an input or output error; of several FILEs the
worst one counts.`

const dumpExample = `  ttwire dump recording.bin
  ttwire dump --payload client.bin server.bin
  ttwire dump --json recording.bin | jq -c 'select(.status) | .status'
  ttwire dump --summary recording.bin
  nc -l 8888 | tee recording.bin | ttwire dump
  xxd recording.bin | ttwire dump --hex
  ttwire dump --resync middle.bin
  ttwire dump capture.pcapng
  tcpdump -i any -U -w - port 8888 | ttwire dump`

// dump is one run of the command.
type dump struct {
	look
	hex, pcap, resync, summary bool

	stdin     io.Reader
	out       *bufio.Writer
	errOut    io.Writer
	outScreen bool      // out is a terminal
	errScreen bool      // errOut is one
	many      bool      // there are several files
	progress  *progress // of the current file, or nil
	said      said
	turn      textTurn // of the directions of captures
	printer   printer  // of files; the directions of a capture have their own
}

// printer shows what is in an input. Its errors are those of the output, and
// what frame meets while it reads a payload; a *cutError it has shown already.
type printer interface {
	begin(name string) error
	frame(r *record) error
	end() error // after the last frame, before illegal or cut
	illegal(e *wire.Error, w window) error
	cut(e *cutError, f *frame.Frame) error    // f is nil where its header is not there whole
	skipped(from, to int64, found bool) error // found: a frame seems to start at to
	gap(at, bytes int64) error                // bytes -1: nobody knows how many
	foreign(reason, text string) error        // the whole input is no TTHeader Streaming
}

func newDumpCommand() *cobra.Command {
	d := &dump{}
	cmd := &cobra.Command{
		Use:                   "dump [flags] [FILE ...]",
		Short:                 "Show the frames of recorded traffic",
		Long:                  dumpLong,
		Example:               dumpExample,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.checkFlags(); err != nil {
				return err
			}
			d.stdin, d.errOut = cmd.InOrStdin(), cmd.ErrOrStderr()
			d.outScreen, d.errScreen = isTerminal(cmd.OutOrStdout()), isTerminal(d.errOut)
			return d.run(cmd.OutOrStdout(), args)
		},
	}
	d.addFlags(cmd)
	return cmd
}

// checkFlags refuses flags that do not go together.
func (d *dump) checkFlags() error {
	if d.summary && d.payload {
		return errors.New("--summary shows no payloads: leave out --payload")
	}
	return d.check()
}

func (d *dump) addFlags(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.BoolVar(&d.hex, "hex", false, "the input is hex text: plain, xxd or hexdump -C output")
	fl.BoolVar(&d.pcap, "pcap", false, "refuse what is no packet capture (pcap, pcapng); without this one is known by its first bytes")
	fl.BoolVar(&d.resync, "resync", false, "go on behind an illegal frame, at the next bytes that look like frames")
	fl.BoolVar(&d.summary, "summary", false, "show counts and bytes by frame type, ending and stream, not frames")
	d.look.addFlags(cmd)
}

// run dumps the files one after the other.
func (d *dump) run(out io.Writer, names []string) error {
	if len(names) == 0 {
		names = []string{"-"}
	}
	d.out = bufio.NewWriterSize(out, 64<<10)
	d.many = len(names) > 1
	d.printer = d.newPrinter(d.many)
	worst := statusOK
	for _, name := range names {
		status, err := d.file(name)
		if err == nil {
			err = d.out.Flush()
		}
		if err != nil {
			return unwritten(d.errOut, err)
		}
		worst = max(worst, status)
	}
	if worst != statusOK {
		return exitStatus(worst)
	}
	return nil
}

// unwritten says that the output failed, but not where its reader has left:
// whoever pipes into head has seen enough.
func unwritten(errOut io.Writer, err error) error {
	if !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintf(errOut, "ttwire: standard output: %v\n", bare(err))
	}
	return exitStatus(statusFailed)
}

func (d *dump) newPrinter(many bool) printer {
	if d.json {
		p := d.newJSON(d.out)
		if p.many = many; d.summary {
			return &summaryJSON{jsonPrinter: p}
		}
		return p
	}
	p := d.newText(d.out, d.outScreen)
	if p.rest, p.hint = "not read", " (--resync would search it)"; d.resync {
		p.rest, p.hint = "searched for the next frame", ""
	}
	p.said = &d.said
	if many {
		p.turn = &d.turn
	}
	if d.summary {
		p.said = &said{doubt: true} // no frames, no marks
		return &summaryText{textPrinter: p}
	}
	return p
}

// file dumps one FILE. Its error is one of the output, and ends the run.
func (d *dump) file(name string) (status int, err error) {
	f, err := open(name, d.stdin)
	if err != nil {
		d.complain(name, err)
		return statusFailed, nil
	}
	defer f.close()
	if isTerminal(f.Reader) {
		fmt.Fprintln(d.errOut, "ttwire: reading frames from the terminal; end them with Ctrl-D")
	}
	src := f.Reader
	if d.progress = nil; f.size > progressFrom && d.showsProgress() {
		d.progress = newProgress(src, d.errOut, showName(name), f.size)
		src = d.progress
	}
	if d.hex {
		src = newHexReader(src)
	}
	in := newInput(src, func() { d.out.Flush() })
	if d.pcap || isCapture(in) {
		return d.capture(name, in)
	}
	if err := d.printer.begin(name); err != nil {
		return statusFailed, err
	}
	return d.newReading(name, in, d.printer).run()
}

// showsProgress reports whether there is a terminal for a progress line, which
// does not show frames at the same time.
func (d *dump) showsProgress() bool { return d.errScreen && (d.summary || !d.outScreen) }

// complain says why an input could not be read.
func (d *dump) complain(name string, err error) {
	var text *hexError
	var read *readError
	switch {
	case errors.As(err, &text):
		err = text
	case errors.As(err, &read):
		err = &readError{read.off, bare(read.err)}
	}
	d.note(name, bare(err).Error())
}

// bare takes the path, which is not escaped, off a file's error.
func bare(err error) error {
	if path, ok := err.(*fs.PathError); ok {
		return path.Err
	}
	return err
}

// note says something about a file beside the output.
func (d *dump) note(name, text string) {
	d.out.Flush() // so that on a terminal it comes after what it is about
	d.progress.clear()
	fmt.Fprintf(d.errOut, "ttwire: %s: %s\n", showName(name), text)
}
