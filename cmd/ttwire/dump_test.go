package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// ttwire runs the command line on this standard input.
func ttwire(in io.Reader, args ...string) (status int, out, errOut string) {
	var o, e bytes.Buffer
	status = run(args, in, &o, &e)
	return status, o.String(), e.String()
}

// jsonFrame is the contract for a line of --json.
type jsonFrame struct {
	File        *string      `json:"file"`
	Offset      *int64       `json:"offset"`
	Size        int          `json:"size"`
	Type        string       `json:"type"`
	Stream      int32        `json:"stream"`
	Method      *string      `json:"method"`
	Flags       frame.Flags  `json:"flags"`
	Protocol    int          `json:"protocol"`
	Ints        [][2]any     `json:"ints"`
	Strs        [][2]string  `json:"strs"`
	Token       *string      `json:"token"`
	PayloadSize int          `json:"payload_size"`
	HeaderInfo  *[]byte      `json:"header_info"`
	Payload     *string      `json:"payload"`
	Status      *jsonStatus  `json:"status"`
	Illegal     *jsonIllegal `json:"illegal"`
	Truncated   *struct {
		Have int `json:"have"`
		Need int `json:"need"`
	} `json:"truncated"`
}

// jsonStatus is the contract for "status".
type jsonStatus struct {
	Kind       string             `json:"kind"`
	Ret        *int32             `json:"ret"`
	FuncRet    *int32             `json:"func_ret"`
	Message    *string            `json:"message"`
	Extra      *map[string]string `json:"extra"`
	CancelPath *[]string          `json:"cancel_path"`
	Code       int                `json:"code"`
	Reason     string             `json:"reason"`
	At         *int               `json:"at"`
	Error      string             `json:"error"`
}

type jsonIllegal struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
	At     int    `json:"at"`
	Text   string `json:"text"`
}

// parseLines reads --json output and refuses keys that are not in the contract.
func parseLines(t *testing.T, out string) (lines []jsonFrame) {
	t.Helper()
	if out != "" && !strings.HasSuffix(out, "\n") {
		t.Errorf("the last line has no end: %q", out)
	}
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	for {
		var l jsonFrame
		switch err := dec.Decode(&l); {
		case err == io.EOF:
			return lines
		case err != nil:
			t.Fatalf("%v in %s", err, out)
		}
		lines = append(lines, l)
	}
}

// wantLine is the line that a frame at this offset must get.
func wantLine(f *frame.Frame, off int64, payload bool) jsonFrame {
	method := string(f.Method())
	l := jsonFrame{
		Offset: &off, Size: f.Size(), Type: f.Type.String(), Stream: f.StreamID, Method: &method, Flags: f.Flags,
		Protocol: int(f.Header.Protocol()), Ints: [][2]any{}, Strs: [][2]string{}, PayloadSize: len(f.Payload),
	}
	for k, v := range f.Header.Ints() {
		l.Ints = append(l.Ints, [2]any{float64(k), string(v)})
	}
	for k, v := range f.Header.Strs() {
		l.Strs = append(l.Strs, [2]string{string(k), string(v)})
	}
	if token, ok := f.Header.Token(); ok {
		s := string(token)
		l.Token = &s
	}
	if payload {
		s := base64.StdEncoding.EncodeToString(f.Payload)
		l.Payload = &s
	}
	return l
}

