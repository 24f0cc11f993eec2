package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// octets are bytes, in the files as hex in which a part may be repeated:
// "0003 78*65535 00" is 65,538 bytes.
type octets string

func (o octets) MarshalJSON() ([]byte, error) { return json.Marshal(pack(string(o))) }

// given is o for a value that may be missing.
func given(v string, there bool) *octets {
	if !there {
		return nil
	}
	o := octets(v)
	return &o
}

const (
	longestPart = 16 // bytes that are looked for repeated
	worthIt     = 32 // bytes that a repetition takes at least
)

func pack(s string) string {
	var parts []string
	plain := 0 // where what is not repeated starts
	flush := func(end int) {
		if plain < end {
			parts = append(parts, hex.EncodeToString([]byte(s[plain:end])))
		}
	}
	for i := 0; i < len(s); {
		size, times := repetition(s[i:])
		if size*times < worthIt {
			i++
			continue
		}
		flush(i)
		parts = append(parts, fmt.Sprintf("%x*%d", s[i:i+size], times))
		i += size * times
		plain = i
	}
	flush(len(s))
	return strings.Join(parts, " ")
}

// repetition is the longest one that s starts with: of how many bytes, and how
// many times they come.
func repetition(s string) (size, times int) {
	size, times = 1, 1
	for n := 1; n <= min(longestPart, len(s)); n++ {
		k := 1
		for strings.HasPrefix(s[k*n:], s[:n]) {
			k++
		}
		if k > 1 && k*n > size*times {
			size, times = n, k
		}
	}
	return size, times
}
