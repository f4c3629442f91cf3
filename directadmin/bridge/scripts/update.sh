#!/bin/sh
# DirectAdmin's Plugin Manager runs this after it has unpacked a newer plugin.
exec sh "$(dirname "$0")/install.sh"
