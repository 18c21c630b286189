"""Pure parts: no Django, no clock, no input or output, no randomness but a seed."""
