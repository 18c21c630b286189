"""The loops of the search, as plain Python over arrays of whole numbers.

They are compiled when somebody asks for it (``machine``), and run as they stand where they cannot be. Both give the
same plan for the same seed, which is what the tests of this folder rest on.
"""
