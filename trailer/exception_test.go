package trailer

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/wire"
)

// unhex reads hex digits, spaces left out.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// The parts of an exception message, with where each begins.
const (
	exHead = "80010003 00000004 42696469 00000001" // 0: exception, "Bidi", 1
	exBoom = "0b0001 00000004 626f6f6d"            // 16: message "boom"
	exType = "080002 00000006"                     // 27: type id 6
	exStop = "00"                                  // 34
	exGood = exHead + exBoom + exType + exStop
)

// exDeep is a field of n lists, each the only element of the one before.
func exDeep(n int) string {
	return "0f0009" + strings.Repeat("0f00000001", n-1) + "0300000000"
}

type exceptionTest struct {
	name, hex string
	n         int // -1: all of it
	err       error
	seq       int32 // of method "Bidi" unless 0: then 1
	typeID    int32
	message   string
	strictErr error // where strict differs
}

var exceptionTests = []exceptionTest{
	{name: "live", hex: exGood, n: -1, typeID: 6, message: "boom"},
	{name: "X1 empty payload", hex: "", n: 0, err: wire.ErrExceptionVersion},
	{name: "X3 type 0", hex: "80010000" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X3 CALL", hex: "80010001" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X3 REPLY", hex: "80010002" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X3 ONEWAY", hex: "80010004" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X3 type 5", hex: "80010005" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X3 type 255", hex: "800100ff" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X3 third byte set", hex: "80010103" + exGood[8:], n: 2, err: wire.ErrExceptionType},
	{name: "X4 name length -1", hex: "80010003 ffffffff" + exGood[17:], n: 4, err: wire.ErrExceptionName},
	{name: "X4 name length 2^31-1", hex: "80010003 7fffffff" + exGood[17:], n: 4, err: wire.ErrExceptionName},
	{name: "X4 name one over the end", hex: "80010003 00000005 42696469", n: 4, err: wire.ErrExceptionName},
	{name: "X4 name to the end", hex: "80010003 00000004 42696469", n: 12, err: wire.ErrExceptionField},
	{name: "X5 message length -1", hex: exHead + "0b0001 ffffffff" + exBoom[15:] + exType + exStop, n: 19, err: wire.ErrExceptionField},
	{name: "X5 message length 2^31-1", hex: exHead + "0b0001 7fffffff" + exBoom[15:] + exType + exStop, n: 19, err: wire.ErrExceptionField},
	{name: "X5 message one over the end", hex: exHead + "0b0001 00000005 626f6f6d", n: 19, err: wire.ErrExceptionField},
	{name: "X5 message to the end", hex: exHead + exBoom, n: 27, err: wire.ErrExceptionStop},
	{name: "X5 message over the type id", hex: exHead + "0b0001 0000000c 626f6f6d" + exType + exStop, n: -1, err: wire.ErrExceptionStop},
	{name: "X6 field 1 as i32", hex: exHead + "080001 00000001" + exStop, n: -1},
	{name: "X6 field 2 as string", hex: exHead + exBoom + "0b0002 00000001 36" + exStop, n: -1, message: "boom"},
	{name: "X6 field 1 as i64", hex: exHead + "0a0001 0000000000000001" + exType + exStop, n: -1, typeID: 6},
	{name: "X6 field 2 as bool", hex: exHead + exBoom + "020002 01" + exStop, n: -1, message: "boom"},
	{name: "X6 field 0 and field -1", hex: exHead + "0b0000 00000001 78 08ffff 00000001" + exBoom + exType + exStop, n: -1, typeID: 6, message: "boom"},
	{name: "X6 fields the other way round", hex: exHead + exType + exBoom + exStop, n: -1, typeID: 6, message: "boom"},
	{name: "X6 other ids in the usual place", hex: exHead + "0b0002 00000004 626f6f6d 080003 00000007" + exStop, n: -1},
	{name: "X6 ids 0x0101 and 0x0102", hex: exHead + "0b0101 00000004 626f6f6d 080102 00000007" + exStop, n: -1},
	{name: "X6 only the type id's id is another", hex: exHead + exBoom + "080001 00000007" + exStop, n: -1, message: "boom"},
	{name: "X6 u32 in place of the type id", hex: exHead + exBoom + "040002 00000007" + exStop, n: 30, err: wire.ErrExceptionField},
	{name: "X6 repeated, last one wins", hex: exHead + "0b0001 00000001 78" + "080002 00000007" + exBoom + exType + exStop, n: -1, typeID: 6, message: "boom"},
	{name: "X6 no fields", hex: exHead + exStop, n: -1},
	{name: "X7 every scalar", hex: exHead + "020009 01 030009 ff 040009 0000000000000000 060009 0000 080009 00000000 0a0009 0000000000000000" +
		exBoom + exType + exStop, n: -1, typeID: 6, message: "boom"},
	{name: "X7 every container", hex: exHead + "0c0009 080001 00000001 00" + "0d0009 080b 00000001 00000001 00000001 78" + "0e0009 06 00000002 00010002" +
		"0f0009 0b 00000001 00000001 78" + exBoom + exType + exStop, n: -1, typeID: 6, message: "boom"},
	{name: "X7 empty containers of no type", hex: exHead + "0d0009 0000 00000000" + "0e0009 01 00000000" + "0f0009 ff 00000000" + exStop, n: -1},
	{name: "X7 message inside an unknown struct", hex: exHead + "0c0009" + exBoom + exType + "00" + exStop, n: -1},
	{name: "X7 64 deep", hex: exHead + exDeep(64) + exBoom + exType + exStop, n: -1, typeID: 6, message: "boom"},
	{name: "X7 65 deep", hex: exHead + exDeep(65) + exBoom + exType + exStop, n: 16 + 3 + 64*5, err: wire.ErrExceptionDepth},
	{name: "X7 65 deep, maps", hex: exHead + "0d0009" + strings.Repeat("030d 00000001 00", 64) + "0303 00000000" + exStop, n: 16 + 3 + 64*7, err: wire.ErrExceptionDepth},
	{name: "X7 a million structs, nested", hex: exHead + strings.Repeat("0c0001", 1e6), n: 16 + 64*3 + 3, err: wire.ErrExceptionDepth},
	{name: "X7 100,000 structs in a list", hex: exHead + "0f0009 0c 000186a0" + strings.Repeat("00", 1e5) + exType + exStop, n: -1, typeID: 6},
	{name: "X7 list<void> 2^31-1", hex: exHead + "0f0009 01 7fffffff" + exStop, n: 19, err: wire.ErrExceptionField},
	{name: "X7 set<stop> 2^31-1", hex: exHead + "0e0009 00 7fffffff" + exStop, n: 19, err: wire.ErrExceptionField},
	{name: "X7 list<byte> 2^31-1", hex: exHead + "0f0009 03 7fffffff" + exStop, n: 20, err: wire.ErrExceptionField},
	{name: "X7 list<struct> 2^31-1", hex: exHead + "0f0009 0c 7fffffff 000000" + exStop, n: 20, err: wire.ErrExceptionField},
	{name: "X7 list<i64> wraps to 0 in 32 bits", hex: exHead + "0f0009 0a 20000000" + exStop, n: 20, err: wire.ErrExceptionField},
	{name: "X7 list count -1", hex: exHead + "0f0009 03 ffffffff" + exStop, n: 20, err: wire.ErrExceptionField},
	{name: "X7 map<byte,byte> 2^31-1", hex: exHead + "0d0009 0303 7fffffff" + exStop, n: 21, err: wire.ErrExceptionField},
	{name: "X7 map<string,struct> 2^31-1", hex: exHead + "0d0009 0b0c 7fffffff" + exStop, n: 21, err: wire.ErrExceptionField},
	{name: "X7 map<void,byte> 2^31-1", hex: exHead + "0d0009 0103 7fffffff" + exStop, n: 19, err: wire.ErrExceptionField},
	{name: "X7 map<byte,void> 2^31-1", hex: exHead + "0d0009 0301 7fffffff" + exStop, n: 20, err: wire.ErrExceptionField},
	{name: "X7 map count -1", hex: exHead + "0d0009 0303 ffffffff" + exStop, n: 21, err: wire.ErrExceptionField},
	{name: "X7 map key over the end", hex: exHead + "0d0009 0b0b 00000001 000000ff 78 00000001", n: 25, err: wire.ErrExceptionField},
	{name: "X7 map key over the end, but not as a value", hex: exHead + "0d0009 0b03 00000001 000000ff 78", n: 25, err: wire.ErrExceptionField},
	{name: "X7 map value over the end", hex: exHead + "0d0009 0b0b 00000001 00000001 78 000000ff", n: 30, err: wire.ErrExceptionField},
	{name: "X7 list element over the end", hex: exHead + "0f0009 0b 00000002 00000000 000000ff", n: 28, err: wire.ErrExceptionField},
	{name: "X7 list of empty lists", hex: exHead + "0f0009 0f 00000003" + strings.Repeat("03 00000000", 3) + exStop, n: -1},
	{name: "X7 list of empty sets", hex: exHead + "0f0009 0e 00000003" + strings.Repeat("03 00000000", 3) + exStop, n: -1},
	{name: "X7 list of empty maps", hex: exHead + "0f0009 0d 00000003" + strings.Repeat("0303 00000000", 3) + exStop, n: -1},
	{name: "X7 map of empty maps", hex: exHead + "0d0009 0d0d 00000003" + strings.Repeat("0303 00000000", 6) + exStop, n: -1},
	{name: "X7 unknown type 1", hex: exHead + "010009 00" + exStop, n: 16, err: wire.ErrExceptionField},
	{name: "X7 unknown type 7", hex: exHead + "070009 00" + exStop, n: 16, err: wire.ErrExceptionField},
	{name: "X7 unknown type 16", hex: exHead + "100009 00" + exStop, n: 16, err: wire.ErrExceptionField},
	{name: "X7 unknown type 255", hex: exHead + "ff0009 00" + exStop, n: 16, err: wire.ErrExceptionField},
	{name: "X7 unknown type in a struct", hex: exHead + "0c0009 010001" + exStop, n: 19, err: wire.ErrExceptionField},
	{name: "X7 no stop in a struct", hex: exHead + "0c0009 030001 00", n: -1, err: wire.ErrExceptionStop},
	{name: "X7 struct field cut", hex: exHead + "0c0009 0300", n: 19, err: wire.ErrExceptionField},
	{name: "X7 list header cut", hex: exHead + "0f0009 03 000000", n: 19, err: wire.ErrExceptionField},
	{name: "X7 map header cut", hex: exHead + "0d0009 0303 000000", n: 19, err: wire.ErrExceptionField},
	{name: "X7 i64 cut", hex: exHead + "0a0009 00000000000000", n: 19, err: wire.ErrExceptionField},
	{name: "X8 no stop", hex: exHead + exBoom + exType, n: 34, err: wire.ErrExceptionStop},
	{name: "X8 bytes behind", hex: exGood + "78797a", n: 35, typeID: 6, message: "boom", strictErr: wire.ErrExceptionTail},
	{name: "X8 a whole message behind", hex: exGood + exGood, n: 35, typeID: 6, message: "boom", strictErr: wire.ErrExceptionTail},
	{name: "X9 old style", hex: "00000004 42696469 03 00000001" + exBoom + exType + exStop, n: 0, err: wire.ErrExceptionVersion},
	{name: "X9 version 0x8002", hex: "80020003" + exGood[8:], n: 0, err: wire.ErrExceptionVersion},
	{name: "X9 version 0x0001", hex: "00010003" + exGood[8:], n: 0, err: wire.ErrExceptionVersion},
	{name: "X3 nothing behind the type", hex: "80010001", n: 2, err: wire.ErrExceptionType},
	{name: "X4 nothing behind the type", hex: "80010003", n: 4, err: wire.ErrExceptionName},
	{name: "X5 nothing behind the sequence", hex: exHead, n: 16, err: wire.ErrExceptionStop},
	{name: "X5 nothing behind a field's id", hex: exHead + "0b0001", n: 19, err: wire.ErrExceptionField},
	{name: "X7 nothing behind a struct's field", hex: exHead + "0c0009 030009", n: 22, err: wire.ErrExceptionField},
	{name: "X7 nothing behind a list's count", hex: exHead + "0f0009 03 00000001", n: 20, err: wire.ErrExceptionField},
	{name: "X7 nothing behind an empty list", hex: exHead + "0f0009 03 00000000", n: 24, err: wire.ErrExceptionStop},
	{name: "X7 nothing behind a map's count", hex: exHead + "0d0009 0303 00000001", n: 21, err: wire.ErrExceptionField},
	{name: "X7 nothing behind an empty map", hex: exHead + "0d0009 0303 00000000", n: 25, err: wire.ErrExceptionStop},
	{name: "X9 three bytes", hex: "800100", n: 0, err: wire.ErrExceptionVersion},
	{name: "X10 type id 0", hex: exHead + exBoom + "080002 00000000" + exStop, n: -1, message: "boom"},
	{name: "X10 type id -1", hex: exHead + exBoom + "080002 ffffffff" + exStop, n: -1, typeID: -1, message: "boom"},
	{name: "X10 type id 12001", hex: exHead + exBoom + "080002 00002ee1" + exStop, n: -1, typeID: 12001, message: "boom"},
	{name: "X10 type id 12015", hex: exHead + exBoom + "080002 00002eef" + exStop, n: -1, typeID: 12015, message: "boom"},
	{name: "X11 empty message", hex: exHead + "0b0001 00000000" + exType + exStop, n: -1, typeID: 6},
	{name: "X11 1 MB", hex: exHead + "0b0001 00100000" + strings.Repeat("61", 1<<20) + exType + exStop, n: -1, typeID: 6, message: strings.Repeat("a", 1<<20)},
	{name: "X11 not UTF-8, control characters", hex: exHead + "0b0001 00000004 fffe1b00" + exType + exStop, n: -1, typeID: 6, message: "\xff\xfe\x1b\x00"},
	{name: "X12 other sequence", hex: "80010003 00000004 42696469 80000000" + exGood[35:], n: -1, seq: math.MinInt32, typeID: 6, message: "boom"},
}

