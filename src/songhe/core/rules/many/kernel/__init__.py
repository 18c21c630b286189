"""A program as one loop over everybody in machine code, written from the same tree as the columns are worked out.

It works out what is clear. Where anything has to be refused it says so, and the columns are worked out to say what.
"""

from songhe.core.rules.many.kernel.rows import Given
from songhe.core.rules.many.kernel.run import worked_out

__all__ = ["Given", "worked_out"]
