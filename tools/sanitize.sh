#!/usr/bin/env bash
# Builds the kernels with the address and undefined-behaviour sanitizers and runs their tests.
#   PYTHON=path/to/python tools/sanitize.sh [further options of pytest]
# Part of the slow run: it takes a few minutes.  Needs GCC's libasan and libubsan.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
python="$(command -v "${PYTHON:-python3}")"
build="${FIDUCIAL_BUILD:-$root/build/sanitize}"
compiler="${CXX:-g++}"

cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DFIDUCIAL_SANITIZE=address,undefined -DCMAKE_CXX_COMPILER="$compiler" \
  -DPython_EXECUTABLE="$python" >/dev/null
cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)"

# A copy of the package, so that the tree keeps its fast kernels.
tree="$build/package"
rm -rf "$tree"
mkdir -p "$tree"
cp -r "$root/src/fiducial" "$tree/"
rm -f "$tree"/fiducial/kernels/_native*
cp "$build"/_native*.so "$tree/fiducial/kernels/"

# Python's own allocations live until the end of the process: leaks are not asked for.
export LD_PRELOAD="$("$compiler" -print-file-name=libasan.so) $("$compiler" -print-file-name=libubsan.so)"
export ASAN_OPTIONS="detect_leaks=0,abort_on_error=1,allocator_may_return_null=1"
export UBSAN_OPTIONS="print_stacktrace=1,halt_on_error=1"
export PYTHONPATH="$tree${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONMALLOC=malloc
cd "$root"
exec "$python" -c "
import fiducial, sys
from fiducial.kernels import body
assert fiducial.__file__.startswith(sys.argv[1]), fiducial.__file__
assert body.native() is not None
import pytest
sys.exit(pytest.main(sys.argv[2:]))
" "$tree" -q -p no:cacheprovider tests/unit/kernels "$@"
