"""One folder per functional area, all of one shape."""
