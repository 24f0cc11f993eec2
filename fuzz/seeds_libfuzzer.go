//go:build gofuzz

package fuzz

// seeds are none where libFuzzer runs a target: its corpus is in a file beside
// it, and the whole FuzzXxx runs again for each input.
func seeds(string) [][]byte { return nil }

func fuzzing() bool { return true }
