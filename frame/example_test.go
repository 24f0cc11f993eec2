package frame_test

import (
	"fmt"
	"os"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// The frames that a live Kitex server sent on one stream, until the business
// error that ends it.
func Example() {
	b, err := os.ReadFile("../testdata/kitex/end-bizextra.s2c.bin")
	if err != nil {
		panic(err)
	}
	var f frame.Frame
	for len(b) > 0 {
		n, err := f.Parse(b)
		if err != nil {
			fmt.Printf("illegal at byte %d: %v\n", n, err)
			return
		}
		fmt.Printf("%v on stream %d, %s: %d bytes of payload\n", f.Type, f.StreamID, f.Method(), len(f.Payload))
		for k, v := range f.Header.Strs() {
			fmt.Printf("  %s = %s\n", k, v)
		}
		b = b[n:]
	}
	// Output:
	// header on stream 4, Bidi: 0 bytes of payload
	//   server-header = hv
	// data on stream 4, Bidi: 18 bytes of payload
	// data on stream 4, Bidi: 23 bytes of payload
	// trailer on stream 4, Bidi: 0 bytes of payload
	//   biz-status = 10001
	//   biz-message = insufficient user balance
	//   biz-extra = {"testKey":"testVal"}
	//   server-trailer = tv
}

func ExampleBuilder() {
	b := frame.Begin(nil, frame.Header, 1, header.ThriftStruct)
	b.Str(header.KeyServiceName, "TestService")
	b.Method("Bidi")
	out, err := b.Finish(nil)
	fmt.Printf("% x %v\n", out[:frame.FixedSize], err)

	// A header frame needs a method.
	b = frame.Begin(out, frame.Header, 2, header.ThriftStruct)
	_, err = b.Finish(nil)
	fmt.Println(err)
	// Output:
	// 00 00 00 32 10 00 00 02 00 00 00 01 00 0a <nil>
	// refused: a header frame needs a method
}

func ExampleTemplate() {
	t, err := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	if err != nil {
		panic(err)
	}
	var out []byte
	for _, message := range []string{"one", "two"} {
		if out, err = t.Append(out, []byte(message)); err != nil {
			panic(err)
		}
	}
	var f frame.Frame
	for len(out) > 0 {
		n, err := f.Parse(out)
		fmt.Printf("%v %q %v\n", f.Type, f.Payload, err)
		out = out[n:]
	}
	// Output:
	// data "one" <nil>
	// data "two" <nil>
}

// A caller that wants the payload in memory of its own reads the frame's start
// first, and learns how much memory that takes.
func ExampleFrame_ParseHeader() {
	t, _ := frame.NewTemplate(1, "Bidi", header.ThriftStruct)
	in, _ := t.Append(nil, []byte("a message"))

	var f frame.Frame
	n, _, err := f.ParseHeader(in[:4])
	fmt.Println(n, err == wire.ErrShort)
	n, _, err = f.ParseHeader(in[:n])
	fmt.Println(n, err == wire.ErrShort)
	n, size, err := f.ParseHeader(in[:n])
	fmt.Println(n, size, err)

	f.Payload = make([]byte, size)
	copy(f.Payload, in[n:])
	fmt.Printf("%v %q\n", f.Type, f.Payload)
	// Output:
	// 14 true
	// 34 true
	// 34 9 <nil>
	// data "a message"
}
