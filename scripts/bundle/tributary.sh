#!/bin/sh
# Runs one of Tributary's programs with the Node of this folder.
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
here=$(CDPATH='' cd -- "$here" && pwd) || exit 1
node=$here/bin/node

name=${1:-}
case $name in
  compute) program=$here/apps/compute/dist/main.js ;;
  */* | '' | -*) program= ;;
  *) program=$here/apps/lab/dist/commands/$name.js ;;
esac
if [ ! -f "$program" ]; then
  known=compute
  for file in "$here"/apps/lab/dist/commands/*.js; do
    file=${file##*/}
    known="$known ${file%.js}"
  done
  echo "usage: tributary PROGRAM ARGS; programs are: $known" >&2
  case $name in -h | --help) exit 0 ;; esac
  echo "unknown program \"$name\"" >&2
  exit 2
fi
shift

# The system's own libraries come first: a GPU's driver may need newer ones than this folder has.
lacks() { "$node" "$here/bin/lacks.cjs" 2>/dev/null; }
prepend() { LD_LIBRARY_PATH=$here/lib/$1${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} && export LD_LIBRARY_PATH; }
lacking=$(lacks) || lacking=runtime
case $lacking in *runtime*)
  without=${LD_LIBRARY_PATH:-}
  prepend runtime
  # The libraries may need a newer glibc. Then they are left out: the backends other than Dawn still work.
  "$node" -e 0 2>/dev/null || LD_LIBRARY_PATH=$without
  lacking=$(lacks) || lacking=
  ;;
esac
case $lacking in *vulkan*) prepend vulkan ;; esac

INIT_CWD=${INIT_CWD:-$PWD}
export INIT_CWD
exec "$node" "$program" "$@"
