package trailer

import "math"

// parseInt32 reads the decimal int32 of biz-status, trpc-ret or trpc-func-ret
// (rule 6.3). It takes what strconv.ParseInt(s, 10, 32) takes and live peers
// therefore take: a sign or none, then digits, leading zeros included. Spaces,
// underscores, prefixes and numbers out of range are not ok: they must never
// read as 0, which would be success.
func parseInt32(b []byte) (v int32, ok bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	if len(b) == 0 {
		return 0, false
	}
	limit := int64(math.MaxInt32)
	if negative {
		limit++
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
		if n > limit {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return int32(n), true
}
