package testgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/wire"
)

var strict = wire.Limits{Strict: true}

// hostileHeader is the H rows: header info. H19 (hash collisions) has no case,
// since there is no map. Offsets count from the start of the frame, in which
// header info begins at 14.
func hostileHeader() []Case {
	return slices.Concat(headerStart(), headerPadding(), headerCounts(), headerCuts(), headerBlocks(), headerFloods(), headerKeys())
}

func headerStart() []Case {
	var cases []Case
	for _, p := range []byte{0x00, 0x03, 0x04, 0x10, 0x11} {
		f := data()
		f.Protocol = p
		cases = append(cases, legal(fmt.Sprintf("H1/protocol-%#x", p), f))
	}
	for _, p := range []byte{0x01, 0x02, 0x05, 0x12, 0x1F, 0x20, 0x7F, 0x80, 0xFF} {
		in := over(data().Bytes(), 14, Cat(p))
		cases = append(cases, illegal(fmt.Sprintf("H2/protocol-%#x", p), in, wire.ErrProtocol, 14),
			illegal(fmt.Sprintf("H2/protocol-%#x-15-bytes", p), in[:15], wire.ErrProtocol, 14))
	}
	for _, n := range []int{1, 2, 255} {
		f := data()
		f.Transforms = strings.Repeat("\x7F", n)
		cases = append(cases, legal(fmt.Sprintf("H4/transforms-%d", n), f),
			illegal(fmt.Sprintf("H4/strict-transforms-%d", n), f.Bytes(), wire.ErrStrictTransforms, 15).within(strict))
	}
	return append(cases,
		illegal("H3/transforms-over-by-1", framed(Cat(0x10, 3, 1, 1)), wire.ErrTransforms, 15),
		illegal("H3/transforms-255", framed(Cat(0x10, 255, 1, 1)), wire.ErrTransforms, 15),
		illegal("H3/transforms-255-of-256", framed(Cat(0x10, 255, make([]byte, 254))), wire.ErrTransforms, 15),
		illegal("H3/transforms-255-strict", framed(Cat(0x10, 255, 1, 1)), wire.ErrTransforms, 15).within(strict),
		illegal("H3/transforms-up-to-the-end", framed(Cat(0x10, 2, 1, 1)), wire.ErrNoFrameType, 17),
	)
}

func headerPadding() []Case {
	var cases []Case
	for _, id := range []int{0x02, 0x03, 0x0F, 0x12, 0x7F, 0x80, 0xFF} {
		cases = append(cases, illegal(fmt.Sprintf("H5/info-id-%#x", id),
			framed(Cat(0x10, 0, 0, id, make([]byte, 8))), wire.ErrInfoID, 17))
	}
	for n := range 4 { // 10 bytes and the method's 4 plus 2-n
		f := plain('3', ints(num(KeyMethod, long(7-n))))
		cases = append(cases, legal(fmt.Sprintf("H6/padding-%d", (4-len(f.unpadded(2))%4)%4), f))
	}
	return append(cases,
		legal("H7/padding-between", bare('3', padding(3), ints(num(KeyFrameType, "3")), padding(1), strs(str("k", "v")), padding(9))),
		legal("H7/padding-262130", plain('3', padding(262130))),
		legal("H7/padding-262130-first", bare('3', padding(262130), ints(num(KeyFrameType, "3")))),
		illegal("H8/padding-not-zero", over(plain('3', padding(6)).Bytes(), 29, Cat(0x07)), wire.ErrInfoID, 29),
	)
}

func headerCounts() []Case {
	var cases []Case
	for _, kind := range []struct {
		name string
		id   int
		code wire.Code
	}{{"strs", Strs, wire.ErrStrCount}, {"ints", Ints, wire.ErrIntCount}} {
		for _, n := range []U16{1, 2, 0x3FFF, 0x4000, 0x7FFF, 0x8000, 0xFFFF} {
			cases = append(cases, illegal(fmt.Sprintf("H9/%s-%d-of-none", kind.name, n),
				framed(Cat(0x10, 0, kind.id, n)), kind.code, 17))
		}
		cases = append(cases,
			illegal("H9/"+kind.name+"-one-too-many", framed(Cat(0x10, 0, kind.id, U16(2), make([]byte, 7))), kind.code, 17),
			illegal("H9/"+kind.name+"-count-missing", framed(Cat(0x10, 0, 0, kind.id)), kind.code, 18),
			illegal("H9/"+kind.name+"-count-half", framed(Cat(0x10, 0, 0, 0, 0, 0, kind.id, 0)), kind.code, 21),
		)
	}
	return cases
}

