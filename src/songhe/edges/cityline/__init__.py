"""The city's 12345 platform: signed cases and messages come in, ours go out; a simulated one for demonstrations and tests."""
