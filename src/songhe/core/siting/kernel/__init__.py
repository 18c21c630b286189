"""The loops of the search, as plain Python over arrays.

They are compiled where Numba is there (``machine``), and run as they stand where it is not. Both find the same sites for the
same seed, which is what the tests of this folder rest on.
"""
