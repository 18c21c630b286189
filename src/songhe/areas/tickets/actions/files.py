"""Cases from a file, where 12345 has no connection: CSV or XLSX, a case a line; through the same ear as its messages."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import python_calamine
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.tickets.actions.handling import HANDLE
from songhe.areas.tickets.actions.hearing import STORED, Told, hear
from songhe.areas.tickets.models import CityCase, CityLine
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

HEADINGS = {
    "number": ("工单编号", "number"),
    "kind": ("工单类型", "kind"),
    "level": ("紧急程度", "level"),
    "title": ("标题", "title"),
    "words": ("诉求内容", "text"),
    "caller": ("联系电话", "phone"),
    "due": ("办理时限", "due"),
    "region": ("区划代码", "region"),
}
KINDS = {
    "咨询": "enquiry",
    "求助": "help",
    "投诉": "complaint",
    "建议": "suggestion",
    "诉求": "request",
    "举报": "complaint",
}
LEVELS = {"一般": "ordinary", "普通": "ordinary", "紧急": "urgent", "督办": "supervised"}
MOST_BYTES, MOST_ROWS = 8 * 2**20, 5_000


def _lines(row: Any, user: Any) -> Any:
    return CityLine.objects.within(user.scope(HANDLE)).filter(enabled=True).order_by("name")


Sent = Annotated[
    UploadedFile,
    Field(
        label=_("File"),
        accept=".csv,.xlsx",
        help=_("Headings 工单编号, 工单类型, 紧急程度, 标题, 诉求内容, 联系电话, 办理时限"),
    ),
]
OfLine = Annotated[CityLine, Field(label=_("City line"), among=_lines)]


@act(HANDLE)
def take_file(
    *,
    actor: Actor,
    at: datetime,
    line: OfLine,
    file: Sent,  # type: ignore[type-arg]
) -> None:
    """Take the cases of a file; a case that is there already stays as it is. Nothing is taken while a line is wrong."""
    body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refused("too_large", "The file is larger than 8 MB. Split it.", field="file")
    told = [_told(number, row) for number, row in _rows(body, file.name or "")]
    if not told:
        raise Refused("no_rows", "The file holds no case.", field="file")
    with elevated():  # cases lie where 12345 says, within the line's own region
        verdicts = [hear(line, one, at=at) for one in told]
    add_detail(
        cases=len(told), new=verdicts.count(STORED), line=line.code, digest=hashlib.sha256(body).hexdigest()
    )


def _rows(body: bytes, name: str) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        if name.lower().endswith(".xlsx"):
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
            grid: list[list[Any]] = book.get_sheet_by_index(0).to_python()
        else:
            try:
                text = body.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = body.decode("gb18030", "replace")
            grid = [list(row) for row in csv.reader(io.StringIO(text.replace("\0", "")))]
    except (python_calamine.CalamineError, csv.Error, OSError, ValueError, IndexError) as fault:
        raise Refused(
            "unreadable", "This file cannot be read. Save it as CSV or XLSX.", field="file"
        ) from fault
    heading = [str(cell).strip() for cell in grid[0]] if grid else []
    places = {
        key: next((heading.index(word) for word in words if word in heading), None)
        for key, words in HEADINGS.items()
    }
    if places["number"] is None or places["words"] is None:
        raise Refused("headings", "The first line must name 工单编号 and 诉求内容.", field="file")
    if len(grid) > MOST_ROWS + 1:
        raise Refused(
            "too_many", "A file holds at most {most} cases. Split it.", field="file", most=MOST_ROWS
        )
    for number, cells in enumerate(grid[1:], start=2):
        row = {
            key: cells[place] if place is not None and place < len(cells) else ""
            for key, place in places.items()
        }
        if any(str(value).strip() for value in row.values()):
            yield number, row


def _told(number: int, row: dict[str, Any]) -> Told:
    texts = {key: normalise(_plain(value), lines=key == "words") for key, value in row.items()}
    kind, level = (
        KINDS.get(texts["kind"], texts["kind"] or "request"),
        LEVELS.get(texts["level"], texts["level"] or "ordinary"),
    )
    if not texts["number"] or len(texts["number"]) > 60 or not texts["words"] or len(texts["words"]) > 4000:
        raise Refused(
            "line", "Line {line}: the number or the text is missing or too long.", field="file", line=number
        )
    if kind not in CityCase.Kind.values or level not in CityCase.Level.values:
        raise Refused(
            "line_kind", "Line {line}: the kind or the level is not known.", field="file", line=number
        )
    seen = hashlib.sha256(repr(sorted(texts.items())).encode()).digest()
    region = texts["region"]
    return Told(
        key=f"file:{texts['number']}"[:80], number=texts["number"], what="new", words=texts["words"], kind=kind, level=level,
        title=texts["title"][:120], caller=texts["caller"][:30], due_at=_moment(row["due"], number), body=seen,
        region=int(region) if region.isascii() and region.isdigit() and len(region) == 12 else 0,
    )  # fmt: skip


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _moment(value: Any, number: int) -> datetime | None:
    if isinstance(value, str) and not value.strip():
        return None
    try:
        found = (
            value
            if isinstance(value, datetime)
            else datetime.fromisoformat(str(value).strip().replace("/", "-"))
        )
    except ValueError:
        raise Refused(
            "line_due",
            "Line {line}: the deadline is not a date and time like 2026-11-30 17:30.",
            field="file",
            line=number,
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.get_current_timezone())