func (tt *exceptionTest) want() Exception {
	e := Exception{Method: []byte("Bidi"), Seq: 1, TypeID: tt.typeID}
	if tt.seq != 0 {
		e.Seq = tt.seq
	}
	if tt.message != "" {
		e.Message = []byte(tt.message)
	}
	return e
}

func TestExceptionParse(t *testing.T) {
	for _, tt := range exceptionTests {
		t.Run(tt.name, func(t *testing.T) {
			b := unhex(tt.hex)
			n, strictErr := tt.n, tt.err
			if n < 0 {
				n = len(b)
			}
			if tt.strictErr != nil {
				strictErr = tt.strictErr
			}
			checkException(t, b, false, n, tt.err, tt.want())
			checkException(t, b, true, n, strictErr, tt.want())
			var e Exception
			wantNoAllocs(t, func() {
				_, _ = e.Parse(b, false)
				_, _ = e.Parse(b, true)
			})
		})
	}
}

// checkException parses b into an Exception that has been used before.
func checkException(t *testing.T, b []byte, strict bool, n int, err error, want Exception) {
	t.Helper()
	e := Exception{Method: []byte("old"), Seq: 9, TypeID: 9, Message: []byte("old")}
	gotN, gotErr := e.Parse(b, strict)
	if gotN != n || gotErr != err {
		t.Errorf("strict %t: Parse = %d, %v, want %d, %v", strict, gotN, gotErr, n, err)
	}
	if err != nil {
		want = Exception{}
	} else if len(e.Message) == 0 {
		e.Message = nil // as good as empty
	}
	// cmp.Diff takes seconds for the 1 MB message: only where there is one.
	if e.Seq != want.Seq || e.TypeID != want.TypeID || !bytes.Equal(e.Method, want.Method) ||
		!bytes.Equal(e.Message, want.Message) || (e.Message == nil) != (want.Message == nil) {
		t.Errorf("strict %t: (-want +got)\n%.2000s", strict, cmp.Diff(want, e))
	}
}

