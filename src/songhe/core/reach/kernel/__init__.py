"""The loops of the searches, as plain Python over arrays; compiled where Numba is, else SciPy does their work."""
