#!/bin/sh
# `make test`: sets up, installs the peers that it may, runs every test on one Python and a smoke
# test on the other. Arguments go to pytest: scripts/test.sh tests/unit -k queue
set -eu

cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/setup.sh dev
scripts/peers.sh
scripts/console.sh

version=$(python_version .venv/bin/python)
case $version in 3.11) other=3.12 ;; *) other=3.11 ;; esac

# Numeric libraries: one thread each, or they fight for the cores with the calls under test.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
code=0

# No sound and no calls: both cores may work on these at once.
waits_for_nothing="tests/contract/database tests/contract/queue tests/integration/crm"

run_pytest() {
    .venv/bin/python -m pytest -m "not bench" "$@"
}

smoke_test() { # of what users install, on the other Python; 0, or what failed
    scripts/setup.sh base --venv .venv-other --python "$1" && .venv-other/bin/python scripts/smoke.py "$PWD/var/made-for-tests/prompts"
}

# What goes on beside whole calls, one after the other; fails when any of it does.
beside_calls() {
    failed=0
    # shellcheck disable=SC2046,SC2086  # several words
    run_pytest -o cache_dir=.pytest_cache/peers --durations=10 tests/contract tests/integration \
        $(printf ' --ignore=%s' $waits_for_nothing tests/integration/console) || failed=1
    nice -n 10 .venv/bin/python -m pytest -m "not bench" -o cache_dir=.pytest_cache/console \
        --durations=10 tests/integration/console || failed=1
    return $failed
}

if [ $# -eq 0 ]; then
    smoke="Python $other: not here, its smoke test was SKIPPED"
    smoking=
    if python=$(find_python $other); then
        say "Smoke test on Python $other, beside the tests of pure code"
        smoke_test "$python" >var/smoke.log 2>&1 &
        smoking=$!
    fi
    say "All tests on Python $version"
    # shellcheck disable=SC2086  # several words
    run_pytest -n 3 --dist worksteal tests/unit $waits_for_nothing || code=1 # one often waits
    if [ -n "$smoking" ]; then
        if wait "$smoking"; then
            smoke="Python $other: smoke test passed"
        else
            smoke_failed=1
            smoke="Python $other: smoke test FAILED"
            cat var/smoke.log
        fi
    fi
    # Whole calls last as long as people talk, and mostly wait. What talks with real peers runs
    # beside them, then the console's tests, their output after theirs.
    say "Whole calls; beside them the tests with real peers, and the console's"
    : >var/whole-calls-began # what else can be done meanwhile may begin
    beside_calls >var/beside-calls.log 2>&1 &
    beside=$!
    run_pytest -o cache_dir=.pytest_cache/calls --durations=20 tests/e2e || code=1
    wait $beside || code=1
    cat var/beside-calls.log
    caches=".pytest_cache .pytest_cache/peers .pytest_cache/console .pytest_cache/calls"
else
    run_pytest "$@" || code=1
    caches=.pytest_cache
fi
if [ $code -eq 1 ]; then
    # A busy machine may miss a bound. What failed gets one more try, alone; what fails twice has
    # failed, and what didn't is named above as failed once.
    say "Once more: what failed"
    code=0
    for cache in $caches; do
        [ -s "$cache/v/cache/lastfailed" ] || continue
        run_pytest -o cache_dir="$cache" --last-failed --last-failed-no-failures=none "$@" || code=1
    done
fi

[ -z "${smoke:-}" ] || echo "$smoke"
[ -z "${smoke_failed:-}" ] || code=2
[ $code -eq 0 ] || echo "Something failed; see above."
exit $code
