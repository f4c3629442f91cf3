"""DirectAdmin: what is true of that panel and of no other (facts/directadmin.md)."""
