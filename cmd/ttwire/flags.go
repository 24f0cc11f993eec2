package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizeFlag is the value of a flag that sets a limit: a number from least up,
// where one over most means most. With units it may end in KiB, MiB or GiB.
type sizeFlag struct {
	n     *int
	least int64
	most  int64
	units bool
}

// Set is called by pflag.
func (s *sizeFlag) Set(text string) error {
	shift := 0
	if s.units {
		text, shift = cutUnit(text)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil && s.units:
		return fmt.Errorf("want a number of bytes, as in 65536, 64KiB or 16MiB")
	case err != nil:
		return fmt.Errorf("want a number")
	case n > math.MaxInt64>>shift:
		n = math.MaxInt64
	default:
		n <<= shift
	}
	if n < s.least {
		return fmt.Errorf("want %d or more", s.least)
	}
	*s.n = int(min(n, s.most))
	return nil
}

// String is the default that help shows.
func (s *sizeFlag) String() string {
	if s.n == nil {
		return "" // pflag asks a zero value, to know whether a default is worth showing
	}
	if s.units && *s.n != 0 && *s.n%(1<<20) == 0 {
		return strconv.Itoa(*s.n>>20) + "MiB"
	}
	return strconv.Itoa(*s.n)
}

// Type is what help calls the value.
func (s *sizeFlag) Type() string {
	if s.units {
		return "bytes"
	}
	return "count"
}

// cutUnit takes the unit off a size and gives it as a power of two.
func cutUnit(text string) (number string, shift int) {
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			return strings.TrimRight(n, " "), 10 * (i + 1)
		}
	}
	return text, 0
}

// choiceFlag is the value of a flag that takes one of a few words.
type choiceFlag struct {
	word string
	of   []string
}

// Set is called by pflag.
func (c *choiceFlag) Set(text string) error {
	for _, w := range c.of {
		if text == w {
			c.word = w
			return nil
		}
	}
	return fmt.Errorf("want %s", strings.Join(c.of, ", "))
}

// String is the default that help shows.
func (c *choiceFlag) String() string { return c.word }

// Type is what help calls the value.
func (c *choiceFlag) Type() string { return strings.Join(c.of, "|") }
