#!/usr/bin/env bash
# Builds the compiled kernels in build/dev and puts them beside their faces, for work in the tree.
#   PYTHON=path/to/python tools/build_native.sh [further options of cmake]
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
python="${PYTHON:-python3}"
build="${FIDUCIAL_BUILD:-$root/build/dev}"
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)

cmake -S "$root" -B "$build" "${generator[@]}" \
  -DCMAKE_BUILD_TYPE=Release -DFIDUCIAL_WERROR=ON \
  -DPython_EXECUTABLE="$(command -v "$python")" "$@" >/dev/null
cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)"

# A kernel's object file may hold no symbol that the linker could merge with another's: the copy
# it keeps might use instructions that the machine lacks.
if command -v nm >/dev/null; then
  shared="$(find "$build" -path '*kernels_*' -name '*.o' -exec nm -C {} + |
    grep -E ' [WVu] ' | grep -vE 'fiducial::(x86_64_v[234]|baseline)::|DW.ref' || true)"
  if [ -n "$shared" ] && [ -z "${FIDUCIAL_ALLOW_SHARED:-}" ]; then
    echo "kernels share these symbols between instruction sets:" >&2
    echo "$shared" >&2
    exit 1
  fi
fi

# Renamed into place: a process that has the old file loaded keeps it.
for built in "$build"/_native*.so; do
  target="$root/src/fiducial/kernels/$(basename "$built")"
  cp "$built" "$target.new"
  mv "$target.new" "$target"
done
echo "built $(cd "$build" && ls _native*.so)"
