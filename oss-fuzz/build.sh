#!/bin/bash
# Copyright 2026 The ttwire Authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
#
# Builds every fuzz target as a libFuzzer program in $OUT, with its seeds and its
# dictionary beside it. OSS-Fuzz and ClusterFuzzLite run it in their image, in
# the root of this repository; see docs/fuzzing.md.
set -euo pipefail

# The other modules of the workspace are no part of this.
export GOWORK=off

package=github.com/ttwire/ttwire/fuzz

# target, dictionary
targets=(
	"FuzzFrame ttheader"
	"FuzzHeaderView ttheader"
	"FuzzException thrift"
	"FuzzExtra json"
	"FuzzBizStatus number"
	"FuzzPath path"
	"FuzzTrailer ttheader"
	"FuzzParseText text"
	"FuzzBuilder ttheader"
	"FuzzStatus json"
	"FuzzErrorText text"
	"FuzzReader ttheader"
	"FuzzFeeder ttheader"
	"FuzzWriter ttheader"
	"FuzzConn ttheader"
	"FuzzPair json"
	"FuzzPlainFrame ttheader"
	"FuzzPlainEnding ttheader"
	"FuzzPlainConn ttheader"
	"FuzzGopkgDecode ttheader"
	"FuzzGopkgEncode ttheader"
	"FuzzGopkgException thrift"
)

# Before the targets, whose tool changes files of the package.
go run ./fuzz/seedzip -out "$OUT"

for row in "${targets[@]}"; do
	read -r target dictionary <<<"$row"
	compile_native_go_fuzzer_v2 "$package" "$target" "$target"
	cp "oss-fuzz/$dictionary.dict" "$OUT/$target.dict"
done
