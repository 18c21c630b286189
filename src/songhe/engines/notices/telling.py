"""``tell``: messages are written into the outbox in the caller's transaction, and exist exactly when it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from songhe.core.codes import parse_phone
from songhe.core.notices import Goal, render, segments, ways
from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM
from songhe.engines.access.bulk import insert_new
from songhe.engines.access.models import Grant, User
from songhe.engines.access.scope import elevated
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.engines.live.api import publish_many
from songhe.engines.notices.book import book, template
from songhe.engines.notices.course import arrived, due, step
from songhe.engines.notices.models import Channel, Delivery, Inbox, Notice, State, Step, Why
from songhe.engines.notices.sealing import Sealed
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import keyed_hash

SEND = "notices.send"
INBOX = "inbox"
LONGEST_KEY = 160
Withdrawn = Callable[[Collection[UUID]], set[UUID]]
_withdrawn: list[Withdrawn] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told: a user of the system, a person or a bare number, or a group robot; whatever is known of them.

    ``person_id`` is who is written to, so that a withdrawn consent is heeded. ``language`` is empty for the user's own, or
    the installation's.
    """

    user_id: UUID | None = None
    person_id: UUID | None = None
    number: str = ""
    robot: str = ""
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a message is about: the person (whose key seals it), whose row it is beside the region's, where the in-box
    leads, and until when it is worth sending, where that is sooner than the template says.
    """

    person_id: UUID | None = None
    holder_id: UUID | None = None
    url: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one recipient; ``key`` has one effect for each recipient."""

    to: Recipient
    template: str
    params: Mapping[str, object]
    region_id: int
    key: str
    channels: Sequence[str] = ()
    about: About = field(default_factory=About)


def heeds(found: Withdrawn) -> Withdrawn:
    """Register who knows which of some persons have withdrawn the consent to be written to and called."""
    if found not in _withdrawn:
        _withdrawn.append(found)
    return found


def withdrawn(persons: Collection[UUID]) -> set[UUID]:
    """Those who have withdrawn it."""
    return set().union(*(ask(persons) for ask in _withdrawn)) if persons else set()


def tell(
    to: Recipient | Iterable[Recipient],
    template: str,
    params: Mapping[str, object],
    *,
    region_id: int,
    at: datetime,
    key: str,
    channels: Sequence[str] = (),
    about: About | None = None,
) -> list[Notice]:
    """Tell one or several recipients something; returns the messages that are new.

    ``key`` names the event: told again under it, nothing happens. ``channels`` replaces those of the template.
    """
    recipients = [to] if isinstance(to, Recipient) else list(to)
    return tell_many(
        [
            Message(
                to=one, template=template, params=params, region_id=region_id, key=key, channels=channels,
                about=about or About(),
            )
            for one in recipients
        ],
        at=at,
    )  # fmt: skip


def tell_many(messages: Sequence[Message], *, at: datetime) -> list[Notice]:
    """Write many messages in the caller's transaction, in a few statements for all; returns those that are new."""
    with elevated():  # what is told belongs to those who are told, and not to who tells it
        messages = _not_told_yet(messages)
        if not messages:
            return []
        languages = _languages(messages)
        away = withdrawn({m.to.person_id for m in messages if m.to.person_id})
        sealed = Sealed.for_messages([m.about.person_id or m.to.person_id for m in messages])
        drafts = [
            _draft(message, languages, away, sealed.owner(place), at=at)
            for place, message in enumerate(messages)
        ]
        sealed.make_own(notice for notice, _words, _number in drafts)
        for notice, words, number in drafts:
            sealed.close(notice, words, number)
        columns = Notice._meta.concrete_fields
        rows = [tuple(getattr(notice, column.attname) for column in columns) for notice, _w, _n in drafts]
        fresh = insert_new(Notice, [column.name for column in columns], rows, unless=("key", "whom"))
        made = [notice for notice, _words, _number in drafts if notice.pk in fresh]
        _follow(made, at=at)
    return made


def _not_told_yet(messages: Sequence[Message]) -> list[Message]:
    """Those whose key and recipient are new; of several alike the first."""
    wanted = {(message.key, _whom(message.to)): message for message in reversed(messages)}
    for key, _recipient in wanted:
        if not key or len(key) > LONGEST_KEY:
            raise ValueError(f"the key of a message has 1 to {LONGEST_KEY} signs")
    known = Notice.everywhere.filter(key__in={key for key, _recipient in wanted})
    for told in known.values_list("key", "whom"):
        wanted.pop(told, None)
    return list(reversed(wanted.values()))


def _whom(to: Recipient) -> str:
    if to.user_id:
        return f"u:{to.user_id.hex}"
    if to.person_id:
        return f"p:{to.person_id.hex}"
    return f"r:{to.robot}" if to.robot else f"n:{keyed_hash('notice:whom', to.number).hex()}"


def _languages(messages: Sequence[Message]) -> dict[UUID, str]:
    wanted = {m.to.user_id for m in messages if m.to.user_id and not m.to.language}
    rows = User.objects.filter(pk__in=wanted).exclude(language="") if wanted else ()
    return {user.pk: user.language for user in rows}


