"""Charts drawn on the server as SVG: they print, read aloud, need no script and carry no inline style.

Every chart has a title and a description that says its numbers. Colours come from classes of ``charts.css``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, log10, pi, sin

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from songhe.kit.words import Label

Number = int | float
LEAST_STEP = 1e-9  # below it a chart shows nothing


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its value, an optional tone (ok, info, warn, danger, muted), note and address."""

    label: Label
    value: Number
    tone: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Series:
    """One line: its name and a value for each label, None where there is none."""

    name: Label
    values: Sequence[Number | None]
    tone: str = ""


def grouped(value: Number) -> str:
    """A number with thousands separators, at most one decimal."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}".removesuffix(".0")


def bars(
    rows: Sequence[Bar], *, title: Label, show: Callable[[Number], str] = grouped, width: int = 640
) -> SafeString:
    """Horizontal bars, labels on the left, values at the ends."""
    if not rows:
        return _nothing(title)
    most = max((row.value for row in rows), default=0) or 1
    left, line = 164, 30
    room = width - left - 96
    parts = []
    for index, row in enumerate(rows):
        y = index * line
        size = max(round(room * row.value / most), 2) if row.value > 0 else 0
        inner = format_html(
            '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
            '<rect class="bar {}" x="{}" y="{}" width="{}" height="18" rx="4"/>'
            '<text class="chart-value" x="{}" y="{}">{}{}</text>',
            left - 10, y + 19, _cut(row.label, 11), row.tone, left, y + 6, size, left + size + 8, y + 19, show(row.value),
            f" {row.note}" if row.note else "",
        )  # fmt: skip
        parts.append(format_html('<a href="{}">{}</a>', row.url, inner) if row.url else inner)
    told = ", ".join(f"{row.label} {show(row.value)}" for row in rows)
    return _svg(parts, title, told, width, len(rows) * line + 4)


def columns(rows: Sequence[Bar], *, title: Label, show: Callable[[Number], str] = grouped, width: int = 640, height: int = 220) -> SafeString:  # fmt: skip
    """Upright columns over a scale."""
    if not rows:
        return _nothing(title)
    scale = _Scale.over([row.value for row in rows], width, height)
    step = scale.room / len(rows)
    every = max(1, ceil(len(rows) * 46 / scale.room))
    parts = scale.lines(show)
    for index, row in enumerate(rows):
        x, y = scale.left + index * step + step * 0.15, scale.y(row.value)
        bar = format_html(
            '<rect class="bar {}" x="{}" y="{}" width="{}" height="{}" rx="3"><title>{}: {}</title></rect>',
            row.tone, _px(x), _px(y), _px(step * 0.7), _px(max(scale.floor - y, 0)), row.label, show(row.value),
        )  # fmt: skip
        parts.append(format_html('<a href="{}">{}</a>', row.url, bar) if row.url else bar)
        if index % every == 0:
            parts.append(_under(x + step * 0.35, scale.floor, row.label))
    told = ", ".join(f"{row.label} {show(row.value)}" for row in rows)
    return _svg(parts, title, told, width, height)


def lines(
    labels: Sequence[Label],
    series: Sequence[Series],
    *,
    title: Label,
    show: Callable[[Number], str] = grouped,
    target: Number | None = None,
    width: int = 640,
    height: int = 220,
) -> SafeString:
    """Lines over time, with an optional dashed target."""
    known = [value for one in series for value in one.values if value is not None]
    if not known:
        return _nothing(title)
    scale = _Scale.over([*known, *([target] if target is not None else [])], width, height)
    step = scale.room / max(len(labels) - 1, 1)
    every = max(1, ceil(len(labels) * 52 / scale.room))
    parts = scale.lines(show)
    parts += [
        _under(scale.left + i * step, scale.floor, text, last=i * step > scale.room - 20)
        for i, text in enumerate(labels)
        if i % every == 0
    ]
    if target is not None:
        y = _px(scale.y(target))
        parts.append(
            format_html(
                '<line class="target" x1="{}" x2="{}" y1="{}" y2="{}"/>', scale.left, width - 12, y, y
            )
        )
    for number, one in enumerate(series):
        parts.append(_path(one, scale, step, one.tone or f"hue{number % 5}"))
        parts += _dots(one, labels, scale, step, show, one.tone or f"hue{number % 5}")
    told = "; ".join(
        f"{one.name}: "
        + ", ".join(f"{a} {show(b)}" for a, b in zip(labels, one.values, strict=True) if b is not None)
        for one in series
    )
    drawn = _svg(parts, title, told, width, height)
    return format_html("{}{}", drawn, _legend(series)) if len(series) > 1 else drawn


def spark(
    values: Sequence[Number], *, title: Label, tone: str = "", width: int = 96, height: int = 26
) -> SafeString:
    """A tiny line inside a row of text."""
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (width - 4) / (len(values) - 1)
    points = [
        (2 + i * step, height - 3 - (value - low) / span * (height - 6)) for i, value in enumerate(values)
    ]
    path = " ".join(f"{_px(x)},{_px(y)}" for x, y in points)
    parts = [
        format_html('<polyline class="line {}" points="{}"/>', tone or "hue0", path),
        format_html(
            '<circle class="dot {}" cx="{}" cy="{}" r="2.500"/>', tone or "hue0", *map(_px, points[-1])
        ),
    ]
    told = ", ".join(grouped(value) for value in values)
    return _svg(parts, title, told, width, height, css="spark", fixed=True)


def progress(done: Number, whole: Number, *, title: Label, tone: str = "", width: int = 200) -> SafeString:
    """A bar that fills towards a whole; never beyond it."""
    share = min(max(done / whole, 0), 1) if whole else 0
    parts = [
        format_html('<rect class="track" width="{}" height="10" rx="5"/>', width),
        format_html('<rect class="bar {}" width="{}" height="10" rx="5"/>', tone, round(width * share)),
    ]
    told = gettext("{done} of {whole}, {percent} %").format(
        done=grouped(done), whole=grouped(whole), percent=round(share * 100)
    )
    return _svg(parts, title, told, width, 10, css="progress")


def gauge(value: Number, most: Number, *, title: Label, shown: str, tone: str = "", target: Number | None = None) -> SafeString:  # fmt: skip
    """A half ring with its value in the middle and an optional mark for the target."""
    share = min(max(value / most, 0), 1) if most else 0
    parts = [
        format_html('<path class="ring track" d="{}"/>', _arc(1)),
        format_html('<path class="ring {}" d="{}"/>', tone or "hue0", _arc(share))
        if share
        else mark_safe(""),
        format_html('<text class="gauge-value" x="80" y="76" text-anchor="middle">{}</text>', shown),
    ]
    if target is not None and most:
        turn = pi * (1 - min(max(target / most, 0), 1))
        parts.append(
            format_html(
                '<line class="mark" x1="{}" y1="{}" x2="{}" y2="{}"/>',
                _px(80 + 52 * cos(turn)), _px(80 - 52 * sin(turn)), _px(80 + 76 * cos(turn)), _px(80 - 76 * sin(turn)),
            )
        )  # fmt: skip
    return _svg(parts, title, shown, 160, 90, css="gauge")


@dataclass(frozen=True)
class _Scale:
    low: Number
    high: Number
    step: Number
    left: int
    width: int
    height: int

    @classmethod
    def over(cls, values: Sequence[Number], width: int, height: int) -> _Scale:
        low, high = min(0, *values) if len(values) > 1 else min(0, values[0]), max([*values, 0])
        span = (high - low) or 1
        raw = max(span / 4, LEAST_STEP)
        size = 10 ** floor(log10(raw))
        step = next(size * nice for nice in (1, 2, 2.5, 5, 10) if size * nice >= raw)
        if step >= 1:
            step = int(step) if step == int(step) else step
        return cls(floor(low / step) * step, ceil(high / step) * step or step, step, 62, width, height)

    @property
    def floor(self) -> int:
        return self.height - 26

    @property
    def room(self) -> int:
        return self.width - self.left - 12

    def y(self, value: Number) -> float:
        return self.floor - (value - self.low) / (self.high - self.low) * (self.floor - 10)

    def lines(self, show: Callable[[Number], str]) -> list[SafeString]:
        count = round((self.high - self.low) / self.step)
        values = [self.low + i * self.step for i in range(count + 1)]
        return [
            format_html(
                '<line class="rule" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
                '<text class="chart-tick" x="{3}" y="{4}" text-anchor="end">{5}</text>',
                self.left,
                self.width - 12,
                _px(self.y(value)),
                self.left - 8,
                _px(self.y(value) + 4),
                show(value),
            )
            for value in values
        ]


def _path(one: Series, scale: _Scale, step: float, tone: str) -> SafeString:
    runs: list[list[str]] = [[]]
    for index, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_px(scale.left + index * step)},{_px(scale.y(value))}")
    shapes = ((tone, " ".join(run)) for run in runs if len(run) > 1)
    return format_html_join("", '<polyline class="line {}" points="{}"/>', shapes)


def _dots(
    one: Series, labels: Sequence[Label], scale: _Scale, step: float, show: Callable[[Number], str], tone: str
) -> list[SafeString]:
    return [
        format_html(
            '<circle class="dot {}" cx="{}" cy="{}" r="3"><title>{} {}: {}</title></circle>',
            tone,
            _px(scale.left + i * step),
            _px(scale.y(value)),
            one.name,
            labels[i],
            show(value),
        )
        for i, value in enumerate(one.values)
        if value is not None
    ]


def _legend(series: Sequence[Series]) -> SafeString:
    rows = ((one.tone or f"hue{i % 5}", one.name) for i, one in enumerate(series))
    return format_html('<p class="legend">{}</p>', format_html_join("", '<span class="{}">{}</span>', rows))


def _under(x: float, floor: int, label: Label, *, last: bool = False) -> SafeString:
    """A word beneath the axis; the one at the right edge ends there."""
    return format_html(
        '<text class="chart-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        _px(x + 12 if last else x),
        floor + 18,
        "end" if last else "middle",
        _cut(label, 8),
    )


def _arc(share: float) -> str:
    turn = pi * (1 - share)
    return f"M16 80A64 64 0 0 1 {_px(80 + 64 * cos(turn))} {_px(80 - 64 * sin(turn))}"


def _cut(label: Label, most: int) -> str:
    text = str(label)
    return (
        text
        if len(text) <= most * (1 if not text.isascii() else 2)
        else text[: most * (1 if not text.isascii() else 2) - 1] + "…"
    )


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _nothing(title: Label) -> SafeString:
    return format_html('<p class="none">{}: {}</p>', title, gettext("No figures yet."))


def _svg(
    parts: Sequence[SafeString],
    title: Label,
    told: str,
    width: int,
    height: int,
    *,
    css: str = "",
    fixed: bool = False,
) -> SafeString:
    size = format_html(' width="{}" height="{}"', width, height) if fixed else ""
    return format_html(
        '<svg class="chart {}" viewBox="0 0 {} {}"{} role="img"><title>{}</title><desc>{}</desc>{}</svg>',
        css, width, height, size, title, told, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip
