"""The way of a draft: written, checked, submitted, approved by somebody else, in force. Called inside acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from songhe.core.refusal import Refused
from songhe.core.sources import LONGEST, DataError
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import four_eyes
from songhe.engines.policies.checking import examine, read_written
from songhe.engines.policies.models import DraftState, PolicyDraft, PolicyVersion
from songhe.engines.policies.pack import hash_of, make_version, one_at_a_time
from songhe.engines.policies.saying import said

OPEN = (DraftState.DRAFT, DraftState.CHECKED, DraftState.RETURNED)
LARGEST_FILE = 4 * LONGEST  # a character of UTF-8 is at most four bytes


def decoded(content: bytes) -> str:
    """The text of a file, in UTF-8 or, as older Windows programs write it, in GB 18030."""
    if len(content) > LARGEST_FILE:
        raise Refused(
            "policies.too_long",
            "The text is longer than {most} characters. Choose the file of one policy.",
            field="file",
            most=LONGEST,
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(
        "policies.no_text",
        "This file is not text. Choose a YAML file in UTF-8.",
        field="file",
    )


def begin(
    text: str, *, region_id: int, actor: Actor, at: datetime, base: PolicyVersion | None = None
) -> PolicyDraft:
    """A draft with a text, which may still be faulty."""
    draft = PolicyDraft(
        region_id=region_id,
        base=base,
        prepared_by_id=actor.id,
        prepared_by=actor.name[:80],
        prepared_at=at,
        revision=0,
    )
    _put(draft, text, actor, at)
    draft.save(force_insert=True)
    return draft


def rewrite(draft: PolicyDraft, text: str, *, revision: int, actor: Actor, at: datetime) -> PolicyDraft:
    """Another text for a draft, by somebody who saw its latest one."""
    need_open(draft)
    need_latest(draft, revision)
    if text != draft.text:
        _put(draft, text, actor, at)
        draft.save()
    return draft


def need_latest(draft: PolicyDraft, revision: int) -> None:
    """Refuse a change of what somebody else changed in the meantime; nothing is overwritten."""
    if draft.revision != revision:
        raise Refused(
            "policies.changed_meanwhile",
            "{who} changed this draft in the meantime, so yours was not kept. Copy what you wrote, open the draft "
            "again and enter it there.",
            who=draft.changed_by,
        )


def need_open(draft: PolicyDraft) -> None:
    """Refuse to change what is submitted or decided."""
    if draft.state not in OPEN:
        raise Refused(
            "policies.not_open",
            "This draft is {state}, so it can no longer be changed. Have it returned, or begin a new draft.",
            state=draft.get_state_display(),
        )


def check(draft: PolicyDraft, *, at: datetime) -> PolicyDraft:
    """Check a draft and keep the report; without a problem it may be submitted."""
    need_open(draft)
    _document, report = examine(draft.text, region=draft.region_id, today=timezone.localdate(at))
    draft.report, draft.checked_at = report.as_data(), at
    draft.state = DraftState.DRAFT if report.problems else DraftState.CHECKED
    draft.save()
    return draft


def simulated(draft: PolicyDraft, *, revision: int, at: datetime) -> None:
    """Keep that the effect of a draft was worked out, if it still stands as it did then."""
    PolicyDraft.everywhere.filter(pk=draft.pk, revision=revision).update(simulated_at=at)


def submit(draft: PolicyDraft, *, actor: Actor, at: datetime, note: str = "") -> PolicyDraft:
    """Ask for approval."""
    if draft.state != DraftState.CHECKED:
        raise Refused("policies.not_checked", "Only a draft that passed the check can be submitted.")
    draft.state, draft.note = DraftState.SUBMITTED, note
    draft.submitted_by, draft.submitted_at = actor.name[:80], at
    draft.save()
    return draft


def approve(draft: PolicyDraft, *, revision: int, actor: Actor, at: datetime, note: str = "") -> PolicyDraft:
    """Make a submitted draft a version; it takes effect on its day. Whoever wrote in it does not approve it, nor does
    anybody approve a text that they did not see.
    """
    _need_submitted(draft)
    if draft.revision != revision:
        raise Refused(
            "policies.not_as_seen",
            "{who} changed this draft after you opened it, so it is not approved. Open it again, read what it says "
            "now, and decide then.",
            who=draft.changed_by,
        )
    for editor in draft.editors:
        four_eyes(UUID(editor), actor)
    one_at_a_time()
    document, report = examine(draft.text, region=draft.region_id, today=timezone.localdate(at))
    if document is None:
        first = report.problems[0]
        raise Refused(
            "policies.not_any_more",
            "Something has changed since this draft was checked: {problem} (line {line}) Return it for correction.",
            problem=said(first["text"]),
            line=first["line"],
        )
    same_day = PolicyVersion.objects.select_for_update().filter(
        code=document.code, start=document.start, replaced_at=None
    )
    same_day.update(replaced_at=at)
    _need_new(draft.text)
    draft.version = make_version(replace(document, file=f"{document.code}.yaml"), draft.text, at=at, by=actor)
    draft.report = report.as_data()
    _decide(draft, DraftState.APPROVED, actor, at, note)
    return draft


def send_back(draft: PolicyDraft, *, actor: Actor, at: datetime, reason: str) -> PolicyDraft:
    """Return a submitted draft to those who wrote it."""
    _need_submitted(draft)
    _decide(draft, DraftState.RETURNED, actor, at, reason)
    return draft


def drop(draft: PolicyDraft, *, actor: Actor, at: datetime, reason: str) -> PolicyDraft:
    """Give up a draft; it stays to be read."""
    need_open(draft)
    _decide(draft, DraftState.DROPPED, actor, at, reason)
    return draft


def _decide(draft: PolicyDraft, state: DraftState, actor: Actor, at: datetime, note: str) -> None:
    draft.state, draft.note = state, note
    draft.decided_by, draft.decided_at = actor.name[:80], at
    draft.save()


def _need_submitted(draft: PolicyDraft) -> None:
    if draft.state != DraftState.SUBMITTED:
        raise Refused("policies.not_submitted", "Only a submitted draft can be decided.")


def _need_new(text: str) -> None:
    if PolicyVersion.objects.filter(content_hash=hash_of(text)).exists():
        raise Refused(
            "policies.same_text",
            "A version with exactly this text was issued before. Return the draft so that its number or dates can be completed.",
        )


def _put(draft: PolicyDraft, text: str, actor: Actor, at: datetime) -> None:
    """The text with what it says of itself; the reports about an earlier one do not hold for it."""
    _need_bearable(text)
    draft.text = text
    draft.revision += 1
    draft.state = DraftState.DRAFT
    draft.report, draft.checked_at, draft.simulated_at = {}, None, None
    draft.changed_by, draft.changed_at = actor.name[:80], at
    draft.editors = list(dict.fromkeys([*draft.editors, str(actor.id)]))
    for name, value in _head(text).items():
        setattr(draft, name, value)


def _need_bearable(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused(
            "policies.too_long",
            "The text is longer than {most} characters. Choose the file of one policy.",
            field="text",
            most=LONGEST,
        )
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused("policies.no_text", "The text contains invalid characters. Remove them.", field="text")


def _head(text: str) -> dict[str, Any]:
    """What a text says of itself, as far as it can be read."""
    try:
        found = read_written(text).data.get("document")
    except DataError:
        return {}
    head: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    title = head.get("title")
    told: dict[str, Any] = {
        "code": _short(head.get("code"), 60),
        "number": _short(head.get("number"), 120),
        "start": _day(head.get("effective")),
        "end": _day(head.get("expires")),
    }
    for language in ("en", "zh"):
        words = title.get(language) if isinstance(title, Mapping) else ""
        told[f"title_{language}"] = _short(words, 200)
    return told


def _short(value: object, most: int) -> str:
    return value.strip()[:most].replace("\0", "") if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    return value if type(value) is date else None
