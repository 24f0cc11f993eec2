// Package ossfuzz is no code: this folder is what OSS-Fuzz and ClusterFuzzLite
// need to fuzz ttwire on many machines. Its tests check what can be checked
// without them. docs/fuzzing.md says how to use it.
package ossfuzz
