"""How whoever gave the information signs: with a picture of the signature, or before a witness."""

from __future__ import annotations

from collections.abc import Collection

from songhe.core.decision import Decision, grant, refuse


def signature(
    *, name: str, witness: str, has_picture: bool, needs_witness: bool, assessors: Collection[str]
) -> Decision[str]:
    """A signature or thumbprint has its picture or a witness; who cannot write has a witness in any case.

    The witness is neither whoever signs nor one of the two who assess.
    """
    if not name:
        return refuse("Say who gave the information.", code="assessment.no_name")
    if not witness and (needs_witness or not has_picture):
        return refuse(
            "Add a picture of the signature, or the name of a witness; a witness is required for anyone who cannot write.",
            code="assessment.no_witness",
            rule="signing",
        )
    if witness and witness in {name, *assessors}:
        return refuse(
            "The witness can be neither the signatory nor one of the two assessors. Name somebody else.",
            code="assessment.own_witness",
            rule="signing",
        )
    return grant(name, because="Signed", rule="signing")
