package trailer

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// int32Judge is the judge of parseInt32: what live peers read a biz-status with.
func int32Judge(s string) (int32, bool) {
	v, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, false
	}
	return int32(v), true
}

var int32Tests = []struct {
	name, in string
	want     int32
	ok       bool
}{
	{"B1 zero", "0", 0, true},
	{"B1 minus zero", "-0", 0, true},
	{"B2 one", "1", 1, true},
	{"B2 minus one", "-1", -1, true},
	{"B2 max", "2147483647", math.MaxInt32, true},
	{"B2 min", "-2147483648", math.MinInt32, true},
	{"B3 over max", "2147483648", 0, false},
	{"B3 under min", "-2147483649", 0, false},
	{"B3 40 digits", strings.Repeat("9", 40), 0, false},
	{"B3 wraps to 0 in 32 bits", "4294967296", 0, false},
	{"B3 wraps to 5 in 64 bits", "18446744073709551621", 0, false},
	{"B4 empty", "", 0, false},
	{"B4 sign only", "-", 0, false},
	{"B4 two signs", "+-5", 0, false},
	{"B4 sign behind", "5-", 0, false},
	{"B4 letters", "abc", 0, false},
	{"B4 hex", "0x10", 0, false},
	{"B4 underscore", "1_000", 0, false},
	{"B4 exponent", "1e3", 0, false},
	{"B4 NUL", "5\x00", 0, false},
	{"B4 full-width digit", "５", 0, false},
	{"B5 plus", "+5", 5, true},
	{"B5 leading zeros", "007", 7, true},
	{"B5 minus leading zeros", "-007", -7, true},
	{"B5 40 leading zeros", strings.Repeat("0", 40) + "5", 5, true},
	{"B6 space before", " 5", 0, false},
	{"B6 space behind", "5 ", 0, false},
	{"B6 newline behind", "5\n", 0, false},
}

func TestParseInt32(t *testing.T) {
	for _, tt := range int32Tests {
		t.Run(tt.name, func(t *testing.T) {
			if v, ok := int32Judge(tt.in); v != tt.want || ok != tt.ok {
				t.Errorf("the test is wrong: strconv reads %q as %d, %t", tt.in, v, ok)
			}
			b := []byte(tt.in)
			if v, ok := parseInt32(b); v != tt.want || ok != tt.ok {
				t.Errorf("parseInt32(%q) = %d, %t, want %d, %t", tt.in, v, ok, tt.want, tt.ok)
			}
			wantNoAllocs(t, func() { parseInt32(b) })
		})
	}
}

func TestParseInt32Property(t *testing.T) {
	near := rapid.Custom(func(t *rapid.T) string {
		edge := rapid.SampledFrom([]int64{0, math.MaxInt32, math.MinInt32, math.MaxUint32, 1 << 40}).Draw(t, "edge")
		return strconv.FormatInt(edge+rapid.Int64Range(-20, 20).Draw(t, "off"), 10)
	})
	text := rapid.OneOf(near, rapid.StringMatching(`[+-]?[0-9_xe ]{0,12}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "s")
		want, wantOK := int32Judge(s)
		if v, ok := parseInt32([]byte(s)); v != want || ok != wantOK {
			t.Fatalf("parseInt32(%q) = %d, %t, want %d, %t", s, v, ok, want, wantOK)
		}
	})
}

// wantNoAllocs fails on one allocation.
func wantNoAllocs(t *testing.T, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(20, f); n != 0 {
		t.Errorf("%v allocations a run, want 0", n)
	}
}
