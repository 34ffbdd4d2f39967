#!/bin/sh
# Makes a virtual environment that runs Voxdesk. Run again any time: when nothing changed, it takes
# a moment; when an earlier run was interrupted, it goes on.
#
#   scripts/setup.sh [base|dev] [--python PROGRAM] [--venv FOLDER]
#
# base: what Voxdesk needs to run. dev: that, and what its tests and checks need.
# Needs no root. Every package comes with a pinned hash (requirements/*.lock).
set -eu

cd "$(dirname "$0")/.."
. scripts/lib.sh

kind=base
python=${PYTHON:-}
venv=.venv
while [ $# -gt 0 ]; do
    case $1 in
        base | dev) kind=$1 ;;
        --python) python=$2; shift ;;
        --venv) venv=$2; shift ;;
        *) fail "setup.sh: I don't know \"$1\". Usage: scripts/setup.sh [base|dev] [--python PROGRAM] [--venv FOLDER]" ;;
    esac
    shift
done

unset PYTHONHOME PYTHONPATH # they would make the environment see other packages
stamp=$venv/voxdesk-setup
log=var/setup.log
mkdir -p var

# ------------------------------------------------------------------ is there anything to do?

# What an environment was made of. dev contains base.
packages_key() { echo "$1 $(cat "requirements/build.lock" "requirements/$1.lock" | checksum) $PWD"; }
project_key() { checksum <pyproject.toml; }
stamped() { [ -f "$stamp" ] && grep -qxF "$1" "$stamp"; }
works() { [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; }

have_packages() {
    works && { stamped "packages $(packages_key dev)" ||
        { [ "$kind" = base ] && stamped "packages $(packages_key base)"; }; }
}

if have_packages && stamped "project $(project_key)"; then
    exit 0
fi

# One set-up at a time, where the system can say so.
if command -v flock >/dev/null 2>&1; then
    exec 9>var/setup.lock
    flock -n 9 || { echo "Another set-up is running; waiting for it …"; flock -w 900 9 ||
        fail "The other set-up has not ended within 15 minutes. Stop it, then try again."; }
fi

# ------------------------------------------------------------------ the environment

if ! works; then
    if [ -n "$(ls -A "$venv" 2>/dev/null)" ]; then
        [ -f "$venv/pyvenv.cfg" ] || fail "$PWD/$venv is there, and is not a virtual environment.
Move it away, then try again."
        say "$venv is damaged or half made; making it anew"
        rm -rf "$venv"
    fi
    [ -n "$python" ] || python=$(find_python) || no_python
    is_good_python "$python" || fail "$python is not a working Python 3.11 or 3.12 with venv."
    say "Making a virtual environment with $("$python" --version 2>&1) ($python)"
    "$python" -m venv "$venv" >"$log" 2>&1 || explain_failure "The virtual environment could not be made."
elif [ -n "$python" ] && [ "$(python_version "$python")" != "$(python_version "$venv/bin/python")" ]; then
    fail "$venv has Python $(python_version "$venv/bin/python"), and you asked for $python.
Remove $venv, then try again."
fi

# ------------------------------------------------------------------ packages

# pip, its output in the log, a line of progress for every package.
pip_install() {
    of=$1
    shift
    count=0
    rm -f var/setup.failed
    {
        PYTHONUNBUFFERED=1 PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install \
            --no-input --no-deps --no-build-isolation --no-compile --progress-bar off --retries 3 \
            "$@" 2>&1 </dev/null || : >var/setup.failed
    } | while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        case $line in
            "Collecting "* | "Processing "*)
                count=$((count + 1))
                name=${line#* }
                name=${name%% *}
                progress "$count" "$of" "$(basename "$name" | sed 's/[-=][=0-9].*//')"
                ;;
            "Installing collected packages"*) progress "$of" "$of" "unpacking" ;;
        esac
    done
    progress_over
    [ ! -e var/setup.failed ] || explain_failure "The packages could not be installed."
}

: >"$log"
if ! have_packages; then
    room_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    need_mb=1500
    [ "$kind" = base ] || need_mb=2500
    [ "$room_mb" -ge "$need_mb" ] ||
        fail "There are $room_mb MB free in $PWD; about $need_mb MB are needed."
    total=$(grep -c '^[A-Za-z0-9].*==' "requirements/$kind.lock")
    say "Installing $total packages ($kind), about $((need_mb / 2)) MB unpacked"
    rm -f "$stamp"
    pip_install 1 --require-hashes -r requirements/build.lock
    pip_install "$total" --require-hashes -r "requirements/$kind.lock"
    printf 'packages %s\n' "$(packages_key "$kind")" >"$stamp.new"
else
    grep '^packages ' "$stamp" >"$stamp.new"
fi

say "Installing Voxdesk itself"
pip_install 1 --editable .
printf 'project %s\n' "$(project_key)" >>"$stamp.new"
mv "$stamp.new" "$stamp"
say "Ready after $(elapsed) s: $venv/bin/voxdesk"
