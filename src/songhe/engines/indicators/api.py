"""The door of indicators: the names others use."""

from songhe.engines.indicators.plans import Judged, plans, standing, standings, target
from songhe.engines.indicators.reading import Part, computed_at, figure, figure_now, figures, history, parts
from songhe.engines.indicators.refresh import refresh
from songhe.engines.indicators.registry import Row, Span, indicator, indicators, measured, provider_of

__all__ = [
    "Judged",
    "Part",
    "Row",
    "Span",
    "computed_at",
    "figure",
    "figure_now",
    "figures",
    "history",
    "indicator",
    "indicators",
    "measured",
    "parts",
    "plans",
    "provider_of",
    "refresh",
    "standing",
    "standings",
    "target",
]
