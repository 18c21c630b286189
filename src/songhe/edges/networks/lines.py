"""Streets that come one by one, as lines with what is said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.reach import KINDS, Barrier, Finding, Open, Streets
from songhe.core.reach.plane import metres_between

Array = NDArray[Any]
FEW = 20
YES = frozenset({"1", "yes", "y", "true", "t", "是", "forward", "f", "ft"})
BACK = frozenset({"-1", "reverse", "backward", "tf", "反向"})
NO = frozenset({"0", "no", "n", "false", "否", "x"})
BARRIERS = {"steps": Barrier.STEPS, "kerb": Barrier.KERB, "gate": Barrier.GATE, "narrow": Barrier.NARROW, "rough": Barrier.ROUGH,
            "台阶": Barrier.STEPS, "路缘": Barrier.KERB, "门": Barrier.GATE}  # fmt: skip
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "metres": ("metres", "meters", "length", "length_m", "长度", "长度（米）"),
    "minutes": ("minutes", "分钟"),
    "name": ("name", "street", "name_zh", "名称", "道路名称", "路名"),
    "kind": ("kind", "class", "fclass", "highway", "类型", "道路类型"),
    "oneway": ("oneway", "单行"),
    "foot": ("foot", "walk", "步行"),
    "wheelchair": ("wheelchair", "轮椅"),
    "cycle": ("cycle", "bicycle", "骑行"),
    "car": ("car", "motor_vehicle", "机动车"),
    "barrier": ("barrier", "障碍"),
    "slope": ("slope", "incline", "坡度"),
}
"""What columns may be called, small letters."""


def columns(given: Sequence[str], more: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, int]:
    """Where each known column stands."""
    low = [one.strip().lower() for one in given]
    return {
        name: next(low.index(one) for one in words if one in low)
        for name, words in {**HEADINGS, **(more or {})}.items()
        if any(one in low for one in words)
    }


@dataclass
class Lines:
    """Streets while they are collected; rows that cannot be used are named by their number. ``cut``: the file's end is not there."""

    points: list[Array] = field(default_factory=list)
    facts: list[tuple[int, int, int, int, float, float, float]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    wrong: list[int] = field(default_factory=list)
    cut: bool = False

    def add(self, row: int, points: Array, said: Mapping[str, Any]) -> None:
        """One street with its points (longitude, latitude)."""
        try:
            facts = self._facts(said)
        except ValueError:
            self.wrong.append(row)
            return
        if len(points) < 2 or not np.isfinite(points).all():
            self.wrong.append(row)
            return
        self.points.append(np.asarray(points, float))
        self.facts.append(facts)

    def _facts(self, said: Mapping[str, Any]) -> tuple[int, int, int, int, float, float, float]:
        kind = str(said.get("kind") or "").strip().lower().removesuffix("_link")
        kind = {"motorway_link": "motorway", "step": "steps", "台阶": "steps"}.get(kind, kind)
        barrier = Barrier.STEPS if kind == "steps" else Barrier(0)
        for word in str(said.get("barrier") or "").replace(",", ";").split(";"):
            barrier |= BARRIERS.get(word.strip().lower(), Barrier(0))
        name = self.names.setdefault(str(said.get("name") or "").strip(), len(self.names))
        return (
            int(_open(said)), KINDS.index(kind) if kind in KINDS else 0, int(barrier), name,
            _number(said.get("metres")), _number(said.get("slope")), _number(said.get("minutes")),
        )  # fmt: skip

    def streets(self) -> Streets:
        """All of them; ends that lie at one place (to a centimetre) meet there."""
        if not self.points:
            none = np.zeros(0)
            return Streets(none, none, none, none, findings=self._findings())
        counts = np.array([len(points) for points in self.points])
        every = np.concatenate(self.points)
        _places, first, point = np.unique(np.round(every, 7), axis=0, return_index=True, return_inverse=True)
        point = point.reshape(-1)
        last = np.zeros(len(every), bool)
        last[np.cumsum(counts) - 1] = True
        begin = np.flatnonzero(~last)
        tail, head = point[begin], point[begin + 1]
        line = np.repeat(np.arange(len(counts)), counts - 1)
        facts = np.array(self.facts, float)
        straight = metres_between(every[begin, 0], every[begin, 1], every[begin + 1, 0], every[begin + 1, 1])
        whole = np.bincount(line, straight, minlength=len(counts))
        share = np.divide(straight, whole[line], out=np.ones(len(straight)), where=whole[line] > 0)
        each = facts[line]
        metres = np.where(np.isnan(each[:, 4]), straight, each[:, 4] * share)
        return Streets(
            every[first, 0], every[first, 1], tail, head, metres=metres, open=each[:, 0], kind=each[:, 1], barrier=each[:, 2],
            name=each[:, 3], slope=each[:, 5], minutes=each[:, 6] * share, names=tuple(self.names), findings=self._findings(),
        )  # fmt: skip

    def _findings(self) -> tuple[Finding, ...]:
        cut = (Finding("network.cut", 1),) if self.cut else ()
        if not self.wrong:
            return cut
        return (*cut, Finding("network.bad_rows", len(self.wrong), rows=tuple(self.wrong[:FEW])))


def _open(said: Mapping[str, Any]) -> Open:
    """Who may pass: everybody both ways, unless it is said otherwise."""
    open_ = Open.ALL
    oneway = str(said.get("oneway") or "").strip().lower()
    if oneway in YES:
        open_ &= ~(Open.CYCLE_BACK | Open.CAR_BACK)
    elif oneway in BACK:
        open_ &= ~(Open.CYCLE | Open.CAR)
    for name in ("foot", "wheelchair", "cycle", "car"):
        word = str(said.get(name) if said.get(name) is not None else "").strip().lower()
        there, back = Open[name.upper()], Open[f"{name.upper()}_BACK"]
        if word in NO:
            open_ &= ~(there | back)
        elif word in {"forward", "f", "ft"}:
            open_ &= ~back
        elif word in BACK:
            open_ &= ~there
    return open_


def _number(value: Any) -> float:
    """A number, NaN where nothing is written."""
    if value is None or not str(value).strip():
        return float("nan")
    text = str(value).strip()
    return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
