"""Loading folders of policies, and finding those that hold on a day in a region."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from itertools import compress
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from songhe.core.codes.region import CHINA, NATION, ancestors, span
from songhe.core.refusal import Refused
from songhe.core.rules import (
    Document,
    PolicyError,
    build,
    check_examples,
    check_pack,
    examples,
    link_problems,
    linked,
)
from songhe.core.sources import DataError, read
from songhe.engines.access.actor import Actor
from songhe.engines.acts.api import record_bulk
from songhe.engines.policies.models import PolicyVersion
from songhe.engines.regions.models import Region


def folders(pack: str) -> tuple[Path, ...]:
    """Where the policies that hold in a city stand: the nation's, and those of the city's pack where there are any."""
    found = (settings.DATA / "nation/policies", settings.DATA / "cities" / pack / "policies")
    return tuple(folder for folder in found if folder.is_dir())


def load_pack(*folders: Path, actor: Actor, at: datetime) -> list[PolicyVersion]:
    """Keep every policy of some folders that is not kept yet. One broken file stops the whole load.

    A policy may stand in several files, one for each day from which a version of it holds. Returns the newest versions of the folders' policies; loading the same files again changes nothing.
    """
    files = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    try:
        texts = {path: path.read_text(encoding="utf-8") for path in files}
        documents = {path: _tried(text, path.name) for path, text in texts.items()}
        _check_days(documents.values())
        _check_tags(documents.values())
    except DataError as error:
        raise _broken(error) from error
    with transaction.atomic():
        one_at_a_time()
        if any(document.region == CHINA for document in documents.values()):
            _ensure_nation()
        _withdraw(documents.values(), at)
        kept, fresh = _keep([(document, texts[path]) for path, document in documents.items()], at)
        _check_beside({version.code for version in kept})
        if fresh:
            digest = hashlib.sha256("".join(version.content_hash for version in fresh).encode()).hexdigest()
            record_bulk(
                "policies.load", model=PolicyVersion, count=len(fresh), digest=digest, actor=actor, at=at
            )
    return kept


def _broken(error: DataError) -> Refused:
    return Refused(
        "policies.broken",
        "The policies cannot be loaded. {why} Correct the file, then load again.",
        why=error,
    )


def one_at_a_time() -> None:
    """Until the transaction ends nobody else brings a policy into force, for each is checked against all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('policies', 7401))")


def at(on: date, region: int) -> list[tuple[PolicyVersion, Document]]:
    """The policies that hold on a day for a region: its own, those of the regions above and the nation's.

    Of each, the version that took effect last: a version that has expired does not bring back the one before it.
    """
    return at_each(on, [region])[region]


def at_each(on: date, regions: Iterable[int]) -> dict[int, list[tuple[PolicyVersion, Document]]]:
    """The same for many regions, asked once."""
    near = {region: {CHINA, *ancestors(region), region} for region in regions}
    codes = PolicyVersion.objects.filter(replaced_at=None, region_id__in=set().union(*near.values()))
    begun = PolicyVersion.objects.filter(replaced_at=None, start__lte=on, code__in=codes.values("code"))
    latest = begun.order_by("code", "-start").distinct("code")
    held = [row for row in latest if row.end is None or row.end > on]
    among = {region: tuple(row.region_id in codes for row in held) for region, codes in near.items()}
    found = {which: _with_documents(list(compress(held, which))) for which in {*among.values()}}
    return {region: found[which] for region, which in among.items()}


def _with_documents(rows: Sequence[PolicyVersion]) -> list[tuple[PolicyVersion, Document]]:
    """Versions with their documents, joined where one names a rule of another."""
    return list(zip(rows, linked(document_of(row) for row in rows), strict=True))


def holding(code: str, on: date) -> PolicyVersion | None:
    """The version of a policy that holds on a day; None where there is none or it has expired."""
    rows = PolicyVersion.objects.filter(replaced_at=None, code=code, start__lte=on)
    latest = rows.order_by("-start").first()
    return latest if latest and (latest.end is None or latest.end > on) else None


def known(last: date, known_at: datetime | None = None) -> list[tuple[PolicyVersion, Document]]:
    """The versions of all policies that began before a window is over, as far as was known at a moment (None: now).

    One that is over may still stand in for an earlier version of its code: see ``core.rules.standing``.
    """
    told = Q(replaced_at=None)
    if known_at is not None:
        told = Q(loaded_at__lte=known_at) & (Q(replaced_at=None) | Q(replaced_at__gt=known_at))
    rows = PolicyVersion.objects.filter(told, start__lte=last)
    return _with_documents(list(rows.order_by("code", "content_hash")))