// Live peers' exceptions, as recorded: what they wrote reads as meant, and what
// is written here is what they wrote.
func TestExceptionLive(t *testing.T) {
	tests := []struct {
		name, hex string
		want      Exception
	}{
		{"end-err", "80010003 00000004 42696469 00000008 0b0001 00000015 62697a206572726f723a2074657374206572726f72 080002 00000006 00",
			Exception{[]byte("Bidi"), 8, 6, []byte("biz error: test error")}},
		{"end-appex", "80010003 00000004 42696469 00000009 0b0001 00000018 62697a206572726f723a2061707020657863657074696f6e 080002 00000006 00",
			Exception{[]byte("Bidi"), 9, 6, []byte("biz error: app exception")}},
		{"timeout", "80010003 00000004 42696469 0000000e 0b0001 0000002b 73747265616d2074696d656f75742c2074696d656f757420696e206374783a2039392e3935323236326d73 080002 00002eef 00",
			Exception{[]byte("Bidi"), 14, 12015, []byte("stream timeout, timeout in ctx: 99.952262ms")}},
		{"oracle exception-empty-msg", "80010003 00000004 42696469 00000001 0b0001 00000000 080002 00000006 00",
			Exception{[]byte("Bidi"), 1, 6, []byte{}}},
		{"oracle exception-type=-1", "80010003 00000004 42696469 00000001 0b0001 00000004 626f6f6d 080002 ffffffff 00",
			Exception{[]byte("Bidi"), 1, -1, []byte("boom")}},
		{"E6 empty method", "80010003 00000000 00000001 0b0001 00000004 626f6f6d 080002 00000006 00",
			Exception{[]byte{}, 1, 6, []byte("boom")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := unhex(tt.hex)
			var e Exception
			if n, err := e.Parse(b, true); n != len(b) || err != nil {
				t.Errorf("Parse = %d, %v, want %d", n, err, len(b))
			}
			if diff := cmp.Diff(tt.want, e); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			got, err := AppendException([]byte("dst"), e.Method, e.Seq, e.TypeID, e.Message)
			if err != nil || !bytes.Equal(got, append([]byte("dst"), b...)) {
				t.Errorf("AppendException = %x, %v, want %x", got[3:], err, b)
			}
			if n := SizeException(len(e.Method), len(e.Message)); n != len(b) {
				t.Errorf("SizeException = %d, want %d", n, len(b))
			}
		})
	}
}

