# shellcheck shell=sh
# What the scripts share: finding a Python that works, saying how far one is, explaining failures.

# Where this is set, each of the hundred programs that tests start compiles every library anew.
unset PYTHONDONTWRITEBYTECODE

started_s=$(date +%s)

elapsed() { echo $(($(date +%s) - started_s)); }
say() { echo "[$(elapsed) s] $*"; }
fail() {
    echo "$*" >&2
    exit 1
}

checksum() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# On a terminal one line that changes; elsewhere every twentieth.
progress() {
    if [ -t 1 ]; then
        printf '\r\033[K  %s/%s  %s' "$1" "$2" "$3"
    elif [ $(($1 % 20)) -eq 0 ]; then
        printf '  %s/%s  %s\n' "$1" "$2" "$3"
    fi
}
progress_over() { [ ! -t 1 ] || printf '\r\033[K'; }

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

# A shim that only prints an error doesn't count, nor a Debian Python without its venv package.
is_good_python() {
    "$1" -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
        >/dev/null 2>&1
}

# Every place where a Python 3.11 or 3.12 may be, one a line; $1 limits it to one version.
python_candidates() {
    for version in ${1:-3.11 3.12}; do
        echo "python$version"
        for file in \
            "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
            "$HOME/.local/share/uv/python/cpython-$version"*/bin/python \
            "/opt/homebrew/opt/python@$version/bin/python$version" \
            "/usr/local/opt/python@$version/bin/python$version" \
            "/usr/bin/python$version" "/usr/local/bin/python$version"; do
            [ ! -x "$file" ] || echo "$file"
        done
    done
    [ -n "${1:-}" ] || echo python3
}

find_python() {
    found=$(python_candidates "${1:-}" | while IFS= read -r candidate; do
        if is_good_python "$candidate"; then
            echo "$candidate"
            break
        fi
    done)
    [ -n "$found" ] && echo "$found"
}

no_python() {
    cat >&2 <<'END'
Voxdesk needs Python 3.11 or 3.12 (with venv), and there is none here. One of these brings it:

  Debian 12, Ubuntu 24.04:  sudo apt install python3 python3-venv
  Fedora:                   sudo dnf install python3.12
  macOS (Homebrew):         brew install python@3.12
  anywhere, without root:   curl -LsSf https://astral.sh/uv/install.sh | sh; uv python install 3.12

Then run the same command again. If it is in an unusual place: PYTHON=/path/to/python make setup
END
    exit 1
}

# $1: what failed; $log, set by whoever calls it: the file that has the output.
# shellcheck disable=SC2154
explain_failure() {
    echo "$1" >&2
    if grep -qi 'no space left on device' "$log"; then
        echo "The disk is full: $(df -Ph . | awk 'NR == 2 { print $4 }') are left in $PWD." >&2
    elif grep -qiE 'do not match the hashes' "$log"; then
        echo "A package is not the one that was pinned: the download was damaged, or the index
serves another file. Nothing of it was installed. Try again; if it stays, don't use that index." >&2
    elif grep -qiE 'NewConnectionError|name resolution|ConnectTimeout|ProxyError|Network is unreachable|Connection refused|ReadTimeout' "$log"; then
        echo "The package index can't be reached. Is there a network? Behind a proxy, set HTTPS_PROXY;
with a mirror of your own, set PIP_INDEX_URL. What was downloaded is kept for the next try." >&2
    elif grep -qi 'no matching distribution' "$log"; then
        echo "A package is not made for this system ($(uname -sm)); Voxdesk runs on Linux x86_64." >&2
    fi
    echo "The end of $PWD/$log:" >&2
    tail -n 12 "$log" | sed 's/^/  /' >&2
    exit 1
}
