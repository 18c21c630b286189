"""Finance in words: what a journal was for, what an account is used for, amounts in their own unit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from songhe.engines.ledger.api import Account, OwnerKind
from songhe.kit.words import spent, yuan

KINDS = {
    "finance.settle": _("Settling of services"),
    "finance.pay": _("Payment"),
    "finance.allot": _("Allotment"),
    "payments.receive": _("Money received"),
    "payments.allot": _("Allotted to a budget line"),
    "payments.approve": _("Payment batch approved"),
    "payments.paid": _("Paid by the bank"),
    "payments.failed": _("Payment failed"),
    "payments.returned": _("Payment returned"),
    "payments.pay_back": _("Overpayment repaid"),
    "claims.bill": _("Bill of a person"),
    "claims.receipt": _("Person's payment"),
    "entitlement.grant": _("Entitlement granted"),
    "entitlement.return": _("Entitlement returned"),
}
USES = {
    "fund": _("money of the fund"),
    "owed": _("owed"),
    "bill": _("bills"),
    "billed": _("billed to persons"),
    "treasury": _("treasury"),
    "paid": _("paid out"),
    "used": _("service used"),
    "home_service_minutes": _("home service"),
    "source": _("source of money"),
    "budget": _("budget line"),
    "payable": _("payable to people"),
}
LEVELS = {"centre": _("centre"), "province": _("province"), "city": _("city"), "county": _("county")}


def use_of(code: str) -> str:
    """The use of an account in words, with its month or its level where it has one."""
    head, _colon, part = code.partition(":")
    return f"{USES.get(head, '')} {LEVELS.get(part, part)}".strip()


def account_name(account: Account) -> str:
    """Whose account and for what."""
    head, _colon, month = account.code.partition(":")
    if account.owner_kind == OwnerKind.PERSON:
        return f"{account.name or use_of(head)} {month}".strip()
    return " · ".join(filter(None, (account.name, use_of(account.code)))) or account.code


def unit_text(value: int, unit: str) -> str:
    """An amount of an account in its own unit."""
    return {"fen": yuan, "minute": spent}.get(unit, "{:,}".format)(value)


def masked_name(name: str) -> str:
    """The family name and stars: a statement that leaves the office names nobody in full."""
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}" if name else "—"