// X2: whatever is cut, it is illegal, at an offset within what is left.
func TestExceptionTruncated(t *testing.T) {
	for _, tt := range exceptionTests {
		b := unhex(tt.hex)
		if tt.err != nil || len(b) > 1<<10 {
			continue
		}
		whole := b
		if tt.n >= 0 {
			whole = b[:tt.n]
		}
		for i := range whole {
			var e Exception
			n, err := e.Parse(whole[:i], false)
			if err == nil || n > i || e.Method != nil || e.Message != nil {
				t.Fatalf("%s cut to %d bytes: %d, %v, %v", tt.name, i, n, err, e)
			}
			wantNoAllocs(t, func() { _, _ = e.Parse(whole[:i], false) })
		}
	}
	// The oracle's exception-truncated=N, by what is cut.
	for i, want := range map[int]wire.Code{
		1: wire.ErrExceptionVersion, 3: wire.ErrExceptionVersion, 8: wire.ErrExceptionName, 12: wire.ErrExceptionField,
		15: wire.ErrExceptionField, 19: wire.ErrExceptionField, 21: wire.ErrExceptionField, 29: wire.ErrExceptionField,
		33: wire.ErrExceptionField, 34: wire.ErrExceptionStop,
	} {
		var e Exception
		if n, err := e.Parse(unhex(exGood)[:i], false); err != want {
			t.Errorf("cut to %d bytes: %d, %v, want %v", i, n, err, want)
		}
	}
}

