"""The guide to verifying, read from the data files once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.areas.verification.rules import Guide, build_guide
from songhe.core.sources import read


@lru_cache(maxsize=1)
def guide() -> Guide:
    """This installation's signs, weights, bounds and reasons."""
    file = settings.DATA / "nation/verification.yaml"
    return build_guide(read(file.read_text(encoding="utf-8"), name=file.name).data)


def sign_name(code: str) -> str:
    """A sign in the reader's language."""
    found = guide().signs.get(code)
    return found.label.in_language(get_language() or "") if found else code


def reason_name(code: str) -> str:
    """A reason in the reader's language."""
    found = guide().reasons.get(code)
    return found.label.in_language(get_language() or "") if found else code
