"""The door of ``policies``: the names others use. ``drafts`` holds the way of a draft, to be called inside acts."""

from songhe.engines.policies import drafts
from songhe.engines.policies.checking import NAME, cited, problems_of, read_written
from songhe.engines.policies.models import DraftState, PolicyDraft, PolicyVersion
from songhe.engines.policies.pack import at, document_of, holding, load_pack, newest
from songhe.engines.policies.saying import said

__all__ = [
    "NAME",
    "DraftState",
    "PolicyDraft",
    "PolicyVersion",
    "at",
    "cited",
    "document_of",
    "drafts",
    "holding",
    "load_pack",
    "newest",
    "problems_of",
    "read_written",
    "said",
]
