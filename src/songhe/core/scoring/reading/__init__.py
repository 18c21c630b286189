"""Forms out of data: read part by part, each complaint with its file and line, and proved before they are used."""
