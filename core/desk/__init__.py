"""What people do to Mailward, shared by the command line and the pages."""
