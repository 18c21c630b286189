"""The door of ``policies``: the names others use."""

from songhe.engines.policies.models import PolicyVersion
from songhe.engines.policies.pack import at, document_of, folders, load_pack, newest

__all__ = ["PolicyVersion", "at", "document_of", "folders", "load_pack", "newest"]
