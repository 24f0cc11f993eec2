package bench

import (
	"bytes"
	"fmt"

	"github.com/cloudwego/gopkg/bufiox"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
)

// readSizeRows: 64 B data frames off a connection that gives 1 to 1,024 of them
// a call, or fewer where the reader has no room. A call is a copy here and not a
// system call: what shows is what the readers do around it.
func readSizeRows() []Row {
	var rows []Row
	for _, n := range []int{1, 4, 16, 64, 256, 1024} {
		one := dataBytes(64)
		b := bytes.Repeat(one, n)
		r := codec.NewReaderSize(&endless{b: b}, frame.Limits{}, 128<<10)
		rows = append(rows, Row{Name: fmt.Sprintf("ReadSize/frames=%d", n), Bytes: len(one), moves: true,
			ours:  readFrom(r),
			peers: []peer{{gopkg, decodeFrom(bufiox.NewDefaultReader(&endless{b: b}), len(one)), gate{}}}})
	}
	return rows
}
