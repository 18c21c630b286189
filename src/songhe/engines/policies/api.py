"""The door of ``policies``: the names others use. ``drafts`` holds the way of a draft, to be called inside acts."""

from songhe.engines.policies import drafts
from songhe.engines.policies.checking import NAME, cited, problems_of, read_written
from songhe.engines.policies.models import DraftState, PolicyDraft, PolicyVersion
from songhe.engines.policies.pack import (
    at,
    at_each,
    changed_since,
    document_of,
    document_of_text,
    folders,
    holding,
    known,
    load_pack,
    newest,
)
from songhe.engines.policies.saying import said
from songhe.engines.policies.statement import by_statement

__all__ = [
    "NAME",
    "DraftState",
    "PolicyDraft",
    "PolicyVersion",
    "at",
    "at_each",
    "by_statement",
    "changed_since",
    "cited",
    "document_of",
    "document_of_text",
    "drafts",
    "folders",
    "holding",
    "known",
    "load_pack",
    "newest",
    "problems_of",
    "read_written",
    "said",
]
