#!/bin/sh
# Installs the Debian packages that integration tests talk to, where that is possible, and says
# what is missing where it isn't: the tests that need it are then skipped, by name.
#
#   VOXDESK_NO_APT=1 scripts/peers.sh    only says what is missing
set -eu

cd "$(dirname "$0")/.."
. scripts/lib.sh

log=var/peers.log
mkdir -p var

# package, and a command or file that shows it is there
peers="
sip-tester   sipp
baresip      baresip
kamailio     kamailio
kamailio-tls-modules /usr/lib/*/kamailio/modules/tls.so
postgresql   /usr/lib/postgresql/*/bin/initdb
redis-server redis-server
espeak-ng    espeak-ng
sox          sox
faketime     faketime
prometheus   promtool
chromium     chromium
fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
"

# shellcheck disable=SC2086
is_there() { # a command, or a path with a pattern
    case $1 in
        /*) ls $1 >/dev/null 2>&1 ;;
        *) command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] ;;
    esac
}

missing() {
    echo "$peers" | while read -r package proof; do
        [ -z "$package" ] || is_there "$proof" || echo "$package"
    done | tr '\n' ' '
}

wanted=$(missing)
[ -n "$wanted" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=no; fi
fi
if [ -n "${VOXDESK_NO_APT:-}" ] || [ "$as_root" = no ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Not installed, so the tests that need them will be skipped: $wanted"
    exit 0
fi

say "Installing Debian packages for the tests: $wanted"
# The tests start servers of their own: none of these packages may start or enable one.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
    $as_root chmod +x $policy
    trap '$as_root rm -f $policy' EXIT
    trap 'exit 1' INT TERM
fi
# shellcheck disable=SC2086
apt() { # $as_root is empty or a command with an option
    timeout 420 $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o DPkg::Lock::Timeout=60 -o Acquire::Retries=2 "$@" >>"$log" 2>&1 </dev/null
}
: >"$log"
apt update || say "apt-get update failed; trying with the lists that are here"
# One by one when all at once fails: one missing package must not cost the others.
# shellcheck disable=SC2086
apt install --yes --no-install-recommends $wanted || for package in $wanted; do
    apt install --yes --no-install-recommends "$package" || say "$package could not be installed"
done
if [ -d /run/systemd/system ]; then
    for service in kamailio redis-server postgresql; do
        case " $wanted " in
            *" $service "*) $as_root systemctl disable --quiet "$service" >>"$log" 2>&1 || true ;;
        esac
    done
fi
left=$(missing)
[ -z "$left" ] || echo "Still not installed (see $PWD/$log), so the tests that need them will be skipped: $left"
