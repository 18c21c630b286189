"""A policy document out of a data file. Everything wrong with it is told at once, with file, line and clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

from songhe.core.codes.region import parse_region
from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.rules import outline
from songhe.core.rules.check import check
from songhe.core.rules.constructs import PERIODS, Part, elsewhere, expanded, member, records
from songhe.core.rules.document import (
    BENEFICIARIES,
    FARTHEST,
    Case,
    Clause,
    Document,
    Fact,
    Group,
    Parameter,
    Payee,
    Rule,
    Tag,
    Value,
    threshold,
)
from songhe.core.rules.language import Expression, parse
from songhe.core.rules.problem import PolicyError, Problem
from songhe.core.sources import Data, DataError, Path, Source, day, day_or_none, label, part, rows, text

T = TypeVar("T")
_DECISION = Label("Decision on the other benefit", "另一项待遇的决定")
KINDS = ("whole", "yes_no", "date", "text")


def build(source: Source) -> Document:
    """A checked document; PolicyError carries every problem found."""
    if askew := outline.problems(source):
        raise PolicyError(askew)
    reader = _Reader(source)
    document = reader.document()
    if reader.problems or document is None:
        raise PolicyError(tuple(reader.problems))
    found = check(document)
    if found:
        raise PolicyError(found)
    return document


@dataclass
class _Reader:
    """Reads part by part and collects what is wrong, so that an author sees all of it in one go."""

    source: Source
    problems: list[Problem] = field(default_factory=list)
    start: date = date.min
    end: date | None = None
    region: int = 0
    beneficiary: str = "person"

    def document(self) -> Document | None:
        data = self.source.data
        head = self._try((), "", lambda: self._head(part(data, "document", "document")))
        if head is None:
            return None
        return Document(
            **head,
            clauses=self._named("clauses", lambda code, row, path: Clause(code, label(row, code))),
            facts={**self._named("facts", self._fact), **self._recorded(), **self._elsewhere()},
            tags=self._named("tags", lambda code, row, path: Tag(code, label(row, code), _bring(row, code))),
            parameters=self._named("parameters", self._parameter),
            rules=self._rules(),
            file=self.source.name,
            exclusive=self._exclusive(),
        )

    def _try(self, path: Path, clause: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except (DataError, Refused) as error:
            self.problems.append(Problem(self.source.name, self.source.line(path), clause, str(error)))
        return None

    def _head(self, data: Data) -> dict[str, Any]:
        self.start = day(data, "effective", "document")
        self.end = day_or_none(data, "expires", "document")
        self.region = parse_region(data.get("region"))
        self.beneficiary = _one_of(data, "beneficiary", self.beneficiary, BENEFICIARIES, "document")
        return {
            "code": text(data, "code", "document"),
            "number": text(data, "number", "document"),
            "title": label(data.get("title"), "document, title"),
            "issuer": label(data.get("issuer"), "document, issuer"),
            "published": day_or_none(data, "published", "document"),
            "start": self.start,
            "end": self.end,
            "region": self.region,
            "source": text(data, "source", "document"),
        }

    def _named(self, key: str, make: Callable[[str, Data, Path], T]) -> Mapping[str, T]:
        found: dict[str, T] = {}
        for code, row in (self.source.data.get(key) or {}).items():
            path: Path = (key, str(code))
            clause = str(code) if key == "clauses" else ""
            made = self._try(path, clause, partial(make, str(code), row, path))
            if made is not None:
                found[str(code)] = made
        return found

    def _fact(self, code: str, row: Data, path: Path) -> Fact:
        kind = row.get("kind")
        if kind not in KINDS:
            raise DataError(f"{code}: kind must be one of {', '.join(KINDS)}.")
        least, most = row.get("least", -FARTHEST), row.get("most", FARTHEST)
        if type(least) is not int or type(most) is not int or least > most:
            raise DataError(f"{code}: least and most must be whole numbers, the first not above the second.")
        if row.get("each") not in (None, "month"):
            raise DataError(f"{code}: each is month (told for each month anew), or left out.")
        monthly = row.get("each") == "month"
        return Fact(code, label(row, code), kind, row.get("unit"), _bring(row, code), least, most, monthly)

    def _parameter(self, code: str, row: Data, path: Path) -> Parameter:
        shape = row.get("shape", "number")
        if shape not in ("number", "table", "bands"):
            raise DataError(f"{code}: shape must be number, table or bands.")
        values = []
        for index, given in enumerate(rows(row, "values", code)):
            here: Path = (*path, "values", index)
            cited = str(given.get("clause", ""))
            value = self._try(here, cited, partial(self._value, code, shape, given, here))
            if value is not None:
                values.append(value)
        return Parameter(
            code, label(row, code), shape, row.get("unit"), tuple(values), self.source.line(path)
        )

    def _value(self, code: str, shape: str, row: Data, path: Path) -> Value:
        amount: Any = row.get("value")
        if shape == "number":
            if type(amount) is not int:
                raise DataError(
                    f"{code}: the value must be a whole number in the smallest unit, not {amount!r}."
                )
        elif (
            not isinstance(amount, Mapping) or not amount or any(type(v) is not int for v in amount.values())
        ):
            raise DataError(f"{code}: the value must map keys to whole numbers.")
        else:
            amount = {str(key): given for key, given in amount.items()}
        strange = [key for key in amount if threshold(key) is None] if shape == "bands" else []
        if strange:
            raise DataError(
                f"{code}: bands are keyed by whole thresholds, written as 60, 0 or -5; {strange[0]} is none."
            )
        return Value(
            start=day(row, "from", code) if "from" in row else self.start,
            end=day_or_none(row, "to", code) or self.end,
            region=parse_region(row["region"]) if "region" in row else self.region,
            amount=amount,
            clause=text(row, "clause", f"{code}: every value cites its clause;"),
            assumed=bool(row.get("assumed", False)),
            line=self.source.line(path),
        )

    def _rules(self) -> tuple[Rule, ...]:
        rows_, exclusive = self.source.data.get("rules") or (), self.source.data.get("exclusive") or ()
        parts = self._try(("rules",), "", lambda: list(expanded(rows_, exclusive)))
        return tuple(rule for part_ in parts or () if (rule := self._rule(part_)) is not None)

    def _exclusive(self) -> tuple[Group, ...]:
        rows_ = enumerate(self.source.data.get("exclusive") or ())
        found = (
            self._try(("exclusive", index), "", partial(self._group, index, row)) for index, row in rows_
        )
        return tuple(group for group in found if group is not None)

    def _group(self, index: int, row: Data) -> Group:
        where = f"exclusive {index + 1}"
        members = tuple(member(one) for one in row.get("members") or ())
        why, clause = label(row.get("why"), f"{where}: why"), text(row, "clause", where)
        take: Any = row.get("take")
        return Group(members, take, why, clause, self.source.line(("exclusive", index)))

    def _recorded(self) -> Mapping[str, Fact]:
        """What the records of rules tell: what was received before, and what is left."""
        found = {}
        for row in self.source.data.get("rules") or ():
            for code, what, paper in records(row):
                name = Label(f"{row.get('en')}, {what['en']}", f"{row.get('zh')}({what['zh']})")
                bring = Label(paper["en"], paper["zh"])
                found[code] = Fact(code, name, "whole", row.get("unit"), bring, 0)
        return found

    def _elsewhere(self) -> Mapping[str, Fact]:
        """What rules of other documents give, as far as this one names them."""
        data = self.source.data
        units = {str(row.get("code")): row.get("unit") for row in data.get("rules") or ()}
        found = self._try(("exclusive",), "", lambda: list(elsewhere(data.get("exclusive") or (), units)))
        return {
            code: Fact(code, Label(f"{code} of {of}", f"{of} 的 {code}"), "whole", unit, _DECISION, 0, of=of)  # type: ignore[arg-type]  # a word, or nothing: read by ``outline``
            for code, of, unit in found or ()
        }

    def _rule(self, given: Part) -> Rule | None:
        code = str(given.row.get("code", ""))
        made = [self._case(code, case, path) for case, path in given.cases]
        if None in made:
            return None
        cases = tuple(case for case in made if case)
        return self._try(given.path, "", lambda: self._ruled(given.row, given.path, cases))

    def _ruled(self, row: Data, path: Path, cases: tuple[Case, ...]) -> Rule:
        code = text(row, "code", "rule")
        if row.get("kind", "whole") not in ("whole", "yes_no"):
            raise DataError(f"{code}: kind must be whole or yes_no.")
        once = row.get("once_per")
        if once not in (None, "household", *PERIODS) or (once == "household") != ("payee" in row):
            raise DataError(
                f"{code}: once_per is household, year or lifetime; household needs payee, and nothing else does."
            )
        beneficiary: Any = _one_of(row, "beneficiary", self.beneficiary, BENEFICIARIES, code)
        if once == "household" and beneficiary != "person":
            raise DataError(f"{code}: once_per household is said of what persons receive.")
        return Rule(
            code=code,
            label=label(row, code),
            kind=row.get("kind", "whole"),
            unit=row.get("unit"),
            start=day(row, "from", code) if "from" in row else self.start,
            end=day_or_none(row, "to", code) or self.end,
            cases=cases,
            grants=bool(row.get("grants", False)),
            payee=_payee(part(row, "payee", code), code) if "payee" in row else None,
            once_per=once if once in PERIODS else "",
            line=self.source.line(path),
            beneficiary=beneficiary,
        )

    def _case(self, rule: str, row: Data, path: Path) -> Case | None:
        clause = str(row.get("clause") or "")
        when = self._expression(row["when"], (*path, "when"), clause) if "when" in row else None
        give = self._expression(row.get("give"), (*path, "give"), clause)
        why = self._try(path, clause, lambda: label(row.get("why"), f"{rule}: why"))
        if not clause:
            self._try(path, clause, lambda: text(row, "clause", f"{rule}: every case cites its clause;"))
        if give is None or why is None or ("when" in row and when is None):
            return None
        return Case(when, give, why, clause, self.source.line(path), str(row.get("yields", "")))

    def _expression(self, given: object, path: Path, clause: str) -> Expression | None:
        return self._try(path, clause, lambda: parse(given))


def _one_of(row: Data, key: str, default: str, allowed: tuple[str, ...], where: str) -> str:
    given = row.get(key, default)
    if given not in allowed:
        raise DataError(f"{where}: {key} must be one of {', '.join(allowed)}.")
    return str(given)


def _bring(row: Data, code: str) -> Label:
    return label(row.get("bring"), f"{code}: bring (the document to bring when this is not known)")


def _payee(row: Data, code: str) -> Payee:
    order = row.get("order")
    if not isinstance(order, list) or not order:
        raise DataError(f"{code}: payee needs order, a list of facts.")
    return Payee(
        tuple(str(name) for name in order),
        text(row, "clause", f"{code}, payee"),
        label(row.get("why"), f"{code}, payee: why"),
        bool(row.get("assumed", False)),
    )
