//go:build amd64 || arm64

package main

import "github.com/bytedance/sonic"

var (
	sonicMarshal   = sonic.Marshal
	sonicUnmarshal = sonic.Unmarshal
)
