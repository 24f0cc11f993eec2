#!/bin/bash
# One build script for both: see oss-fuzz/build.sh.
set -euo pipefail
exec bash "$SRC/ttwire/oss-fuzz/build.sh"