def changed_since(moment: datetime) -> bool:
    """Whether a policy was loaded or replaced after a moment."""
    return PolicyVersion.objects.filter(Q(loaded_at__gt=moment) | Q(replaced_at__gt=moment)).exists()


def newest() -> list[Document]:
    """Every version that is not replaced, whether in force or not. One that is no longer understood is left out."""
    return list(readable(PolicyVersion.objects.filter(replaced_at=None).order_by("code")))


def around(region: int, *, beside: str) -> Iterator[Document]:
    """The policies of other codes than one, as long as they hold: of the nation, of every region above and of all
    below."""
    codes = PolicyVersion.objects.filter(_near(region), replaced_at=None).exclude(code=beside).values("code")
    return until_the_next(readable(PolicyVersion.objects.filter(replaced_at=None, code__in=codes)))


def readable(rows: Iterable[PolicyVersion]) -> Iterator[Document]:
    """The documents of some versions. One that is no longer understood is left out."""
    for row in rows:
        with contextlib.suppress(DataError):
            yield document_of(row)


def until_the_next(documents: Iterable[Document]) -> Iterator[Document]:
    """Documents as long as they hold: each until the next version of its code takes effect."""
    later: dict[str, date] = {}
    for one in sorted(documents, key=lambda one: one.start, reverse=True):
        ends = [day for day in (one.end, later.get(one.code)) if day is not None]
        yield replace(one, end=min(ends, default=None))
        later[one.code] = one.start


def document_of(version: PolicyVersion) -> Document:
    """The document of a kept version."""
    return _built(version.text, version.file)


def document_of_text(text: str, name: str) -> Document:
    """The document that a text says. Raises DataError where it is not understood."""
    return _built(text, name)


@lru_cache(maxsize=256)
def _tried(text: str, name: str) -> Document:
    """A document whose examples come out; the same text is not worked out twice."""
    document = _built(text, name)
    check_examples(document, examples(read(text, name=name), document))
    return document


def strange_tags(document: Document) -> list[str]:
    """The tags of a policy that the registry does not keep; ``tag:grade`` names one grade of a tag."""
    path: Path = settings.DATA / "nation/tags.yaml"
    return sorted(set(document.tags).difference(_tags_of(path.read_text(encoding="utf-8"), path.name)))


@lru_cache(maxsize=2)
def _tags_of(text: str, name: str) -> frozenset[str]:
    known = read(text, name=name).data["tags"]
    return frozenset(known) | {
        f"{tag}:{grade['code']}" for tag, row in known.items() for grade in row.get("grades", ())
    }


def _check_tags(documents: Iterable[Document]) -> None:
    for document in documents:
        if strange := strange_tags(document):
            raise DataError(f"{document.file}: the registry keeps no tag {', '.join(strange)}.")


def _check_beside(codes: Collection[str]) -> None:
    """What stands now of the loaded policies grants nothing that another policy grants, whether from a file or a draft."""
    rows = PolicyVersion.objects.filter(replaced_at=None)
    places = set(rows.filter(code__in=codes).values_list("region_id", flat=True))
    near = Q(code__in=codes) | Q(code__in=rows.filter(_near(*places)).values("code"))
    standing = list(until_the_next(readable(rows.filter(near))))
    try:
        for code in sorted(codes):
            for region in {one.region for one in standing if one.code == code}:
                own = [one for one in standing if (one.code, one.region) == (code, region)]
                check_beside(own, _around(standing, region, beside=code))
    except DataError as error:
        raise _broken(error) from error


def _near(*regions: int) -> Q:
    """What holds in one of some regions or in a part of it: its own, of the nation, above and below."""
    found = Q(region_id=CHINA)
    for region in regions:
        low, high = span(region)
        found |= Q(region_id__in=ancestors(region)) | Q(region_id__gte=low, region_id__lt=high)
    return found


def _around(standing: Sequence[Document], region: int, *, beside: str) -> list[Document]:
    """As ``around``, of documents that were read already."""
    (low, high), above = span(region), (CHINA, *ancestors(region))
    near = {one.code for one in standing if one.region in above or low <= one.region < high}
    return [one for one in standing if one.code in near and one.code != beside]


