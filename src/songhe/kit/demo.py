"""The invented users of a demonstration, grouped by role, so that a visitor enters with one click."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.engines.access.models import Grant, User
from songhe.engines.access.roles import roles
from songhe.kit.words import Label

DOES: dict[str, Label] = {
    "city_leader": _("Sees the city at a glance, drills into a figure, follows the action plan."),
    "city_officer": _("Keeps policies, budgets and providers of the whole city in order."),
    "county_officer": _("Confirms assessments and decides who receives what."),
    "town_officer": _("Applies for people, checks entitlements, follows up orders."),
    "village_officer": _("Knows the people next door: registers, tags, asks for help."),
    "hotline_agent": _("Takes calls and alarms, opens orders, sends somebody."),
    "organisation_manager": _("Runs a care organisation: workers, orders, claims."),
    "dispatcher": _("Plans the day: which worker goes where and when."),
    "county_dispatcher": _("Plans a whole county's day over all its organisations."),
    "worker": _("Visits people; checks in and out on a phone, also without network."),
    "assessor": _("Assesses abilities at home and submits the form."),
    "facility_manager": _("Runs one canteen, day-care centre or nursing home."),
    "finance_officer": _("Approves and pays batches; every fen balances."),
    "inspector": _("Inspects facilities and follows up what needs correcting."),
    "volunteer": _("Gives time, earns credit in the time bank."),
    "family": _("Sees the visits, entitlements and alarms of their parents."),
    "auditor": _("Reads every act; changes nothing."),
    "administrator": _("Keeps users, roles and the system running."),
}


@dataclass
class DemoGroup:
    """One role with its invented users."""

    code: str
    label: str
    does: Label
    users: list[tuple[User, str]] = field(default_factory=list)


def demo_groups(*, per_role: int = 3) -> list[DemoGroup]:
    """Demonstration users by role, in the order of the roles file; each with the region of the grant."""
    grants = Grant.objects.filter(user__is_demo=True, user__is_active=True, revoked_at=None).select_related(
        "user", "region"
    )
    groups: dict[str, DemoGroup] = {}
    for grant in grants.order_by("user__username"):
        group = groups.setdefault(grant.role, DemoGroup(grant.role, grant.label, DOES.get(grant.role, "")))
        if len(group.users) < per_role:
            group.users.append((grant.user, str(grant.region)))
    return [groups[code] for code in roles() if code in groups]


def demo_user(text: str) -> User | None:
    """The demonstration user with that id."""
    try:
        key = UUID(text)
    except ValueError:
        return None
    return User.objects.filter(pk=key, is_demo=True, is_active=True).first()
