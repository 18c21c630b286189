"""Songhe runs a city's home-and-community elderly care."""
