"""Other programs on this server that do what Mailward does: found, named, and left alone."""