// headerCuts: lengths that say more than is left, and fields that have no room.
// The last is illegal as soon as what stands before it is there.
func headerCuts() []Case {
	return []Case{
		illegal("H10/str-key-over", framed(Cat(0x10, 0, Strs, U16(1), U16(6), "kkkkk")), wire.ErrStrPair, 19),
		illegal("H10/str-key-65535", framed(Cat(0x10, 0, Strs, U16(1), U16(65535), "kkkkk")), wire.ErrStrPair, 19),
		illegal("H10/str-value-over", framed(Cat(0x10, 0, Strs, U16(1), U16(1), "k", U16(3), "vv")), wire.ErrStrPair, 22),
		illegal("H10/str-value-last-byte-missing", framed(Cat(0x10, 0, Strs, U16(1), U16(1), "k", U16(7), "vvvvvv")), wire.ErrStrPair, 22),
		illegal("H10/second-str-over", framed(Cat(0x10, 0, Strs, U16(2), Text16("k"), Text16("vv"), Text16(""), U16(9), "v")), wire.ErrStrPair, 28),
		illegal("H10/int-value-over", framed(Cat(0x10, 0, Ints, U16(1), U16(9), U16(4), "vvv")), wire.ErrIntPair, 21),
		illegal("H10/int-value-65535", framed(Cat(0x10, 0, Ints, U16(1), U16(9), U16(65535), "vvv")), wire.ErrIntPair, 21),
		illegal("H10/usual-method-over", framed(Cat(0x10, 0, Ints, U16(2), U16(27), Text16("3"), U16(9), U16(9), "Bidi")), wire.ErrIntPair, 26),
		illegal("H10/usual-method-first-over", framed(Cat(0x10, 0, Ints, U16(2), U16(9), Text16("Bidi"), U16(27), U16(9), "3")), wire.ErrIntPair, 29),
		illegal("H10/usual-method-first-no-type", framed(Cat(0x10, 0, Ints, U16(2), U16(9), Text16("0123456789"), "\x00")), wire.ErrIntPair, 33),
		illegal("H10/token-over", framed(Cat(0x10, 0, Token, U16(4), "ttt")), wire.ErrToken, 17),
		illegal("H10/token-65535", framed(Cat(0x10, 0, Token, U16(65535), "ttt")), wire.ErrToken, 17),
		illegal("H10/token-length-missing", framed(Cat(0x10, 0, 0, Token)), wire.ErrToken, 18),
		illegal("H10/token-length-half", framed(Cat(0x10, 0, 0, 0, 0, 0, Token, 0)), wire.ErrToken, 21),
		illegal("H11/str-value-length-missing", framed(Cat(0x10, 0, Strs, U16(1), Text16("kkkkk"))), wire.ErrStrPair, 26),
		illegal("H11/str-value-length-half", framed(Cat(0x10, 0, Strs, U16(1), Text16("kkkk"), 0)), wire.ErrStrPair, 25),
		illegal("H11/second-str-missing", framed(Cat(0x10, 0, Strs, U16(2), Text16("kk"), Text16("vvvvv"))), wire.ErrStrPair, 30),
		illegal("H11/second-int-missing", framed(Cat(0x10, 0, Ints, U16(2), U16(9), Text16("1234567"))), wire.ErrIntPair, 30),
		illegal("H11/second-int-half", framed(Cat(0x10, 0, Ints, U16(2), U16(9), Text16("1234"), U16(9), 0)), wire.ErrIntPair, 27),
	}
}

func headerBlocks() []Case {
	return []Case{
		legal("H12/count-0", bare('3', ints(), strs(), ints(num(KeyFrameType, "3")), strs(), ints())),
		legal("H13/blocks-twice", plain('2', strs(str("a", "1")), ints(num(KeyMethod, "M")), strs(str("b", "2"), str("a", "3")), ints(num(28, "x")))),
		legal("H14/token", plain('3', token("t"))),
		legal("H14/token-twice", plain('3', token("t"), token("u"))),
		legal("H14/token-empty", plain('3', token("t"), token(""))),
		legal("H14/token-65535", plain('3', token(long(65535)))),
		legal("H14/token-then-key", plain('3', token("t"), strs(str(KeyToken, "k")))),
		legal("H14/key-then-token", plain('3', strs(str(KeyToken, "k")), token("t"))),
		legal("H20/empty-key", plain('3', strs(str("", "v")))),
		legal("H20/empty-value", plain('3', strs(str("k", "")), ints(num(0, "")))),
		legal("H20/both-empty", plain('3', strs(str("", ""), str("", "")))),
		legal("H21/odd-bytes", plain('3', strs(str("\x00\r\n\x1b[31m\xff", "\x00\r\n\x1b[0m\xff\xfe")), ints(num(9, "\x00/\xff")))),
		legal("H21/65535-bytes", plain('3', strs(str(long(65535), long(65535))), ints(num(10, long(65535))))),
		legal("H25/unknown-int-keys", plain('3', ints(num(28, "a"), num(255, "b"), num(256, "c"), num(0x1B00, "d"), num(65535, "e")))),
	}
}

