//go:build !amd64 && !arm64

package bench

import "encoding/json"

// On CPUs it has no code for, sonic is encoding/json, and on 32 bits it does
// not compile.
var (
	sonicMarshal         = json.Marshal
	sonicUnmarshal       = json.Unmarshal
	sonicUnmarshalString = func(s string, v any) error { return json.Unmarshal([]byte(s), v) }
)
