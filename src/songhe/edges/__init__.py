"""Adapters to the outside, for Protocols that areas declare."""
