package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdTapped is "tapped CLIENT SERVER OUT FLAG ...": OUT is what "ttwire tap" with
// these flags shows of a connection on which a client sends the bytes in CLIENT
// and, once that has been shown, a server answers with those in SERVER. Times and
// addresses in it are always the same ones.
func cmdTapped(ts *testscript.TestScript, _ bool, args []string) {
	upstream, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer upstream.Close()
	out := ts.MkAbs(args[2])
	cmd, addr := startTapProcess(ts, out, upstream.Addr().String(), args[3:])
	defer cmd.Process.Kill()
	client, err := net.Dial("tcp", addr)
	ts.Check(err)
	defer client.Close()
	server, err := upstream.Accept()
	ts.Check(err)
	defer server.Close()
	sendAll(ts, client, server, args[0])
	waitFor(ts, out, "c2s.*closed.*\n")
	sendAll(ts, server, client, args[1])
	waitFor(ts, out, "s2c.*closed.*\n")
	ts.Check(cmd.Process.Signal(os.Interrupt))
	if err := cmd.Wait(); err != nil {
		ts.Logf("tap: %v", err)
	}
	b, err := os.ReadFile(out)
	ts.Check(err)
	for pattern, with := range map[string]string{
		`(?m)^\d\d:\d\d:\d\d\.\d{3}  `:                    "HH:MM:SS.mmm  ",
		`"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"`: `"time":"TIME"`,
		`127\.0\.0\.1:\d+`:                                "ADDR",
	} {
		b = regexp.MustCompile(pattern).ReplaceAll(b, []byte(with))
	}
	ts.Check(os.WriteFile(out, b, 0o666))
}

// startTapProcess runs the command itself and gives the address it listens at.
func startTapProcess(ts *testscript.TestScript, out, upstream string, flags []string) (*exec.Cmd, string) {
	cmd := exec.Command("ttwire", append([]string{"tap", "--listen", "127.0.0.1:0", "--upstream", upstream}, flags...)...)
	cmd.Env = append(os.Environ(), "TZ=UTC")
	file, err := os.Create(out)
	ts.Check(err)
	defer file.Close()
	cmd.Stdout = file
	errOut, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	said, err := bufio.NewReader(errOut).ReadString('\n')
	ts.Check(err)
	addr, _, _ := strings.Cut(strings.TrimPrefix(said, "ttwire: listening on "), ",")
	return cmd, addr
}

// sendAll sends what is in a file from one end to the other, and finishes.
func sendAll(ts *testscript.TestScript, src, dst net.Conn, file string) {
	b := ts.ReadFile(file)
	go func() {
		_, _ = io.WriteString(src, b)
		_ = src.(*net.TCPConn).CloseWrite()
	}()
	ts.Check(dst.SetReadDeadline(time.Now().Add(patience)))
	got, err := io.ReadAll(dst)
	if err != nil || string(got) != b {
		ts.Fatalf("%d bytes arrive of %s, %v", len(got), filepath.Base(file), err)
	}
}

// waitFor waits until a file has what matches.
func waitFor(ts *testscript.TestScript, file, pattern string) {
	want := regexp.MustCompile(pattern)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if b, err := os.ReadFile(file); err == nil && want.Match(b) {
			return
		}
	}
	ts.Fatalf("no %s in %s", pattern, file)
}