def check_beside(documents: Sequence[Document], beside: Iterable[Document]) -> None:
    """Whether documents may stand beside others: nothing is granted twice, and rules that they name elsewhere are there."""
    others = list(beside)
    check_pack(documents, others)
    if found := [problem for one in documents for problem in link_problems(one, others)]:
        raise PolicyError(tuple(found))


def _check_days(documents: Iterable[Document]) -> None:
    seen: dict[tuple[str, date], str] = {}
    for document in documents:
        version = document.code, document.start
        if version in seen:
            raise DataError(
                f"{document.file}: {document.code} from {document.start} on is in {seen[version]} as well."
            )
        seen[version] = document.file


def _ensure_nation() -> None:
    """The nation's own row, by which its documents are found. It is above all regions and the parent of none."""
    values = {"upper": span(CHINA)[1], "name": "全国", "pinyin": "quanguo", "level": NATION}
    Region.objects.get_or_create(code=CHINA, defaults=values)


def _withdraw(documents: Collection[Document], at: datetime) -> None:
    """What began later than the files' last version of a code is in no file any more. What was approved stays."""
    last: dict[str, date] = {}
    for one in documents:
        last[one.code] = max(one.start, last.get(one.code, one.start))
    rows = _standing(last)
    approved = {row.code for row in rows if row.approved_by_id}
    gone = [row.pk for row in rows if row.code not in approved and row.start > last[row.code]]
    if gone:
        PolicyVersion.objects.filter(pk__in=gone).update(replaced_at=at)


def _keep(
    files: Sequence[tuple[Document, str]], at: datetime
) -> tuple[list[PolicyVersion], list[PolicyVersion]]:
    """Keep each file's text in place of the one from the same day; a version from another day stays beside it.

    What was approved on screen is never replaced by a file. Returns a version for each file, and those that are new.
    """
    standing = _standing({document.code for document, _text in files})
    hashes = [hash_of(text) for _document, text in files]
    known = {row.content_hash: row for row in PolicyVersion.objects.filter(content_hash__in=hashes)}
    kept, fresh, made = [], [], []
    for (document, text), content_hash in zip(files, hashes, strict=True):
        beside = [row for row in standing if row.code == document.code]
        same_day = next((row for row in beside if row.start == document.start), None)
        if any(row.approved_by_id for row in beside):
            kept.append(max(beside, key=lambda row: row.start))
            continue
        if same_day is not None and same_day.content_hash == content_hash:
            kept.append(same_day)
            continue
        if same_day is not None:
            same_day.replaced_at = at
            same_day.save(update_fields=["replaced_at"])
        version = known.get(content_hash)
        if version is None:
            version = version_of(document, text, at=at)
            made.append(version)
        else:
            version.replaced_at = None
            version.save(update_fields=["replaced_at"])
        kept.append(version)
        fresh.append(version)
    PolicyVersion.objects.bulk_create(made)
    return kept, fresh


def _standing(codes: Collection[str]) -> list[PolicyVersion]:
    """The versions of some codes that are not replaced, held until the transaction ends."""
    return list(PolicyVersion.objects.select_for_update().filter(code__in=codes, replaced_at=None))


def hash_of(text: str) -> str:
    """The hash by which a text is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def make_version(document: Document, text: str, *, at: datetime, by: Actor | None = None) -> PolicyVersion:
    """Keep a checked document as a version."""
    made = version_of(document, text, at=at, by=by)
    made.save(force_insert=True)
    return made


def version_of(document: Document, text: str, *, at: datetime, by: Actor | None = None) -> PolicyVersion:
    """A checked document as a version that is not kept yet."""
    return PolicyVersion(
        code=document.code,
        number=document.number,
        title_en=document.title.en,
        title_zh=document.title.zh,
        issuer_en=document.issuer.en,
        issuer_zh=document.issuer.zh,
        region_id=document.region,
        start=document.start,
        end=document.end,
        file=document.file,
        content_hash=hash_of(text),
        text=text,
        loaded_at=at,
        approved_by_id=by.id if by else None,
        approved_by=by.name[:80] if by else "",
    )


@lru_cache(maxsize=256)
def _built(text: str, name: str) -> Document:
    return build(read(text, name=name))
