"""A living server to look at: `./dev demo` starts the daemon and lets a hoster's day happen."""
