"""The acts on a row as events, each called by the verb's own label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy

from songhe.engines.access.api import asked
from songhe.engines.acts.models import Act
from songhe.kit.spec import RECORDS
from songhe.kit.words import Label

LABELS: dict[str, Label] = {}
"""Labels of acts that no verb makes, by act: ``LABELS["registry.import"] = _("Imported")``."""

PURPOSES: dict[str, Label] = {
    "appeal": pgettext_lazy("purpose", "appeal"),
    "application": pgettext_lazy("purpose", "application"),
    "assessment": pgettext_lazy("purpose", "assessment"),
    "assessment route": pgettext_lazy("purpose", "assessment route"),
    "call": pgettext_lazy("purpose", "call"),
    "call back": pgettext_lazy("purpose", "call back"),
    "call from the desk": pgettext_lazy("purpose", "call from the desk"),
    "care": pgettext_lazy("purpose", "care"),
    "caring call": pgettext_lazy("purpose", "caring call"),
    "check": pgettext_lazy("purpose", "check"),
    "day care": pgettext_lazy("purpose", "day care"),
    "explanation": pgettext_lazy("purpose", "explanation"),
    "follow-up": pgettext_lazy("purpose", "follow-up"),
    "kitchen": pgettext_lazy("purpose", "kitchen"),
    "letter": pgettext_lazy("purpose", "letter"),
    "map": pgettext_lazy("purpose", "map"),
    "national": pgettext_lazy("purpose", "national"),
    "print": pgettext_lazy("purpose", "print"),
    "report": pgettext_lazy("purpose", "report"),
    "result": pgettext_lazy("purpose", "result"),
    "review": pgettext_lazy("purpose", "review"),
    "screening": pgettext_lazy("purpose", "screening"),
    "setting up the city line": pgettext_lazy("purpose", "setting up the city line"),
    "setting up the exchange": pgettext_lazy("purpose", "setting up the exchange"),
    "visit": pgettext_lazy("purpose", "visit"),
}
"""What the program writes down as the purpose of a sensitive read; people write their own words."""


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    at: datetime
    text: str
    note: str = ""
    url: str = ""
    tone: str = ""


def events_of(row: Any, *, most: int) -> list[Event]:
    """The latest acts on a row, newest first."""
    return [
        Event(act.at, label_of_act(act.verb), _note(act), "", "muted" if act.kind == Act.Kind.READ else "")
        for act in _acts(row.pk, most)
    ]


@asked
def _acts(subject: UUID, most: int) -> QuerySet[Act]:
    return Act.objects.filter(subject_id=subject).order_by("-at", "-id")[:most]


def label_of_act(name: str) -> str:
    """What an act is called on screen; its own name in words where no verb makes it."""
    found = LABELS.get(name) or _verb_labels().get(name)
    return str(found) if found else gettext(name.rpartition(".")[2].replace("_", " ").capitalize())


def purpose_of(act: Act) -> str:
    """What an act was for, in the language of the page where the program said it."""
    return str(PURPOSES.get(act.purpose, act.purpose))


@lru_cache(maxsize=1)
def _verb_labels() -> dict[str, Label]:
    return {
        f"{verb.needs.partition('.')[0]}.{verb.action.__name__}": verb.label
        for record in RECORDS.values()
        for verb in record.verbs
    }


def _note(act: Act) -> str:
    who = gettext("the system") if act.actor_name == "system" else act.actor_name
    return " · ".join(part for part in (who, purpose_of(act)) if part)
