package header_test

import (
	"fmt"

	"github.com/ttwire/ttwire/header"
)

func ExampleView() {
	info := []byte("\x10\x00" + // thrift-struct, no transforms
		"\x11\x00\x05token" + // ACL token
		"\x01\x00\x01\x00\x03isn\x00\x0bTestService" + // one string pair
		"\x10\x00\x02\x00\x1b\x00\x012\x00\x09\x00\x04Bidi" + // two int pairs
		"\x00\x00\x00") // padding

	var v header.View
	if n, err := v.Parse(info); err != nil {
		fmt.Printf("illegal at byte %d: %v\n", n, err)
		return
	}
	for k, val := range v.Ints() {
		fmt.Printf("%v: %s\n", k, val)
	}
	service, ok := v.Str(header.KeyServiceName)
	fmt.Printf("%s %v\n", service, ok)
	token, ok := v.Str(header.KeyToken)
	fmt.Printf("%s %v\n", token, ok)

	info[0] = 0x02
	n, err := v.Parse(info)
	fmt.Println(n, err)
	// Output:
	// frame-type: 2
	// method: Bidi
	// TestService true
	// token true
	// 0 illegal frame: unknown PROTOCOL ID
}
