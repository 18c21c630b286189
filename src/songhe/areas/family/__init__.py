"""The family's view: who comes next, who came and what was done, the hours left, and a word about it.

It shows what lower areas keep of the persons whose relative the reader is, and keeps nothing of its own.
"""
