"""Loading a folder of policies, and finding those that hold on a day in a region."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from songhe.core.codes.region import ancestors
from songhe.core.refusal import Refused
from songhe.core.rules import Document, build, check_examples, check_pack, examples
from songhe.core.sources import DataError, read
from songhe.engines.access.actor import Actor
from songhe.engines.acts.api import record_bulk
from songhe.engines.policies.models import PolicyVersion


def load_pack(folder: Path, *, actor: Actor, at: datetime) -> list[PolicyVersion]:
    """Keep every policy of a folder that is not kept yet. One broken file stops the whole load.

    Returns the newest versions of the folder's policies; loading the same files again changes nothing.
    """
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    try:
        documents = {name: _tried(text, name) for name, text in texts.items()}
        check_pack(documents.values())
        _check_tags(documents.values())
    except DataError as error:
        raise Refused(
            "policies.broken",
            "The policies cannot be loaded. {why} Mend the file, then load again.",
            why=error,
        ) from error
    kept, fresh = [], []
    with transaction.atomic():
        for name, document in documents.items():
            version, made = _keep(document, texts[name], at)
            kept.append(version)
            fresh += [version] if made else []
        if fresh:
            digest = hashlib.sha256("".join(version.content_hash for version in fresh).encode()).hexdigest()
            record_bulk(
                "policies.load", model=PolicyVersion, count=len(fresh), digest=digest, actor=actor, at=at
            )
    return kept


def at(on: date, region: int) -> list[tuple[PolicyVersion, Document]]:
    """The newest versions of the policies in force on a day for a region: its own and those of the regions above."""
    rows = (
        PolicyVersion.objects.filter(
            replaced_at=None, start__lte=on, region_id__in=(*ancestors(region), region)
        )
        .filter(Q(end=None) | Q(end__gt=on))
        .order_by("code")
    )
    return [(row, document_of(row)) for row in rows]


def known(first: date, last: date, known_at: datetime | None = None) -> list[tuple[PolicyVersion, Document]]:
    """The versions of all policies that hold on some day of a window, as far as was known at a moment (None: now)."""
    told = Q(replaced_at=None)
    if known_at is not None:
        told = Q(loaded_at__lte=known_at) & (Q(replaced_at=None) | Q(replaced_at__gt=known_at))
    rows = PolicyVersion.objects.filter(told, Q(end=None) | Q(end__gt=first), start__lte=last)
    return [(row, document_of(row)) for row in rows.order_by("code", "content_hash")]


def changed_since(moment: datetime) -> bool:
    """Whether a policy was loaded or replaced after a moment."""
    return PolicyVersion.objects.filter(Q(loaded_at__gt=moment) | Q(replaced_at__gt=moment)).exists()


def newest() -> list[Document]:
    """The newest version of every policy, whether in force or not. One that is no longer understood is left out."""
    found = []
    for row in PolicyVersion.objects.filter(replaced_at=None).order_by("code"):
        with contextlib.suppress(DataError):
            found.append(document_of(row))
    return found


def document_of(version: PolicyVersion) -> Document:
    """The document of a kept version."""
    return _built(version.text, version.file)


def _tried(text: str, name: str) -> Document:
    """A document whose examples come out."""
    document = _built(text, name)
    check_examples(document, examples(read(text, name=name), document))
    return document


def _check_tags(documents: Iterable[Document]) -> None:
    """Every tag of a policy must be one that the registry keeps; ``tag:grade`` names one grade of it."""
    path: Path = settings.DATA / "nation/tags.yaml"
    known = read(path.read_text(encoding="utf-8"), name=path.name).data["tags"]
    grades = {f"{tag}:{grade['code']}" for tag, row in known.items() for grade in row.get("grades", ())}
    for document in documents:
        strange = sorted(set(document.tags).difference(known, grades))
        if strange:
            raise DataError(f"{document.file}: the registry keeps no tag {', '.join(strange)}.")


def _keep(document: Document, text: str, at: datetime) -> tuple[PolicyVersion, bool]:
    content_hash = hashlib.sha256(text.encode()).hexdigest()
    newest = PolicyVersion.objects.select_for_update().filter(code=document.code, replaced_at=None).first()
    if newest is not None and newest.content_hash == content_hash:
        return newest, False
    if newest is not None:
        newest.replaced_at = at
        newest.save(update_fields=["replaced_at"])
    before = PolicyVersion.objects.filter(content_hash=content_hash).first()
    if before is not None:
        before.replaced_at = None
        before.save(update_fields=["replaced_at"])
        return before, True
    version = PolicyVersion.objects.create(
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
        content_hash=content_hash,
        text=text,
        loaded_at=at,
    )
    return version, True


@lru_cache(maxsize=256)
def _built(text: str, name: str) -> Document:
    return build(read(text, name=name))