func TestExceptionViewsAreFenced(t *testing.T) {
	for _, s := range []string{exGood, exHead + exType + exBoom + exStop} {
		b := unhex(s)
		var e Exception
		if _, err := e.Parse(b, false); err != nil {
			t.Fatal(err)
		}
		_, _ = append(e.Method, '!'), append(e.Message, '!')
		if !bytes.Equal(b, unhex(s)) {
			t.Error("appending to a view changed the payload")
		}
	}
}

func TestExceptionText(t *testing.T) {
	tests := []struct {
		typeID        int32
		message, want string
	}{
		{6, "boom", "boom"},
		{6, "\x1b[2J", "\x1b[2J"},
		{0, "", "unknown application exception"},
		{1, "", "unknown method"},
		{2, "", "invalid message type"},
		{3, "", "wrong method name"},
		{4, "", "bad sequence ID"},
		{5, "", "missing result"},
		{6, "", "unknown internal error"},
		{7, "", "unknown protocol error"},
		{8, "", "Invalid transform"},
		{9, "", "Invalid protocol"},
		{10, "", "Unsupported client type"},
		{11, "", "unknown exception type [11]"},
		{-1, "", "unknown exception type [-1]"},
		{12007, "", "unknown exception type [12007]"},
		{math.MinInt32, "", "unknown exception type [-2147483648]"},
	}
	for _, tt := range tests {
		e := Exception{TypeID: tt.typeID, Message: []byte(tt.message)}
		if got := e.AppendText([]byte("dst:")); string(got) != "dst:"+tt.want {
			t.Errorf("text of %d, %q: %q, want %q", tt.typeID, tt.message, got, tt.want)
		}
		buf := make([]byte, 0, 64)
		wantNoAllocs(t, func() { e.AppendText(buf) })
	}
}

