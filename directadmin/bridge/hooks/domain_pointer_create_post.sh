#!/bin/sh
# DirectAdmin runs this after an event; lib/event.pl says what comes of it. Never fails, says nothing.
/usr/bin/perl "${0%/*}/../lib/event.pl" domain_pointer_create_post </dev/null >/dev/null 2>&1
exit 0
