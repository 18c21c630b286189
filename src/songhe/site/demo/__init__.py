"""A city to try Songhe on: made-up people in real villages, with a living history. Nothing here is about anyone."""
