"""Endpoints of every record: list, one row, verbs."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Header, NinjaAPI, Query, Schema

from songhe.engines.access.scope import Scope
from songhe.engines.acts.api import once
from songhe.engines.acts.once import digest_of
from songhe.kit import filters, paging
from songhe.kit.clock import now
from songhe.kit.columns import Column
from songhe.kit.rest.problems import Fault, Invalid, of_faults
from songhe.kit.rest.schema import as_form, body_of, filters_of, is_upload
from songhe.kit.rest.types import Cursor, Limit, Words
from songhe.kit.spec import RECORDS, Reading, Record
from songhe.kit.verbs import Verb, form_class
from songhe.kit.views.common import need, the_row
from songhe.kit.views.lists import narrowed
from songhe.kit.who import who


class Rows(Schema):
    """One page of a list; ``next`` is the cursor of the page after it, empty on the last."""

    count: int
    exact: bool
    next: str
    rows: list[dict[str, Any]]


class Row(Schema):
    """One row: its key and what its page shows, by the columns' names."""

    id: str
    values: dict[str, Any]


class Done(Schema):
    """What a verb came to: the key of the row that it made or changed."""

    id: str | None


def add_records(api: NinjaAPI) -> None:
    """Add the endpoints of every registered record."""
    for record in RECORDS.values():
        _add_list(api, record)
        if record.detail:
            _add_row(api, record)
        for reading in record.readings:
            _add_reading(api, record, reading)
        for verb in record.verbs:
            if not any(
                is_upload(wanted) and wanted.required
                for wanted in verb.parameters(on_row=verb.takes(record.model))
            ):
                _add_verb(api, record, verb)


def _add_list(api: NinjaAPI, record: Record) -> None:
    names = [
        name for item in record.filters for name in item.fields(record.model, HttpRequest(), Scope.NOTHING)
    ]
    Filters: Any = filters_of(names)  # noqa: N806  a type

    @api.get(
        f"/{record.slug}",
        response=Rows,
        operation_id=f"{record.slug}_list",
        summary=str(record.title),
        tags=[record.slug],
    )
    def rows(
        request: HttpRequest,
        q: Words = "",
        cursor: Cursor = "",
        limit: Limit = 50,
        narrow: Filters = Query(...),  # type: ignore[type-arg]  # noqa: B008  ninja's way of saying query string
    ) -> Any:
        need(request, record.right)
        form = filters.bound(record.filters, record.model, request, who(request).scope(record.right))
        if not form.is_valid():
            return of_faults(_faults(form))
        found = narrowed(record, request, form)
        page = paging.take(
            record.joined(found), paging.keys_of(record.model, record.order), cursor, size=limit
        )
        count, exact = paging.counted(found)
        values = _values(record.columns, page.rows)
        listed = [{"id": str(row.pk), **own} for row, own in zip(page.rows, values, strict=True)]
        return {"count": count, "exact": exact, "next": page.after, "rows": listed}


def _add_row(api: NinjaAPI, record: Record) -> None:
    Key: Any = _key(record)  # noqa: N806  a type

    @api.get(
        f"/{record.slug}/{{pk}}",
        response=Row,
        operation_id=f"{record.slug}_row",
        summary=str(record.one),
        tags=[record.slug],
    )
    def row(request: HttpRequest, pk: Key) -> Any:
        need(request, record.right)
        found = the_row(request, record, pk)
        if record.seen:
            record.seen(found, request)
        shown = [
            *record.columns,
            *(column for part in record.panels.values() if isinstance(part, tuple) for column in part),
        ]
        return {"id": str(found.pk), "values": _values(shown, [found])[0]}


def _add_reading(api: NinjaAPI, record: Record, reading: Reading) -> None:
    Key: Any = _key(record)  # noqa: N806  a type

    @api.get(
        f"/{record.slug}/{{pk}}/{reading.name}",
        response=dict[str, Any],
        operation_id=f"{record.slug}_{reading.name}",
        summary=str(reading.label),
        tags=[record.slug],
    )
    def read(request: HttpRequest, pk: Key) -> Any:
        need(request, record.right)
        need(request, reading.right)
        return dict(reading.data(the_row(request, record, pk, reading.right), request))


def _add_verb(api: NinjaAPI, record: Record, verb: Verb) -> None:
    on_row = verb.takes(record.model)
    Key: Any = _key(record)  # noqa: N806  a type
    Body: Any = body_of(verb, on_row=on_row)  # noqa: N806  a type
    options: dict[str, Any] = {
        "response": Done,
        "operation_id": f"{record.slug}_{verb.slug}",
        "summary": str(verb.label),
        "description": "" if callable(verb.ask) else str(verb.ask),
        "tags": [record.slug],
    }
    key: Any = Header(None, alias="Idempotency-Key", max_length=255)  # type: ignore[type-arg]

    if on_row:

        @api.post(f"/{record.slug}/{{pk}}/{verb.slug}", **options)
        def on_one(request: HttpRequest, pk: Key, body: Body, idempotency_key: Words | None = key) -> Any:
            return _perform(request, record, verb, pk, body, idempotency_key)

    else:

        @api.post(f"/{record.slug}/do/{verb.slug}", **options)
        def alone(request: HttpRequest, body: Body, idempotency_key: Words | None = key) -> Any:
            return _perform(request, record, verb, None, body, idempotency_key)


def _perform(request: HttpRequest, record: Record, verb: Verb, pk: Any, body: Any, key: str | None) -> Any:
    user, at = who(request), now()
    need(request, record.right)
    need(request, verb.needs)
    digest = digest_of([request.path, body.model_dump(mode="json")])
    with once(f"api:{key}" if key else None, actor=user, digest=digest, at=at) as slot:
        if slot.done is not None:
            return slot.done
        row = the_row(request, record, pk, verb.needs) if pk is not None else None
        if verb.when and not verb.when(row, user):
            raise Http404
        values = _given(verb, row, user, body)
        result = verb.action(*([row] if row is not None else []), actor=user, at=at, **values)
        made = result if hasattr(result, "pk") else row
        slot.store({"id": str(made.pk) if made is not None else None})
        return slot.result


def _given(verb: Verb, row: Any, user: Any, body: Any) -> dict[str, Any]:
    """What the form makes of the body. Raises Invalid."""
    given = dict(verb.given(row, user)) if verb.given else {}
    shape = form_class(
        verb, on_row=row is not None, row=row, user=user, scope=user.scope(verb.needs), given=given
    )
    form = shape(as_form(verb, body.model_dump(), on_row=row is not None))
    if not form.is_valid():
        raise Invalid(_faults(form))
    return {name: value for name, value in {**form.cleaned_data, **given}.items() if value not in (None, "")}


def _values(columns: Iterable[Column], rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The values of each row; of two columns of one name the first. What a column looks up is looked up once for all."""
    reads: dict[str, Callable[[Any], Any]] = {}
    for column in columns:
        reads.setdefault(column.name.replace(".", "_"), column.bind_plain(rows))
    return [{name: read(row) for name, read in reads.items()} for row in rows]


def _faults(form: Any) -> list[Fault]:
    return [Fault(field=name, message=str(text)) for name, texts in form.errors.items() for text in texts]


def _key(record: Record) -> Any:
    kinds = {"UUIDField": UUID, "CharField": Words, "SlugField": Words}
    return kinds.get(record.model._meta.pk.get_internal_type(), int)