func TestAppendExceptionRefuses(t *testing.T) {
	dst := []byte("dst")
	for _, tt := range []struct {
		limit uint64
		err   error
	}{{35, nil}, {34, wire.ErrPayloadTooLarge}, {27, wire.ErrPayloadTooLarge}} {
		got, err := appendException(dst, "Bidi", 1, 6, "boom", tt.limit)
		if err != tt.err {
			t.Errorf("limit %d: %v, want %v", tt.limit, err, tt.err)
		}
		if err != nil && string(got) != "dst" {
			t.Errorf("limit %d: dst came back as %q", tt.limit, got)
		}
	}
	buf, method, message := make([]byte, 0, 64), []byte("Bidi"), []byte("boom")
	wantNoAllocs(t, func() {
		_, _ = AppendException(buf, "Bidi", 1, 6, message)
		_, _ = AppendException(buf, method, 1, 6, "boom")
		_, _ = appendException(buf, method, 1, 6, "boom", 27)
	})
}

// thriftValue draws a value of type t, nested at most depth deep.
func thriftValue(t *rapid.T, typ byte, depth int) []byte {
	if typ <= thriftInt64 {
		n := int(thriftSize[typ])
		return rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "scalar")
	}
	if typ == thriftString {
		return wire.Append32(nil, rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "string"))
	}
	n := rapid.IntRange(0, 3).Draw(t, "count")
	if typ == thriftStruct {
		var b []byte
		for range n {
			ft := thriftType(t, depth)
			b = append(b, ft, 0, rapid.Byte().Draw(t, "id"))
			b = append(b, thriftValue(t, ft, depth-1)...)
		}
		return append(b, thriftStop)
	}
	types := []byte{thriftType(t, depth)}
	if typ == thriftMap {
		types = append(types, thriftType(t, depth))
	}
	b := binary.BigEndian.AppendUint32(bytes.Clone(types), uint32(n))
	for range n {
		for _, et := range types {
			b = append(b, thriftValue(t, et, depth-1)...)
		}
	}
	return b
}

