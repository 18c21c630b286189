"""Two drawings that only the cockpit needs, in the manner of the kit's charts: promised beside done, and a wanted band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, TALL = 640, 220
LEFT, BOTTOM, TOP = 62, 30, 14


@dataclass(frozen=True, slots=True)
class Column:
    """One period of a chart: what was done and what was promised, as whole numbers or None for unknown."""

    label: str
    done: int | None
    promised: int | None
    said: str


def scale_top(values: Sequence[int | None]) -> int:
    """A round number at or above the largest value, not far above it: one digit and zeros, halves without a rest."""
    most = max((value for value in values if value is not None), default=0)
    power = 1
    while True:
        for step in (1, 2, 4, 5, 6, 8):
            if step * power >= most:
                return step * power
        power *= 10


def columns(title: str, points: Sequence[Column], *, unit: str = "") -> SafeString:
    """Filled columns (done) before outlined ones (promised); an unknown period shows a dash, not a zero."""
    top = scale_top([value for point in points for value in (point.done, point.promised)])
    room = (WIDE - LEFT) / max(len(points), 1)
    drawn = format_html_join(
        "", "{}", ((_column(point, LEFT + place * room, room, top),) for place, point in enumerate(points))
    )
    return format_html(
        '<svg class="chart pairs" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDE,
        TALL,
        title,
        _grid(top, unit),
        drawn,
    )


def _grid(top: int, unit: str) -> SafeString:
    lines = []
    for step in (0, 1, 2):
        value = top * step / 2
        y = _y(value, top)
        label = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
        lines.append((LEFT, y, WIDE, y, LEFT - 6, y + 4, label + (unit if step == 2 else "")))
    return format_html_join(
        "",
        '<line class="rule" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="chart-tick" text-anchor="end" x="{}" y="{}">{}</text>',
        lines,
    )


def _y(value: float, top: int) -> float:
    return round(TALL - BOTTOM - (TALL - BOTTOM - TOP) * value / top, 1)


def _column(point: Column, x: float, room: float, top: int) -> SafeString:
    middle = round(x + room / 2, 1)
    half = round(min(room * 0.32, 26), 1)
    parts = [
        format_html(
            '<text class="chart-tick" text-anchor="middle" x="{}" y="{}">{}</text>',
            middle,
            TALL - BOTTOM + 20,
            point.label,
        )
    ]
    if point.done is None and point.promised is None:
        parts.append(
            format_html(
                '<text class="chart-tick" text-anchor="middle" x="{}" y="{}">–</text>', middle, _y(0, top) - 6
            )
        )
    for css, value in (("promised", point.promised), ("done", point.done)):
        if value:
            y = _y(value, top)
            parts.append(
                format_html(
                    '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>',
                    css, round(middle - half, 1), y, round(half * 2, 1), round(_y(0, top) - y, 1),
                )
            )  # fmt: skip
    return format_html(
        "<g><title>{}</title>{}</g>", point.said, format_html_join("", "{}", ((part,) for part in parts))
    )


def band(value: int | None, *, low: int, high: int, top: int, labels: tuple[str, str]) -> SafeString:
    """Where a value lies beside a wanted band; all in one whole unit."""
    at = None if value is None else round(10 + 380 * min(value, top) / top, 1)
    from_x, to_x = round(10 + 380 * low / top, 1), round(10 + 380 * high / top, 1)
    needle = (
        format_html(
            '<path class="needle" d="M{} 8 l7 -8 h-14 z"/><line class="needle" x1="{}" y1="6" x2="{}" y2="28"/>',
            at,
            at,
            at,
        )
        if at is not None
        else ""
    )
    return format_html(
        '<svg class="chart band" viewBox="0 0 400 46" aria-hidden="true"><rect class="track" x="10" y="12" width="380"'
        ' height="12" rx="6"/><rect class="wanted" x="{}" y="12" width="{}" height="12"/>{}'
        '<text class="chart-tick" text-anchor="middle" x="{}" y="42">{}</text><text class="chart-tick" text-anchor="middle" x="{}" y="42">{}</text></svg>',
        from_x, round(to_x - from_x, 1), needle, from_x, labels[0], to_x, labels[1],
    )  # fmt: skip
