"""The door of ``policies``: the names others use."""

from songhe.engines.policies.models import PolicyVersion
from songhe.engines.policies.pack import at, changed_since, document_of, known, load_pack, newest
from songhe.engines.policies.statement import by_statement

__all__ = [
    "PolicyVersion",
    "at",
    "by_statement",
    "changed_since",
    "document_of",
    "known",
    "load_pack",
    "newest",
]
