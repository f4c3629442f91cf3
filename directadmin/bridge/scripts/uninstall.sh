#!/bin/sh
# DirectAdmin's Plugin Manager runs this before it deletes the plugin. What was learnt and set stays
# in /var/lib/mailward for a later installation.
SETUP=/opt/mailward/current/setup
[ -e "$SETUP" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "Mailward still guards this server: DirectAdmin did not run this as root.<br>"
    echo "As root, in a shell: sh $SETUP uninstall<br>"
    exit 0
fi
sh "$SETUP" uninstall --yes 2>&1 | sed 's/&/\&amp;/g; s/</\&lt;/g; s/$/<br>/'