// thriftType draws a type whose values can be depth deep, 0: not nested.
func thriftType(t *rapid.T, depth int) byte {
	types := []byte{thriftBool, thriftByte, thriftDouble, thriftInt16, thriftInt32, thriftInt64, thriftString}
	if depth > 0 {
		types = append(types, thriftStruct, thriftMap, thriftSet, thriftList)
	}
	return rapid.SampledFrom(types).Draw(t, "type")
}

// Any fields around the two that count change nothing, and neither does what
// comes behind.
func TestExceptionProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Exception{
			Method:  rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "method"),
			Seq:     rapid.Int32().Draw(t, "seq"),
			TypeID:  rapid.Int32().Draw(t, "type id"),
			Message: rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "message"),
		}
		b, err := AppendException(nil, want.Method, want.Seq, want.TypeID, want.Message)
		if err != nil || len(b) != SizeException(len(want.Method), len(want.Message)) {
			t.Fatalf("AppendException: %d bytes, %v", len(b), err)
		}
		at := 12 + len(want.Method)
		var extra []byte
		for range rapid.IntRange(0, 3).Draw(t, "fields") {
			ft := thriftType(t, 3)
			extra = append(append(extra, ft, 0x10, 0), thriftValue(t, ft, 2)...)
		}
		tail := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "tail")
		b = append(append(b[:at:at], extra...), b[at:]...)

		var got Exception
		n, err := got.Parse(append(b[:len(b):len(b)], tail...), false)
		if n != len(b) || err != nil {
			t.Fatalf("Parse(%x) = %d, %v, want %d", b, n, err, len(b))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

// The short way through Parse finds what the long way finds, in anything.
func TestExceptionShortWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, _ := AppendException(nil, rapid.StringN(0, 5, -1).Draw(t, "method"), 1, rapid.Int32().Draw(t, "type id"),
			rapid.StringN(0, 9, -1).Draw(t, "message"))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.OneOf(rapid.Byte(), rapid.ByteRange(0, 16)).Draw(t, "byte")
		}
		b = b[:rapid.IntRange(0, len(b)).Draw(t, "cut")]
		strict := rapid.Bool().Draw(t, "strict")
		var short, long Exception
		n, err := short.Parse(b, strict)
		wantN, wantErr := long.parse(b, strict)
		if n != wantN || err != wantErr || !cmp.Equal(short, long) {
			t.Fatalf("Parse(%x) = %d, %v, %v, want %d, %v, %v", b, n, err, short, wantN, wantErr, long)
		}
	})
}

func BenchmarkException(b *testing.B) {
	for _, tt := range []struct{ name, message string }{
		{"21B", "biz error: test error"},
		{"130B", strings.Repeat("user code invoking cancel(). ", 5)[:130]},
	} {
		in, _ := AppendException(nil, "Bidi", 1, 6, tt.message)
		dst := make([]byte, 0, 256)
		b.Run("Parse/"+tt.name, func(b *testing.B) {
			var e Exception
			for b.Loop() {
				_, _ = e.Parse(in, false)
			}
		})
		b.Run("Append/"+tt.name, func(b *testing.B) {
			for b.Loop() {
				dst, _ = AppendException(dst[:0], "Bidi", 1, 6, tt.message)
			}
		})
	}
}

// A message of 16 MiB has a length whose first byte is not 0.
func TestAppendExceptionLong(t *testing.T) {
	message := make([]byte, 1<<24)
	out, err := AppendException(nil, "M", 1, 6, message)
	if err != nil {
		t.Fatal(err)
	}
	var e Exception
	if n, err := e.Parse(out, true); err != nil || n != len(out) || len(e.Message) != len(message) || e.TypeID != 6 {
		t.Errorf("%d of %d bytes, a message of %d, type id %d, %v", n, len(out), len(e.Message), e.TypeID, err)
	}
}
