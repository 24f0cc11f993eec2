package codec_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// timed is the connection as its Reader sees it: a frame that has begun must be
// whole in time, while an idle connection may stay so for longer.
type timed struct {
	net.Conn
	r *codec.Reader
}

func (t *timed) Read(p []byte) (int, error) {
	allow := 5 * time.Minute
	if t.r.InFrame() {
		allow = 10 * time.Second
	}
	t.SetReadDeadline(time.Now().Add(allow)) // on a connection that is closed, Read says so
	return t.Conn.Read(p)
}

// A connection read by a goroutine of its own, and written to by another.
func Example_netConn() {
	client, server := net.Pipe()
	go func() {
		w := codec.NewWriter(client, frame.Limits{})
		t, err := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
		for _, word := range []string{"one", "two", "three"} {
			if err == nil {
				err = w.WriteData(&t, []byte(word))
			}
		}
		if err == nil {
			err = w.Flush() // all three in one write
		}
		if err != nil {
			fmt.Println("write:", err)
		}
		client.Close()
	}()

	conn := &timed{Conn: server}
	conn.r = codec.NewReader(conn, frame.Limits{MaxHeader: 64 << 10})
	for {
		f, err := conn.r.Next()
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%v on stream %d: %s\n", f.Type, f.StreamID, f.Payload)
	}
	server.Close()
	// Output:
	// data on stream 1: one
	// data on stream 1: two
	// data on stream 1: three
	// EOF
}

// An event loop hands in what it has read, whatever it is.
func ExampleFeeder() {
	t, _ := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	stream, _ := t.Append(nil, []byte("one"))
	stream, _ = t.Append(stream, []byte("two"))
	stream, _ = t.Append(stream, []byte("three"))

	fd := codec.NewFeeder(frame.Limits{})
	onData := func(b []byte) error {
		fd.Feed(b)
		for {
			f, err := fd.Next()
			if err == wire.ErrShort {
				return nil // b is the event loop's again
			}
			if err != nil {
				return err // close the connection
			}
			fmt.Printf("%s; ", f.Payload)
		}
	}
	onClose := fd.End

	for _, cut := range [][]byte{stream[:50], stream[50:55], stream[55:100]} {
		fmt.Printf("%d bytes: ", len(cut))
		fmt.Println(onData(cut))
	}
	fmt.Println(onClose())
	// Output:
	// 50 bytes: one; <nil>
	// 5 bytes: <nil>
	// 45 bytes: two; <nil>
	// the input ends inside the header info of the frame that starts at byte 74, of which 26 of 39 bytes have come
}

// A transport of CloudWeGo hands out bufiox.Readers and Writers.
func ExampleBufioxReader() {
	var conn bytes.Buffer
	w := codec.NewBufioxWriter(bufiox.NewDefaultWriter(&conn), frame.Limits{})
	t, _ := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	w.WriteData(&t, []byte("one"))
	w.WriteData(&t, []byte("two"))
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}

	r := codec.NewBufioxReader(bufiox.NewDefaultReader(&conn), frame.Limits{})
	for {
		f, err := r.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s\n", f.Payload)
	}
	// Output:
	// one
	// two
	// EOF
}

// A large payload goes into memory that the caller has chosen, once, and a
// larger one is passed on as it comes.
func ExampleReader_NextHeader() {
	t, _ := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	stream, _ := t.Append(nil, []byte("small"))
	stream, _ = t.Append(stream, bytes.Repeat([]byte("large"), 100))
	stream, _ = t.Append(stream, bytes.Repeat([]byte("skipped"), 100))
	stream, _ = t.Append(stream, []byte("last"))

	r := codec.NewReader(bytes.NewReader(stream), frame.Limits{})
	home := make([]byte, 16)
	for {
		_, size, err := r.NextHeader()
		if err != nil {
			fmt.Println(err)
			return
		}
		switch {
		case size <= len(home):
			_, err = r.ReadPayload(home[:size])
			fmt.Printf("%s, %v\n", home[:size], err)
		case size <= 500:
			n, err := io.Copy(io.Discard, r.Payload())
			fmt.Println(n, err)
		default:
			fmt.Println("not read:", size)
		}
	}
	// Output:
	// small, <nil>
	// 500 <nil>
	// not read: 700
	// last, <nil>
	// EOF
}

// Whatever appends frames appends into the Writer's buffer. What refuses leaves
// nothing behind.
func ExampleWriter() {
	var conn bytes.Buffer
	w := codec.NewWriter(&conn, frame.Limits{})

	b := frame.Begin(w.Buffer(), frame.Header, 1, header.ThriftStruct)
	b.Str(header.KeyServiceName, "TestService")
	b.Method("Bidi")
	fmt.Println(w.Commit(b.Finish(nil)))

	b = frame.Begin(w.Buffer(), frame.Header, 2, header.ThriftStruct)
	fmt.Println(w.Commit(b.Finish(nil)))

	fmt.Println(w.Buffered(), conn.Len(), w.Flush(), conn.Len())
	// Output:
	// <nil>
	// refused: a header frame needs a method
	// 54 0 <nil> 54
}

// Goroutines share a Writer; frames that meet share a write.
func ExampleSharedWriter() {
	s := codec.NewSharedWriter(codec.NewWriter(io.Discard, frame.Limits{}))
	t, _ := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	send := func(payload []byte) error {
		return s.Do(func(w *codec.Writer) error { return w.WriteData(&t, payload) })
	}
	fmt.Println(send([]byte("one")))
	// Output: <nil>
}