// headerFloods: what is counted is entries, not distinct keys, and tokens too.
func headerFloods() []Case {
	var many, pairs, empty []Pair
	for k := range 65533 {
		many = append(many, num(uint16(k), ""))
		empty = append(empty, str("", ""))
	}
	many[KeyFrameType].Value = "3"
	for k := range 43000 {
		pairs = append(pairs, str(string(Cat(U16(k))), ""))
	}
	tokens := slices.Repeat([]Block{token("")}, 1023)
	at := func(f Frame, block, off int) int { return f.At(block) + off }
	onTrailer := plain('4', strs(pairs...))
	tooMany := plain('3', append(tokens, token(""))...)
	twoBlocks := plain('3', strs(pairs[:512]...), strs(pairs[:512]...))
	return []Case{
		illegal("H15/65533-int-keys", bare('3', ints(many...)).Bytes(), wire.ErrPairLimit, 17),
		legal("H15/65533-int-keys-raised", bare('3', ints(many...))).within(raised),
		illegal("H16/43000-str-keys", plain('3', strs(pairs...)).Bytes(), wire.ErrPairLimit, 25),
		legal("H16/43000-str-keys-raised", plain('3', strs(pairs...))).within(raised),
		illegal("H17/43000-on-a-trailer", onTrailer.Bytes(), wire.ErrPairLimit, 25),
		illegal("H18/65532-empty-keys", plain('3', strs(empty[:65530]...)).Bytes(), wire.ErrPairLimit, 25),
		legal("H18/1024-entries", plain('3', strs(empty[:1023]...))),
		illegal("H18/1025-entries", plain('3', strs(empty[:1024]...)).Bytes(), wire.ErrPairLimit, 25),
		illegal("H18/1025-in-two-blocks", twoBlocks.Bytes(), wire.ErrPairLimit, at(twoBlocks, 2, 1)),
		legal("H18/1023-tokens", plain('3', tokens...)),
		illegal("H18/1024-tokens", tooMany.Bytes(), wire.ErrPairLimit, at(tooMany, 1024, 1)),
		legal("H18/2-entries-limit-2", data()).within(wire.Limits{MaxPairs: 2}),
		illegal("H18/2-entries-limit-1", data().Bytes(), wire.ErrPairLimit, 17).within(wire.Limits{MaxPairs: 1}),
	}
}

// headerKeys: keys that matter, given twice. What strict says of biz-status
// (H24) is package trailer's.
func headerKeys() []Case {
	twoTypes := bare('5', ints(num(KeyFrameType, "3"), num(KeyFrameType, "5")))
	twoBlocks := bare('5', ints(num(KeyFrameType, "3")), ints(num(28, "x"), num(KeyFrameType, "5")))
	usual := bare('5', ints(num(KeyFrameType, "3"), num(KeyMethod, "M")), ints(num(KeyFrameType, "5"), num(KeyMethod, "N")))
	methods := plain('3', ints(num(KeyMethod, "M")), ints(num(KeyMethod, "N")))
	odd := bare('3', ints(num(KeyFrameType, "99"), num(KeyFrameType, "3")))
	status := plain('4', strs(str("biz-status", "1"), str("biz-status", "2")))
	return []Case{
		legal("H22/type-twice", twoTypes),
		legal("H22/type-in-two-blocks", twoBlocks),
		legal("H22/type-twice-first-odd", odd),
		legal("H22/usual-blocks-twice", usual),
		illegal("H22/strict-type-twice", twoTypes.Bytes(), wire.ErrDuplicateKey, 24).within(strict),
		illegal("H22/strict-type-in-two-blocks", twoBlocks.Bytes(), wire.ErrDuplicateKey, twoBlocks.At(1)+3+5).within(strict),
		illegal("H22/strict-usual-blocks-twice", usual.Bytes(), wire.ErrDuplicateKey, usual.At(1)+3).within(strict),
		legal("H23/method-twice", methods),
		illegal("H23/strict-method-twice", methods.Bytes(), wire.ErrDuplicateKey, methods.At(2)+3).within(strict),
		legal("H23/strict-once-each", data()).within(strict),
		legal("H24/biz-status-twice", status),
		legal("H24/strict-biz-status-twice", status).within(strict),
	}
}