// Every frame of every recording is dumped as the library reads it.
func TestRecordings(t *testing.T) {
	for name, b := range readRecordings(t) {
		t.Run(name, func(t *testing.T) {
			for _, payload := range []bool{false, true} {
				var want []jsonFrame
				var f frame.Frame
				off := 0
				for off < len(b) {
					n, err := f.Parse(b[off:])
					if err != nil {
						break
					}
					want = append(want, wantLine(&f, int64(off), payload))
					off += n
				}
				args := []string{"dump", "--json", filepath.Join(recordings, name)}
				if payload {
					args = append(args, "--payload")
				}
				status, out, errOut := ttwire(nil, args...)
				got := parseLines(t, out)
				if strings.HasPrefix(name, "unary") {
					if status != statusIllegal || len(got) != 1 || got[0].Illegal == nil || got[0].Illegal.Reason != "framed-thrift" {
						t.Errorf("exit status %d, %s", status, out)
					}
					continue
				}
				if status != statusOK || off != len(b) || errOut != "" {
					t.Errorf("exit status %d, %d of %d bytes are frames, %s", status, off, len(b), errOut)
				}
				for i := range got {
					if l := &got[i]; (l.Status != nil) != (l.Type == "trailer" || l.Type == "rst") {
						t.Errorf("%s has the status %v", l.Type, l.Status)
					}
					got[i].Status = nil // TestEndings has these
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("payload %v, -want +got:\n%s", payload, diff)
				}
			}
		})
	}
}

