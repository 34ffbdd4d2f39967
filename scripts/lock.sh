#!/bin/sh
# Renews requirements/*.lock: every package of every supported Python, with the hashes of its files.
# Packages stay at their version unless arguments say otherwise: scripts/lock.sh --upgrade-package numpy
set -eu

cd "$(dirname "$0")/.."
. scripts/lib.sh

uv=$(command -v uv) || fail "uv is needed to resolve packages: pipx install uv (or pip install uv)"
compile() {
    say "Resolving $1"
    output=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --output-file "$output" "$@" >/dev/null
}

compile requirements/base.lock --extra speakers pyproject.toml "$@"
# dev has every package of base at the same version, and more.
compile requirements/dev.lock --constraint requirements/base.lock --group dev \
    --extra speakers --extra whisper-base pyproject.toml "$@"
compile requirements/build.lock requirements/build.in "$@"
compile requirements/console.lock requirements/console.in "$@"