def _draft(
    message: Message,
    languages: Mapping[UUID, str],
    away: Collection[UUID],
    owner_id: UUID | None,
    *,
    at: datetime,
) -> tuple[Notice, dict[str, str], str]:
    """A message not yet sealed, its words and the number as it is dialled."""
    to, form = message.to, template(message.template)
    language = to.language or languages.get(to.user_id or SYSTEM.id, "") or settings.LANGUAGE_CODE
    words = render(form, _local(message.params), language)
    number, masked = _number(to.number)
    forbidden = form.consent and to.person_id in away
    open_ways = ways(
        message.channels or form.channels,
        has_user=to.user_id is not None,
        has_number=bool(number),
        has_robot=bool(to.robot),
        may_contact=not forbidden,
    )
    key = uuid7()
    notice = Notice(
        id=key,
        template=form.code,
        key=message.key,
        whom=_whom(to),
        region_id=message.region_id,
        holder_id=message.about.holder_id,
        person_id=message.about.person_id,
        reader_id=to.user_id,
        to_person_id=to.person_id,
        to_name=to.name[:60],
        robot=to.robot[:40],
        owner_id=owner_id or key,
        number_masked=masked,
        number_hash=keyed_hash("notice:number", number) if number else None,
        language=language[:8],
        url=message.about.url[:200],
        channels=list(open_ways),
        urgency=int(form.urgency),
        goal=form.goal.value,
        wait_seconds=int(form.wait.total_seconds()),
        told_at=at,
        expires_at=min(at + form.worth, message.about.until or at + form.worth),
    )
    said = {"title": words.title, "text": book().signed(words.text, language)}
    if Channel.SMS in open_ways:
        notice.segments = segments(said["text"])
    _begin(notice, at=at, why=Why.CONSENT if forbidden and number else Why.NO_WAY)
    return notice, {"title": words.title, "text": words.text}, number


def _begin(notice: Notice, *, at: datetime, why: Why) -> None:
    """Where a message stands when it is told: in the in-box at once, on its way, or nowhere to go."""
    if not notice.channels:
        notice.state, notice.why, notice.ended_at = State.WITHHELD, why, at
    elif notice.channel != Channel.IN_APP:
        notice.next_at = due(notice, at)
    else:
        arrived(notice, at)


def _number(text: str) -> tuple[str, str]:
    """A number as it is dialled and as it is shown; nothing where it is none, since nobody waits here to mend it."""
    try:
        phone = parse_phone(text)
    except Refused:
        return "", ""
    return phone.dialled, phone.masked


def _local(params: Mapping[str, object]) -> dict[str, object]:
    return {
        name: timezone.localtime(value) if isinstance(value, datetime) else value
        for name, value in params.items()
    }


def _follow(made: Sequence[Notice], *, at: datetime) -> None:
    """What goes with new messages: their first step, the in-box and its news, and a job that sends the others."""
    steps = [step(notice, Step.What.TOLD, at) for notice in made]
    steps += [
        step(notice, Step.What.ENDED, at, note=notice.why)
        for notice in made
        if notice.state == State.WITHHELD
    ]
    boxed = [notice for notice in made if notice.channel == Channel.IN_APP]
    steps += [step(notice, Step.What.PUT, at, channel=Channel.IN_APP) for notice in boxed]
    Step.everywhere.bulk_create(steps, batch_size=1000)
    put_in_box(boxed, at=at)
    wake(made, at)


def wake(notices: Iterable[Notice], at: datetime) -> None:
    """Start a job for the first moment at which something is to be done about some messages."""
    waiting = [notice.next_at for notice in notices if notice.next_at]
    if waiting:
        start(SEND, actor=SYSTEM, at=at, lane=Job.Lane.OUTBOX, run_at=min(waiting))


def put_in_box(boxed: Sequence[Notice], *, at: datetime) -> None:
    """Put messages into their readers' in-boxes and tell the pages that are open."""
    if not boxed:
        return
    Inbox.objects.bulk_create(
        [
            Inbox(notice=notice, user_id=notice.reader_id, at=at, asks=notice.goal == Goal.ANSWERED)
            for notice in boxed
            if notice.reader_id
        ],
        ignore_conflicts=True,
    )
    Delivery.everywhere.bulk_create(
        [
            Delivery(
                notice=notice, region_id=notice.region_id, holder_id=notice.holder_id, channel=Channel.IN_APP,
                round=notice.round, state=Delivery.State.DELIVERED, tries=1, due_at=at, accepted_at=at,
                delivered_at=at,
            )
            for notice in boxed
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    tell_pages({notice.reader_id for notice in boxed if notice.reader_id}, at=at)


def tell_pages(users: Collection[UUID], *, at: datetime) -> None:
    """Let the open pages of some users know that something in their in-boxes changed; nobody else is woken."""
    rows = Grant.objects.filter(user_id__in=users, revoked_at=None).order_by("-since")
    readers = {user: (topic_of(user), region) for user, region in rows.values_list("user_id", "region_id")}
    publish_many([(topic, region, user, at, {"what": "inbox"}) for user, (topic, region) in readers.items()])


def topic_of(user_id: UUID) -> str:
    """The topic of live news that only this user listens to."""
    return f"{INBOX}-{user_id.hex}"
