package main

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// unhex reads hex digits, spaces left out. The tables here are all it reads.
func unhex(s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return string(b)
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

// exRow is an exception and what it must come to: reason and offset, or a
// message and type id.
type exRow struct {
	id, comment, hex string
	reason           string
	at               int
	message          string
	typeID           int32
	rules            string
}

func exLegal(id, comment, hex, message string, typeID int32, rules string) exRow {
	return exRow{id: id, comment: comment, hex: hex, message: message, typeID: typeID, rules: rules}
}

func exIllegal(id, comment, hex, reason string, at int, rules string) exRow {
	return exRow{id: id, comment: comment, hex: hex, reason: reason, at: at, rules: rules}
}

var exceptionRows = slices.Concat(exHeads, exFields, exSkips, exBadSkips)

var exHeads = []exRow{
	exLegal("whole", "what live peers write", exGood, "boom", 6, "5.2 5.6"),
	exIllegal("X1/empty", "an empty payload is no exception", "", "exception-version", 0, "5.1"),
	exIllegal("X3/type-0", "message type 0", "80010000"+exGood[8:], "exception-type", 2, "5.1"),
	exIllegal("X3/call", "message type 1, a call", "80010001"+exGood[8:], "exception-type", 2, "5.1"),
	exIllegal("X3/reply", "message type 2, a reply", "80010002"+exGood[8:], "exception-type", 2, "5.1"),
	exIllegal("X3/oneway", "message type 4, oneway", "80010004"+exGood[8:], "exception-type", 2, "5.1"),
	exIllegal("X3/type-255", "message type 255", "800100ff"+exGood[8:], "exception-type", 2, "5.1"),
	exIllegal("X3/third-byte", "the third byte is part of the message type", "80010103"+exGood[8:], "exception-type", 2, "5.1"),
	exIllegal("X4/name-negative", "a name of -1 bytes", "80010003 ffffffff"+exGood[17:], "exception-name", 4, "5.1"),
	exIllegal("X4/name-2^31-1", "a name of 2,147,483,647 bytes", "80010003 7fffffff"+exGood[17:], "exception-name", 4, "5.1"),
	exIllegal("X4/name-over", "a name that runs over the end by one byte", "80010003 00000005 42696469", "exception-name", 4, "5.1"),
	exIllegal("X4/name-length-cut", "three bytes of the name's length", "80010003 000000", "exception-name", 4, "5.1"),
	exIllegal("X4/name-to-the-end", "no sequence", "80010003 00000004 42696469", "exception-field", 12, "5.1"),
	exIllegal("X9/old-style", "a message header of the old style", "00000004 42696469 03 00000001"+exBoom+exType+exStop, "exception-version", 0, "5.1"),
	exIllegal("X9/version-0x8002", "another version", "80020003"+exGood[8:], "exception-version", 0, "5.1"),
	exIllegal("X9/version-0x0001", "another version", "00010003"+exGood[8:], "exception-version", 0, "5.1"),
	exIllegal("X9/three-bytes", "three bytes", "800100", "exception-version", 0, "5.1"),
	exLegal("X12/other-name-and-sequence", "name and sequence mean nothing", "80010003 00000000 80000000"+exGood[35:], "boom", 6, "5.1"),
}

var exFields = []exRow{
	exIllegal("X5/message-negative", "a message of -1 bytes", exHead+"0b0001 ffffffff"+exBoom[15:]+exType+exStop, "exception-field", 19, "5.4"),
	exIllegal("X5/message-2^31-1", "a message of 2,147,483,647 bytes", exHead+"0b0001 7fffffff"+exBoom[15:]+exType+exStop, "exception-field", 19, "5.4"),
	exIllegal("X5/message-over", "a message that runs over the end by one byte", exHead+"0b0001 00000005 626f6f6d", "exception-field", 19, "5.4"),
	exIllegal("X5/message-to-the-end", "no stop byte behind the message", exHead+exBoom, "exception-stop", 27, "5.4"),
	exIllegal("X5/message-over-the-rest", "a message that takes up all that follows", exHead+"0b0001 0000000c 626f6f6d"+exType+exStop, "exception-stop", 35, "5.4"),
	exLegal("X6/message-as-i32", "field 1 of another type is skipped", exHead+"080001 00000001"+exStop, "", 0, "5.3"),
	exLegal("X6/type-id-as-string", "field 2 of another type is skipped", exHead+exBoom+"0b0002 00000001 36"+exStop, "boom", 0, "5.3"),
	exLegal("X6/message-as-i64", "field 1 of another type is skipped", exHead+"0a0001 0000000000000001"+exType+exStop, "", 6, "5.3"),
	exLegal("X6/type-id-as-bool", "field 2 of another type is skipped", exHead+exBoom+"020002 01"+exStop, "boom", 0, "5.3"),
	exLegal("X6/other-ids", "fields 0 and -1 are skipped", exHead+"0b0000 00000001 78 08ffff 00000001"+exBoom+exType+exStop, "boom", 6, "5.3"),
	exLegal("X6/type-id-first", "the order of the fields is free", exHead+exType+exBoom+exStop, "boom", 6, "5.2"),
	exLegal("X6/other-ids-in-the-usual-place", "fields 2 and 3 where 1 and 2 usually are", exHead+"0b0002 00000004 626f6f6d 080003 00000007"+exStop, "", 0, "5.3"),
	exLegal("X6/ids-of-two-bytes", "fields 0x0101 and 0x0102", exHead+"0b0101 00000004 626f6f6d 080102 00000007"+exStop, "", 0, "5.3"),
	exIllegal("X6/type-id-as-double", "a double where the type id usually is, which it is longer than", exHead+exBoom+"040002 00000007"+exStop, "exception-field", 30, "5.4"),
	exLegal("X6/repeated", "of a field given twice the last one wins", exHead+"0b0001 00000001 78"+"080002 00000007"+exBoom+exType+exStop, "boom", 6, "5.2"),
	exLegal("X6/no-fields", "no message and no type id", exHead+exStop, "", 0, "5.2 5.5"),
	exIllegal("X8/no-stop", "no stop byte", exHead+exBoom+exType, "exception-stop", 34, "5.4"),
	exLegal("X8/tail", "bytes behind the stop byte", exGood+"78797a", "boom", 6, "5.4"),
	exIllegal("X8/tail-strict", "strict: bytes behind the stop byte", exGood+"78797a", "exception-tail", 35, "5.4"),
	exLegal("X10/type-id-0", "type id 0", exHead+exBoom+"080002 00000000"+exStop, "boom", 0, "5.2"),
	exLegal("X10/type-id--1", "type id -1", exHead+exBoom+"080002 ffffffff"+exStop, "boom", -1, "5.2"),
	exLegal("X10/type-id-12001", "a type id that is a stream error code", exHead+exBoom+"080002 00002ee1"+exStop, "boom", 12001, "5.2"),
	exLegal("X11/empty-message", "an empty message is shown by the type id", exHead+"0b0001 00000000"+exType+exStop, "", 6, "5.5"),
	exLegal("X11/empty-message-type-1", "an empty message is shown by the type id", exHead+"080002 00000001"+exStop, "", 1, "5.5"),
	exLegal("X11/empty-message-type-11", "an empty message of a type id without a text", exHead+"080002 0000000b"+exStop, "", 11, "5.5"),
	exLegal("X11/empty-message-type--1", "an empty message of a type id without a text", exHead+"080002 ffffffff"+exStop, "", -1, "5.5"),
	exLegal("X11/1-MB", "a message of 1,048,576 bytes", exHead+"0b0001 00100000"+strings.Repeat("61", 1<<20)+exType+exStop, strings.Repeat("a", 1<<20), 6, "5.2"),
	exLegal("X11/any-bytes", "a message that is not UTF-8, with control characters", exHead+"0b0001 00000004 fffe1b00"+exType+exStop, "\xff\xfe\x1b\x00", 6, "5.2"),
}

var exSkips = []exRow{
	exLegal("X7/scalars", "a field of every type that is not a container", exHead+"020009 01 030009 ff 040009 0000000000000000 060009 0000 080009 00000000 0a0009 0000000000000000 0b0009 00000000"+exBoom+exType+exStop, "boom", 6, "5.3"),
	exLegal("X7/containers", "struct, map, set and list", exHead+"0c0009 080001 00000001 00"+"0d0009 080b 00000001 00000001 00000001 78"+"0e0009 06 00000002 00010002"+"0f0009 0b 00000001 00000001 78"+exBoom+exType+exStop, "boom", 6, "5.3"),
	exLegal("X7/empty-containers", "element types are not looked at where the count is 0", exHead+"0d0009 0000 00000000"+"0e0009 01 00000000"+"0f0009 ff 00000000"+exStop, "", 0, "5.3"),
	exLegal("X7/message-within", "message and type id inside an unknown struct are not the exception's", exHead+"0c0009"+exBoom+exType+"00"+exStop, "", 0, "5.3"),
	exLegal("X7/64-deep", "64 lists in each other", exHead+exDeep(64)+exBoom+exType+exStop, "boom", 6, "5.3"),
	exIllegal("X7/65-deep", "65 lists in each other", exHead+exDeep(65)+exBoom+exType+exStop, "exception-depth", 339, "5.3"),
	exIllegal("X7/65-deep-maps", "65 maps in each other", exHead+"0d0009"+strings.Repeat("030d 00000001 00", 64)+"0303 00000000"+exStop, "exception-depth", 467, "5.3"),
	exIllegal("X7/structs", "100,000 structs in each other", exHead+strings.Repeat("0c0001", 100000), "exception-depth", 211, "5.3"),
	exLegal("X7/list-of-structs", "a list of 100,000 structs, a byte each", exHead+"0f0009 0c 000186a0"+strings.Repeat("00", 100000)+exType+exStop, "", 6, "5.3"),
	exLegal("X7/list-of-all-that-is-left", "count times least size is what is left", exHead+"0f0009 03 00000002 0102"+exStop, "", 0, "5.3"),
	exLegal("X7/list-of-empty-lists", "elements of 5 bytes, the fewest", exHead+"0f0009 0f 00000003"+strings.Repeat("03 00000000", 3)+exStop, "", 0, "5.3"),
	exLegal("X7/list-of-empty-sets", "elements of 5 bytes, the fewest", exHead+"0f0009 0e 00000003"+strings.Repeat("03 00000000", 3)+exStop, "", 0, "5.3"),
	exLegal("X7/list-of-empty-maps", "elements of 6 bytes, the fewest", exHead+"0f0009 0d 00000003"+strings.Repeat("0303 00000000", 3)+exStop, "", 0, "5.3"),
}

var exBadSkips = []exRow{
	exIllegal("X7/list-void", "a list of a type that there is not", exHead+"0f0009 01 7fffffff"+exStop, "exception-field", 19, "5.3 5.4"),
	exIllegal("X7/set-stop", "a set of type 0", exHead+"0e0009 00 7fffffff"+exStop, "exception-field", 19, "5.3 5.4"),
	exIllegal("X7/list-bytes", "a list of 2,147,483,647 bytes", exHead+"0f0009 03 7fffffff"+exStop, "exception-field", 20, "5.3 5.4"),
	exIllegal("X7/list-structs", "a list of 2,147,483,647 structs", exHead+"0f0009 0c 7fffffff 000000"+exStop, "exception-field", 20, "5.3 5.4"),
	exIllegal("X7/list-i64-wraps", "the bytes that the list needs are 0 in 32 bits", exHead+"0f0009 0a 20000000"+exStop, "exception-field", 20, "5.3 5.4"),
	exIllegal("X7/list-negative", "a list of -1 bytes", exHead+"0f0009 03 ffffffff"+exStop, "exception-field", 20, "5.3 5.4"),
	exIllegal("X7/list-one-too-many", "a list of one byte more than is left", exHead+"0f0009 03 00000003 01"+exStop, "exception-field", 20, "5.3 5.4"),
	exIllegal("X7/list-negative-of-no-type", "the type is judged before the count", exHead+"0f0009 01 ffffffff"+exStop, "exception-field", 19, "5.3 5.4"),
	exIllegal("X7/map-bytes", "a map of 2,147,483,647 bytes to bytes", exHead+"0d0009 0303 7fffffff"+exStop, "exception-field", 21, "5.3 5.4"),
	exIllegal("X7/map-strings", "a map of 2,147,483,647 strings to structs", exHead+"0d0009 0b0c 7fffffff"+exStop, "exception-field", 21, "5.3 5.4"),
	exIllegal("X7/map-void-key", "a map with keys of a type that there is not", exHead+"0d0009 0103 7fffffff"+exStop, "exception-field", 19, "5.3 5.4"),
	exIllegal("X7/map-void-value", "a map with values of a type that there is not", exHead+"0d0009 0301 7fffffff"+exStop, "exception-field", 20, "5.3 5.4"),
	exIllegal("X7/map-negative", "a map of -1 pairs", exHead+"0d0009 0303 ffffffff"+exStop, "exception-field", 21, "5.3 5.4"),
	exIllegal("X7/map-key-over", "a key that runs over the end", exHead+"0d0009 0b0b 00000001 000000ff 78 00000001", "exception-field", 25, "5.4"),
	exIllegal("X7/map-value-over", "a value that runs over the end", exHead+"0d0009 0b0b 00000001 00000001 78 000000ff", "exception-field", 30, "5.4"),
	exIllegal("X7/element-over", "an element that runs over the end", exHead+"0f0009 0b 00000002 00000000 000000ff", "exception-field", 28, "5.4"),
	exIllegal("X7/head-cut", "a list whose count is cut", exHead+"0f0009 03 0000", "exception-field", 19, "5.4"),
	exIllegal("X7/scalar-cut", "an i64 that is cut", exHead+"0a0009 00000000000000", "exception-field", 19, "5.4"),
	exIllegal("X7/string-length-cut", "a string whose length is cut", exHead+"0b0009 0000", "exception-field", 19, "5.4"),
	exIllegal("X7/type-1", "a field of type 1", exHead+"010009 00"+exStop, "exception-field", 16, "5.4"),
	exIllegal("X7/type-7", "a field of type 7", exHead+"070009 00"+exStop, "exception-field", 16, "5.4"),
	exIllegal("X7/type-16", "a field of type 16", exHead+"100009 00"+exStop, "exception-field", 16, "5.4"),
	exIllegal("X7/type-255", "a field of type 255", exHead+"ff0009 00"+exStop, "exception-field", 16, "5.4"),
	exIllegal("X7/type-in-struct", "a field of type 1 in a struct", exHead+"0c0009 010001"+exStop, "exception-field", 19, "5.4"),
	exIllegal("X7/id-cut", "a field of which type and one byte are there", exHead+"0b00", "exception-field", 16, "5.4"),
	exIllegal("X7/struct-without-stop", "the stop byte ends the struct, and nothing the exception", exHead+"0c0009"+exStop, "exception-stop", 20, "5.4"),
}

// exceptionVectors are the table, and the first row cut at every byte.
func exceptionVectors() (all []vector) {
	for _, r := range exceptionRows {
		v := exceptionVector(r.id, r.comment, unhex(r.hex), r.reason, r.at, r.rules)
		v.Strict = strings.HasSuffix(r.id, "-strict")
		if r.reason == "" {
			v.result = exExpected(r)
		}
		all = append(all, v)
	}
	whole := unhex(exGood)
	for n := 1; n < len(whole); n++ {
		id := fmt.Sprintf("X2/cut-%02d", n)
		reason, at := exCut(n)
		all = append(all, exceptionVector(id, fmt.Sprintf("the first %d of 35 bytes", n), whole[:n], reason, at, "5.4"))
	}
	return all
}

// exCut is what exGood is without its end.
func exCut(n int) (reason string, at int) {
	switch {
	case n < 4:
		return "exception-version", 0
	case n < 12:
		return "exception-name", 4
	case n < 16:
		return "exception-field", 12
	case n == 16, n == 27, n == 34:
		return "exception-stop", n
	case n < 19:
		return "exception-field", 16
	case n < 27:
		return "exception-field", 19
	case n < 30:
		return "exception-field", 27
	}
	return "exception-field", 30
}

func exceptionVector(id, comment, in, reason string, at int, rules string) vector {
	o := octets(in)
	v := vector{ID: id, Test: "exception", Comment: comment, Rules: strings.Fields(rules), In: &o, result: judged("exception", reason, at)}
	v.Hostile = hostileOf(id)
	return v
}

// hostileOf is the row of the catalogue that an id begins with.
func hostileOf(id string) string {
	name, _, found := strings.Cut(id, "/")
	if !found || !strings.Contains("BFHCSXP", id[:1]) || id[1] == '.' {
		return ""
	}
	return name
}

// exExpected is what a legal row says; the name and the sequence are those of
// its bytes, and its end is that of exGood's kind.
func exExpected(r exRow) *result {
	method, seq := "Bidi", int32(1)
	if strings.HasPrefix(r.id, "X12") {
		method, seq = "", -1<<31
	}
	text := r.message
	if text == "" {
		text = shownFor[r.typeID]
	}
	size := len(unhex(r.hex))
	if strings.HasPrefix(r.id, "X8/tail") {
		size = 35
	}
	return &result{Verdict: "legal", Size: size, Fields: exceptionFields{octets(method), seq, r.typeID, octets(r.message), octets(text)}}
}

// shownFor is what rule 5.5 shows for an empty message, for the type ids here.
var shownFor = map[int32]string{
	0: "unknown application exception", 1: "unknown method", 6: "unknown internal error",
	11: "unknown exception type [11]", -1: "unknown exception type [-1]",
}
