"""How long messages are kept: their words for a while, that they were sent for longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from songhe.engines.notices.book import book
from songhe.engines.notices.models import Inbox, Notice, Tally
from songhe.engines.vault.models import DataKey

BATCH = 5_000


def prune(at: datetime) -> dict[str, Any]:
    """Destroy what has been kept long enough, in the caller's transaction and a piece at a time; the rest next time."""
    old = Notice.everywhere.filter(told_at__lt=at - book().keep_texts, next_at=None)
    texts = list(old.exclude(text_sealed=b"").order_by("told_at").values_list("pk", flat=True)[:BATCH])
    own = Notice.everywhere.filter(pk__in=texts, owner_id=F("id")).values("pk")
    DataKey.objects.filter(owner_id__in=own).delete()
    Notice.everywhere.filter(pk__in=texts).update(text_sealed=b"", number_sealed=b"", number_hash=None)
    Inbox.objects.filter(pk__in=texts).delete()
    gone = Notice.everywhere.filter(told_at__lt=at - book().keep, next_at=None).order_by("told_at")
    rows = list(gone.values_list("pk", flat=True)[:BATCH])
    Notice.everywhere.filter(pk__in=rows).delete()
    tallies = Tally.objects.filter(ends_at__lt=at - timedelta(hours=1)).delete()[0]
    return {"texts": len(texts), "messages": len(rows), "tallies": tallies}
