#!/bin/sh
# DirectAdmin's Plugin Manager runs this after it has unpacked the plugin, and shows what it prints.
# A plugin that was put here by our own installer has no product beside it: there is nothing to do.
HERE=$(cd "$(dirname "$0")/.." && pwd)
[ -e "$HERE/payload/setup" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "Mailward is not installed yet: DirectAdmin did not run this as root.<br>"
    echo "As root, in a shell: sh $HERE/scripts/install.sh<br>"
    exit 0
fi
# DirectAdmin runs what lies here as root, and other plugins' pages may run as its own user.
chown -hR root:root "$HERE"
verb="install --yes"
[ ! -x /opt/mailward/bin/mailward ] || verb=upgrade
# shellcheck disable=SC2086  two words
sh "$HERE/payload/setup" $verb 2>&1 | sed 's/&/\&amp;/g; s/</\&lt;/g; s/$/<br>/'
echo "When something above did not work: mailward doctor, in a shell as root, says what to do.<br>"
