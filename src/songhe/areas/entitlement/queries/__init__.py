"""Facts that policies ask for, what policies would say, and reads of entitlements, applications, grants and reviews."""

from songhe.areas.entitlement.queries.appeals import appeal_until, appealable, open_appeal, to_hear
from songhe.areas.entitlement.queries.applications import (
    applicant_choices,
    benefit_choices,
    in_way,
    object_lines,
    open_papers,
    paper_choices,
    to_accept,
    to_decide,
    to_verify,
)
from songhe.areas.entitlement.queries.benefits import (
    Benefit,
    Look,
    benefits_at,
    look,
    looks,
    readable,
    the_benefit,
)
from songhe.areas.entitlement.queries.comparisons import newest_list, open_mismatches, with_grants
from songhe.areas.entitlement.queries.explained import Explained, Standing, explained, standings
from songhe.areas.entitlement.queries.grants import (
    Arrears,
    InForce,
    arrears_due,
    grants_of,
    in_force,
    open_grant,
    stretches_of,
)
from songhe.areas.entitlement.queries.life import certified_last, life_due, receivers, to_certify
from songhe.areas.entitlement.queries.months import (
    Known,
    account,
    entitled,
    families,
    holders,
    known,
    policies_for,
    to_approve,
    waiting,
)
from songhe.areas.entitlement.queries.notices import on_notice, places_with_notices
from songhe.areas.entitlement.queries.origins import Origin, origins
from songhe.areas.entitlement.queries.reviews import open_findings

__all__ = [
    "Arrears",
    "Benefit",
    "Explained",
    "InForce",
    "Known",
    "Look",
    "Origin",
    "Standing",
    "account",
    "appeal_until",
    "appealable",
    "applicant_choices",
    "arrears_due",
    "benefit_choices",
    "benefits_at",
    "certified_last",
    "entitled",
    "explained",
    "families",
    "grants_of",
    "holders",
    "in_force",
    "in_way",
    "known",
    "life_due",
    "look",
    "looks",
    "newest_list",
    "object_lines",
    "on_notice",
    "open_appeal",
    "open_findings",
    "open_grant",
    "open_mismatches",
    "open_papers",
    "origins",
    "paper_choices",
    "places_with_notices",
    "policies_for",
    "readable",
    "receivers",
    "standings",
    "stretches_of",
    "the_benefit",
    "to_accept",
    "to_approve",
    "to_certify",
    "to_decide",
    "to_hear",
    "to_verify",
    "waiting",
    "with_grants",
]
