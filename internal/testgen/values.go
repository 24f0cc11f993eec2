package testgen

import (
	"fmt"
	"slices"
	"strings"
)

// Value is what a row of the catalogue has in one place of an ending: the value
// of a pair, or an exception. What it must give is said where it is parsed.
type Value struct {
	ID string
	In []byte
}

func values(id string, ins ...string) []Value {
	all := make([]Value, len(ins))
	for i, in := range ins {
		all[i] = Value{ID: fmt.Sprintf("%s/%d", id, i), In: []byte(in)}
	}
	return all
}

// BizStatuses is rows B1 to B6: values of biz-status and the trpc-* codes.
func BizStatuses() []Value {
	return slices.Concat(
		values("B1", "0", "-0", "+0", "000"),
		values("B2", "1", "-1", "2147483647", "-2147483648"),
		values("B3", "2147483648", "-2147483649", strings.Repeat("9", 40), "18446744073709551617"),
		values("B4", "", " ", "abc", "0x10", "1_000", "1e3", "5\x00", "５", "+", "-", "+-5", "--5"),
		values("B5", "+5", "007", "-007", strings.Repeat("0", 65535-1)+"7"),
		values("B6", " 5", "5 ", "5\n"),
	)
}

// BizExtras is rows B11 to B16: values of biz-extra.
func BizExtras() []Value {
	return slices.Concat(
		values("B11", `{}`, `null`, ``, " {} ", "\tnull\r\n"),
		values("B12", `[]`, `1`, `"s"`, `true`, `nul`, `nulll`, `null null`),
		values("B13", `{"a":null}`, `{"a":1}`, `{"a":true}`, `{"a":{}}`, `{"a":[]}`, `{"a":nul}`, `{"a":-1e5}`),
		values("B14", `{"a":"1","a":"2"}`, `{"a":"1","\u0061":"2"}`, `{"a":"1","a":null}`, `{"":"","":""}`),
		values("B15", "{\"a\":\"\xff\"}", "{\"\xe2\x82\":\"\"}", `{"a":"\ud800"}`, `{"a":"\ud800\u0061"}`, `{"a":"\udc00\ud800"}`,
			`{"a":"\ud83d\ude00"}`, "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\x00\"}", `{"a":"\u0000"}`, "{\"a\":\"\x1f\"}"),
		values("B16", `{"a":"b"}x`, `{"a":"b",}`, `{"a":"b"`, `{`, `{"a"`, `{"a":`, `{"a":"`, `{"a":"\`, `{"a":"\u00`, `{,}`, `{a:"b"}`, `{'a':'b'}`,
			"\ufeff{}", `{"a":"b"/**/}`, `{"a":"\x41"}`, `{"a":"b" "c":"d"}`, `{"a":"b"}{"c":"d"}`,
			strings.Repeat("[", 65535), strings.Repeat(`{"a":`, 13107), "{"+strings.Repeat(`"a":"",`, 7000)+`"a":"b"}`,
			`{"`+strings.Repeat(`\u0061`, 5000)+`":"`+strings.Repeat(`\n`, 5000)+`"}`),
		values("extra", `{"a":"b","c":"d"}`, `{ "a" : "b" , "c" : "<&>\u2028\/\b\f\n\r\t\"\\" }`, `{"余额":"不足"}`),
	)
}

// CancelPaths is rows P-1 to P-7: values of ttscp.
func CancelPaths() []Value {
	return slices.Concat(
		values("P-1", ""),
		values("P-2", "A", "A,B", "A,B,C", "ServiceA"),
		values("P-3", ",", ",,A,,", "A,", ",A"),
		values("P-4", strings.Repeat(",", 65535), strings.Repeat("A,", 16), strings.Repeat("A,", 17), strings.Repeat("A,", 18)),
		values("P-5", "A\nB\x1b[2J", "A -> B", "A]> B", "余额\u202e", "\xff", "A\x7f", `\x5b`, `\x41`),
		values("P-6", strings.Repeat("x", 65535)),
		values("P-7", "A,B,A,B,A,B"),
	)
}

// Exceptions is rows X1 to X12: payloads of a trailer or rst.
func Exceptions() []Value {
	whole := Exception("Bidi", 1, 12007, "cancelled")
	all := slices.Concat(
		values("X1", ""),
		exceptionHeads(whole),
		exceptionFields(),
		exceptionSkips(),
		exceptionEnds(whole),
	)
	for n := range whole {
		all = append(all, Value{fmt.Sprintf("X2/%d", n), whole[:n]})
	}
	return all
}

// Exception writes an exception message, as live peers do (rule 5.6).
func Exception(method string, seq, typeID int32, message string) []byte {
	return exception(method, seq, text(1, message), number(2, typeID))
}

// exception is one of any fields.
func exception(method string, seq int32, fields ...[]byte) []byte {
	return Cat("\x80\x01\x00\x03", U32(len(method)), method, U32(seq), slices.Concat(fields...), 0)
}

func field(typ byte, id uint16, value ...any) []byte { return Cat(typ, U16(id), Cat(value...)) }
func text(id uint16, s string) []byte                { return field(0x0B, id, U32(len(s)), s) }
func number(id uint16, n int32) []byte               { return field(0x08, id, U32(n)) }

// exceptionHeads: what stands before the fields.
func exceptionHeads(whole []byte) []Value {
	var all []Value
	for _, typ := range []byte{0, 1, 2, 4, 255} {
		all = append(all, Value{fmt.Sprintf("X3/type-%d", typ), over(whole, 3, []byte{typ})})
	}
	for _, n := range []uint32{1<<32 - 1, 1<<31 - 1, 1 << 31, 1000, 5} {
		all = append(all, Value{fmt.Sprintf("X4/name-%d", n), over(whole, 4, Cat(U32(n)))})
	}
	return append(all,
		Value{"X9/old-style", Cat(U32(4), "Bidi", 3, U32(1), text(1, "m"), number(2, 6), 0)},
		Value{"X9/version-2", over(whole, 1, []byte{2})},
		Value{"X12/other-method", exception("Other", -1, text(1, "m"), number(2, 6))},
		Value{"X12/no-method", exception("", 0, text(1, "m"), number(2, 6))})
}

// exceptionFields: the two fields that matter, in all kinds of ways.
func exceptionFields() []Value {
	all := []Value{
		{"X5/length-minus-1", Cat("\x80\x01\x00\x03", U32(0), U32(1), 0x0B, U16(1), U32(1<<32-1), "m")},
		{"X5/length-over", Cat("\x80\x01\x00\x03", U32(0), U32(1), 0x0B, U16(1), U32(3), "m", 0)},
		{"X6/message-as-i32", exception("M", 1, number(1, 5), number(2, 6))},
		{"X6/type-as-string", exception("M", 1, text(1, "m"), text(2, "6"))},
		{"X6/type-as-i64", exception("M", 1, text(1, "m"), field(0x0A, 2, U32(0), U32(6)))},
		{"X6/both-as-bool", exception("M", 1, field(0x02, 1, 1), field(0x02, 2, 0))},
		{"X6/twice", exception("M", 1, text(1, "a"), number(2, 1), text(1, "b"), number(2, 2))},
		{"X6/none", exception("M", 1)},
		{"X11/empty", exception("M", 1, text(1, ""), number(2, 6))},
		{"X11/odd", exception("M", 1, text(1, "\x00\r\n\x1b[2J\xff"), number(2, 6))},
	}
	for _, id := range []int32{0, -1, 6, 12001, 12006, 12015, 1<<31 - 1, -1 << 31} {
		all = append(all, Value{fmt.Sprintf("X10/%d", id), Exception("M", 1, id, "m")})
	}
	return all
}

// exceptionSkips: fields that are not known.
func exceptionSkips() []Value {
	nested := func(depth int) []byte {
		return exception("M", 1, Cat(slices.Repeat([]byte{0x0C, 0, 9}, depth), make([]byte, depth)))
	}
	return []Value{
		{"X7/every-type", exception("M", 1,
			field(0x02, 9, 1), field(0x03, 9, 1), field(0x06, 9, U16(1)), field(0x08, 9, U32(1)), field(0x04, 9, U32(1), U32(1)),
			field(0x0A, 9, U32(1), U32(1)), text(9, "skipped"), field(0x0C, 9, number(1, 1), 0),
			field(0x0D, 9, 0x0B, 0x08, U32(1), U32(1), "k", U32(1)), field(0x0E, 9, 0x02, U32(2), 1, 0), field(0x0F, 9, 0x0B, U32(1), U32(0)),
			text(1, "m"), number(2, 6))},
		{"X7/unknown-type", exception("M", 1, field(0x05, 9, 1))},
		{"X7/nested-64", nested(64)},
		{"X7/nested-65", nested(65)},
		{"X7/nested-20000", nested(20000)},
		{"X7/list-of-void", exception("M", 1, field(0x0F, 9, 0x01, U32(1<<31-1)))},
		{"X7/list-huge", exception("M", 1, field(0x0F, 9, 0x02, U32(1<<31-1)))},
		{"X7/list-of-lists", exception("M", 1, field(0x0F, 9, 0x0F, U32(3), 0x02, U32(1), 1, 0x02, U32(0), 0x01, U32(0)))},
		{"X7/map-huge", exception("M", 1, field(0x0D, 9, 0x08, 0x08, U32(1<<28)))},
		{"X7/map-empty", exception("M", 1, field(0x0D, 9, 0, 0, U32(0)))},
		{"X7/count-minus-1", exception("M", 1, field(0x0E, 9, 0x02, U32(1<<32-1)))},
	}
}

// exceptionEnds: what stands behind the fields.
func exceptionEnds(whole []byte) []Value {
	return []Value{
		{"X8/no-stop", whole[:len(whole)-1]},
		{"X8/bytes-behind", append(slices.Clone(whole), "tail"...)},
		{"X8/second-exception", slices.Concat(whole, whole)},
	}
}
