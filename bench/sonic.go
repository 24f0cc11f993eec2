//go:build amd64 || arm64

package bench

import "github.com/bytedance/sonic"

var (
	sonicMarshal         = sonic.Marshal
	sonicUnmarshal       = sonic.Unmarshal
	sonicUnmarshalString = sonic.UnmarshalString
)
