#!/bin/sh
# Installs @TITLE@ on this server, or brings an older one up to date.
#
#   sh install.sh [-y] [-l KEY]     install, or upgrade
#   sh install.sh -n                show every change, with diffs, and make none
#
#   -l KEY         the licence key; without one, the trial of everything begins
#   -n, --dry-run  show what would change
#   -y, --yes      do not ask; needed where nobody can be asked
#   -h, --help     this text
#
# Ends with 0 when all is well, 1 when it is installed and something does not work yet (the text
# says what), 2 when the words above were not understood, 3 when nothing was changed.
#
# Python and everything else is looked for first. Mail goes on all the while. To take it off again:
# /opt/mailward/current/setup uninstall
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
SETUP=$HERE/@PAYLOAD@/setup
PREFIX=${MAILWARD_PREFIX:-/opt/mailward}
MAILWARD=$PREFIX/bin/mailward

help() {
    sed -n '2,17s/^# \{0,1\}//p' "$0"
}

wrong() {
    echo "install.sh: $1; see: sh install.sh -h" >&2
    exit 2
}

stop() {
    echo "Nothing was changed: $1" >&2
    exit 3
}

key= dry= yes=
while [ $# -gt 0 ]; do
    case $1 in
    -l | --licence)
        [ $# -gt 1 ] || wrong "-l needs a key"
        key=$2
        [ -n "$key" ] || wrong "-l needs a key"
        shift
        ;;
    --licence=?*) key=${1#*=} ;;
    -n | --dry-run) dry=yes ;;
    -y | --yes) yes=yes ;;
    -h | --help)
        help
        exit 0
        ;;
    *) wrong "there is no '$1'" ;;
    esac
    shift
done

[ "$(id -u)" = 0 ] || stop "only root can install it. Try: sudo sh install.sh"
[ -e "@PRESENT@" ] || stop "this server has no @SERVER@ (there is no @PRESENT@)."
python=$(sh "$SETUP" python) || stop "there is no Python for it, see above."

if [ -n "$dry" ]; then
    exec sh "$SETUP" preview
fi

if [ -x "$MAILWARD" ]; then verb=upgrade what="Bring Mailward on this server up to date, to"
else verb=install what="Install Mailward on this server, in version"
fi
if [ -z "$yes" ]; then
    [ -t 0 ] || wrong "nobody can be asked here: say -y"
    printf '%s @VERSION@? [y/N] ' "$what"
    read -r answer || answer=
    case $answer in
    [Yy] | [Yy][Ee][Ss]) ;;
    *) stop "you did not say yes." ;;
    esac
fi
echo "$what @VERSION@, with $python."

code=0
if [ "$verb" = upgrade ]; then
    sh "$SETUP" upgrade || code=$?
    if [ "$code" -eq 0 ] && [ -n "$key" ]; then
        "$MAILWARD" licence set "$key" || code=$?
    fi
else
    sh "$SETUP" install --yes ${key:+--licence "$key"} || code=$?
fi
case $code in
0) echo "Done. Look whether all is well: $MAILWARD doctor" ;;
3) ;;
*)
    echo "Not everything worked, see above. Mail goes on. When that is mended, run this again;" >&2
    echo "$MAILWARD doctor says what is wrong." >&2
    # The program has more codes of its own, as for a key that it does not take.
    [ "$code" -le 3 ] || code=1
    ;;
esac
exit "$code"
