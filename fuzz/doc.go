// Package fuzz has the fuzz targets of ttwire: one for each property and each
// decoder. docs/fuzzing.md says how to run them and what each one proves.
//
//	go test -fuzz=FuzzFrame ./fuzz
//	go run ./fuzz/run -time 60s
//
// A target is a function of bytes in a file of its own; Targets lists them, and
// fuzz_test.go makes each one a FuzzXxx for go test. No file but that one
// imports testing, and seeds are left out under the build tag gofuzz, so that
// the builders of OSS-Fuzz take the package as it is.
//
// To add a target: its function in a file, its row in Targets, its FuzzXxx in
// fuzz_test.go, its line in docs/fuzzing.md and in oss-fuzz/build.sh. Tests
// fail where one of these is missing.
package fuzz
