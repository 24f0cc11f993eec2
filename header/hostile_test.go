package header_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// TestHostileHeader puts every H row to ParsePrefix. The rows are whole frames;
// here is their header info alone, so that offsets count from its start. What
// a frame type may be is package frame's.
func TestHostileHeader(t *testing.T) {
	for _, c := range testgen.HostileHeader() {
		t.Run(c.ID, func(t *testing.T) {
			size := 4 * int(wire.Uint16(c.In, 12))
			info := c.In[testgen.FixedSize:min(len(c.In), testgen.FixedSize+size)]
			want, at := c.Code, c.N-testgen.FixedSize
			if want == 0 || want == wire.ErrNoFrameType {
				want, at = 0, size
			}
			v := new(header.View)
			n, err := v.ParsePrefix(info, size, &c.Limits)
			if n != at || codeOf(err) != want {
				t.Fatalf("ParsePrefix = %d, %v; want %d, %v", n, err, at, want.Reason())
			}
			if c.Limits == (wire.Limits{}) && len(info) == size {
				if n, err := v.Parse(info); n != at || codeOf(err) != want {
					t.Errorf("Parse = %d, %v; want %d, %v", n, err, at, want.Reason())
				}
			}
			allocs(t, "ParsePrefix", func() { v.ParsePrefix(info, size, &c.Limits) })
			if c.Model == nil {
				return
			}
			if got, want := report(v), infoReport(*c.Model); !cmp.Equal(got, want) {
				t.Errorf("view differs: %d ints, %d strs; want %d, %d", len(got.Ints), len(got.Strs), len(want.Ints), len(want.Strs))
			}
		})
	}
}

// codeOf is err as a wire.Code, 0 for nil.
func codeOf(err error) wire.Code {
	code, _ := err.(wire.Code)
	return code
}
