"""What the needs of a visit or call lead to."""

from __future__ import annotations

from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring
from songhe.areas.caring.rules import Leads


def leads_to(caring: Caring) -> dict[Leads, list[str]]:
    """The needs by what they lead to: codes that the data file no longer has are left out."""
    out: dict[Leads, list[str]] = {}
    for code in caring.needs:
        need = terms().needs.get(code)
        if need is not None:
            out.setdefault(need.leads, []).append(code)
    return out
