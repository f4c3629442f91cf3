"""cPanel & WHM: what is true of that panel and of no other (facts/cpanel.md)."""