// Text has one line a frame, with offset, type, stream, sizes and method.
func TestRecordingsText(t *testing.T) {
	for name, b := range readRecordings(t) {
		_, js, _ := ttwire(bytes.NewReader(b), "dump", "--json")
		_, text, _ := ttwire(bytes.NewReader(b), "dump")
		var got []string
		for _, line := range strings.Split(text, "\n")[1:] {
			if len(line) > 8 && line[7] != ' ' && !strings.Contains(line, "illegal") {
				got = append(got, strings.Join(strings.Fields(line), " "))
			}
		}
		var want []string
		for _, l := range parseLines(t, js) {
			if l.Illegal == nil {
				want = append(want, fmt.Sprint(*l.Offset, " ", l.Type, " ", l.Stream, " ", l.Size, " ", l.PayloadSize, " ", *l.Method))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -json +text:\n%s", name, diff)
		}
	}
}

// Any byte of a recording changed or missing: the output stays JSON, and no
// exit status but 0 and 1 comes of it.
func TestDamagedRecording(t *testing.T) {
	b := readRecordings(t)["end-bizextra.s2c.bin"]
	for i := range b {
		damaged := bytes.Clone(b)
		damaged[i] ^= 0x41
		for _, in := range [][]byte{damaged, b[:i]} {
			status, out, _ := ttwire(bytes.NewReader(in), "dump", "--json", "--payload")
			lines := parseLines(t, out)
			bad := 0
			for _, l := range lines {
				if l.Illegal != nil || l.Truncated != nil || l.Status != nil && l.Status.Kind == "illegal" {
					bad++
				}
			}
			if status != bad {
				t.Errorf("byte %d: exit status %d, %d bad frames in %s", i, status, bad, out)
			}
			if text, _, _ := ttwire(bytes.NewReader(in), "dump", "--payload"); text != status {
				t.Errorf("byte %d: exit status %d, as text %d", i, status, text)
			}
		}
	}
}

// The raw lines, key for key: the order is part of the contract.
func TestJSONShape(t *testing.T) {
	all := buildFrame(t, frame.Header, -1, func(b *frame.Builder) {
		b.Flags(frame.FlagStreaming | frame.FlagSASL)
		b.Token("tok")
		b.Str("k", "v")
		b.Str("k", "<w>")
		b.Int(header.KeyLogID, "1")
		b.Method("M\u202e")
	}, []byte("pay"))
	none := buildFrame(t, frame.Meta, 0, func(*frame.Builder) {}, nil)
	notUTF8 := buildFrame(t, frame.Data, 1, func(b *frame.Builder) { b.Str("k\xff", "\x1b") }, nil)
	transforms := buildFrame(t, frame.Data, 1, func(b *frame.Builder) { b.Transforms([]byte{1, 2}) }, nil)
	tokens := buildFrame(t, frame.Data, 1, func(b *frame.Builder) {
		b.Token("a")
		b.Int(header.KeyEnv, "e")
		b.Str("k", "v")
		b.Token("b")
	}, nil)
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"all", all, `{"offset":0,"size":65,"type":"header","stream":-1,"method":"M\u202e","flags":18,"protocol":16,` +
			`"ints":[[2,"1"],[27,"2"],[9,"M\u202e"]],"strs":[["k","v"],["k","<w>"]],"token":"tok","payload_size":3,"payload":"cGF5"}`},
		{"none", none, `{"offset":0,"size":26,"type":"meta","stream":0,"method":"","flags":2,"protocol":16,` +
			`"ints":[[27,"1"]],"strs":[],"token":null,"payload_size":0,"payload":""}`},
		{"H21 not UTF-8", notUTF8, `{"offset":0,"size":34,"type":"data","stream":1,"method":"","flags":2,"protocol":16,` +
			`"ints":[[27,"3"]],"strs":[["k` + "\ufffd" + `","\u001b"]],"token":null,"payload_size":0,"header_info":"%s","payload":""}`},
		{"H4 transforms", transforms, `{"offset":0,"size":26,"type":"data","stream":1,"method":"","flags":2,"protocol":16,` +
			`"ints":[[27,"3"]],"strs":[],"token":null,"payload_size":0,"header_info":"%s","payload":""}`},
		{"H14 two tokens", tokens, `{"offset":0,"size":50,"type":"data","stream":1,"method":"","flags":2,"protocol":16,` +
			`"ints":[[10,"e"],[27,"3"]],"strs":[["k","v"]],"token":"b","payload_size":0,"header_info":"%s","payload":""}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errOut := ttwire(bytes.NewReader(tt.in), "dump", "--json", "--payload")
			want := tt.want + "\n"
			if strings.Contains(want, "%s") {
				want = fmt.Sprintf(want, base64.StdEncoding.EncodeToString(tt.in[frame.FixedSize:]))
			}
			if diff := cmp.Diff(want, out); diff != "" || status != 0 || errOut != "" {
				t.Errorf("exit status %d, %s\n%s", status, errOut, diff)
			}
		})
	}
}

// A frame too large to hold is written while it is read. What is cut of it is
// told by a key of its own line, and the line stays JSON.
func TestLargeFrame(t *testing.T) {
	b := dataFrame(t, 1, maxHeld)
	cut := b[:1<<20+1]
	line := func(payload []byte, more string) string {
		return fmt.Sprintf(`{"offset":0,"size":%d,"type":"data","stream":1,"method":"Bidi","flags":2,"protocol":16,`+
			`"ints":[[27,"3"],[9,"Bidi"]],"strs":[],"token":null,"payload_size":%d,"payload":"%s"%s}`,
			len(b), maxHeld, base64.StdEncoding.EncodeToString(payload), more) + "\n"
	}
	truncated := line(cut[len(b)-maxHeld:], fmt.Sprintf(`,"truncated":{"have":%d,"need":%d}`, len(cut), len(b)))
	tests := []struct {
		name   string
		in     io.Reader
		status int
		out    string
		errOut string
	}{
		{"whole", bytes.NewReader(b), statusOK, line(b[len(b)-maxHeld:], ""), ""},
		{"cut", bytes.NewReader(cut), statusIllegal, truncated, ""},
		{"read error", io.MultiReader(bytes.NewReader(cut), iotest.ErrReader(errTest)), statusFailed, truncated,
			fmt.Sprintf("ttwire: standard input: reading at byte %d: test\n", len(cut))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errOut := ttwire(tt.in, "dump", "--json", "--payload", "--max-payload", "1GiB")
			if status != tt.status || errOut != tt.errOut {
				t.Errorf("exit status %d, %q", status, errOut)
			}
			if out != tt.out {
				t.Errorf("%.300q ... %q", out, out[max(len(out)-100, 0):])
			}
		})
	}
	status, out, _ := ttwire(bytes.NewReader(cut), "dump", "--payload", "--max-payload", "1GiB")
	want := fmt.Sprintf("       0  cut short: this data frame of stream 1 has %d of its %d bytes\n", len(cut), len(b))
	if !strings.HasSuffix(out, want) || status != statusIllegal {
		t.Errorf("exit status %d, text ends in %q", status, out[len(out)-100:])
	}
}

// With payloads left out a frame is shown only once it is known to be whole.
func TestLargeFrameWithoutPayload(t *testing.T) {
	b := dataFrame(t, 1, 2*bufferSize)
	status, out, _ := ttwire(bytes.NewReader(b[:len(b)-1]), "dump", "--json")
	want := fmt.Sprintf("{\"offset\":0,\"truncated\":{\"have\":%d,\"need\":%d}}\n", len(b)-1, len(b))
	if status != statusIllegal || out != want {
		t.Errorf("exit status %d, %s", status, out)
	}
	if status, out, _ = ttwire(bytes.NewReader(b), "dump", "--json"); status != statusOK || len(parseLines(t, out)) != 1 {
		t.Errorf("exit status %d, %s", status, out)
	}
}

func TestReadError(t *testing.T) {
	b := dataFrame(t, 1, 3)
	src := io.MultiReader(bytes.NewReader(b), bytes.NewReader(b[:5]), iotest.ErrReader(&os.PathError{Op: "read", Path: "a\x1b", Err: errTest}))
	status, out, errOut := ttwire(src, "dump", "--json")
	if want := fmt.Sprintf("ttwire: standard input: reading at byte %d: test\n", len(b)+5); status != statusFailed || errOut != want {
		t.Errorf("exit status %d, %q, want %q", status, errOut, want)
	}
	if len(parseLines(t, out)) != 1 {
		t.Errorf("the frame before it is not shown: %s", out)
	}
}

// brokenWriter fails after so many bytes.
type brokenWriter struct {
	left int
	err  error
}

func (w *brokenWriter) Write(b []byte) (int, error) {
	if len(b) > w.left {
		return w.left, w.err
	}
	w.left -= len(b)
	return len(b), nil
}

// An output that fails ends the run with status 2, whatever is being written;
// one whose reader has left does so without a word.
func TestOutputFails(t *testing.T) {
	in := append(bytes.Repeat(dataFrame(t, 1, 100), 3000), "GET / HTTP/1.1"...)
	large := dataFrame(t, 1, maxHeld)
	for _, args := range [][]string{{}, {"--json"}, {"--payload"}, {"--json", "--payload"}, {"--summary"}, {"--summary", "--json"}} {
		args = append([]string{"dump", "--max-payload", "1GiB"}, args...)
		for _, input := range [][]byte{in, large} {
			for _, err := range []error{syscall.EPIPE, &os.PathError{Op: "write", Path: "|1", Err: syscall.ENOSPC}} {
				var errOut bytes.Buffer
				status := run(args, bytes.NewReader(input), &brokenWriter{10, err}, &errOut)
				want := "ttwire: standard output: no space left on device\n"
				if errors.Is(err, syscall.EPIPE) {
					want = ""
				}
				if status != statusFailed || errOut.String() != want {
					t.Errorf("%v, %v: exit status %d, %q", args, err, status, errOut.String())
				}
			}
		}
	}
}

// "ttwire dump ... | head -1": no word, no panic.
func TestClosedPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGPIPE")
	}
	name := filepath.Join(t.TempDir(), "many.bin")
	if err := os.WriteFile(name, bytes.Repeat(dataFrame(t, 1, 100), 100_000), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ttwire", "dump", "--payload", name)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || errOut.Len() > 0 {
		t.Fatalf("%v, %q", err, errOut.String())
	}
	if exit.String() != "signal: broken pipe" {
		t.Errorf("ended with %v", exit)
	}
}

// What has been dumped is there before the next read, which may take for ever.
func TestOutputIsNotHeldBack(t *testing.T) {
	b := dataFrame(t, 1, 3)
	var out bytes.Buffer
	reads := 0
	src := readerFunc(func(p []byte) (int, error) {
		if reads++; reads == 1 {
			return copy(p, b), nil
		}
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("at the second read there is %q", out.String())
		}
		return 0, io.EOF
	})
	if status := run([]string{"dump", "--json"}, src, &out, io.Discard); status != statusOK {
		t.Errorf("exit status %d", status)
	}
}
