#!/bin/sh
# `make test`: sets up, installs the peers that it may, runs every test on one Python and a smoke
# test on the other. Arguments go to pytest: scripts/test.sh tests/unit -k queue
set -eu

cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/setup.sh dev
scripts/peers.sh

version=$(python_version .venv/bin/python)
case $version in 3.11) other=3.12 ;; *) other=3.11 ;; esac

code=0
if [ $# -eq 0 ]; then
    say "Smoke test on Python $other"
    if python=$(find_python $other); then
        { scripts/setup.sh base --venv .venv-other --python "$python" &&
            .venv-other/bin/python scripts/smoke.py; } || {
            code=1
            echo "The smoke test on Python $other FAILED."
        }
        smoke="Python $other: smoke test $([ $code -eq 0 ] && echo passed || echo FAILED)"
    else
        smoke="Python $other: not here, its smoke test was SKIPPED"
    fi
fi

say "All tests on Python $version"
# Numeric libraries: one thread each, or they fight for the cores with the calls under test.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
if ! .venv/bin/python -m pytest -m "not bench" "$@"; then
    # Whole calls run in real time, and a busy machine may miss a bound. What failed gets one more
    # try, alone; what fails twice has failed, and what didn't is named above as failed once.
    say "Once more: what failed"
    .venv/bin/python -m pytest -m "not bench" --last-failed --last-failed-no-failures=none "$@" ||
        code=1
fi

[ -z "${smoke:-}" ] || echo "$smoke"
[ $code -eq 0 ] || echo "Something failed; see above."
exit $code
