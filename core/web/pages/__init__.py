"""One module for each page; its routes are in `bp`."""
