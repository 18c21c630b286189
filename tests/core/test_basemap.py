"""What is drawn beneath streets is kept as it came, and files of before it are still read."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.reach import LAYERS, Basemap, Network, Streets, build
from songhe.core.reach.storage import BASE, DIGEST, MARK, dump, load
from songhe.core.refusal import Refused

DEGREES = st.integers(-300, 300).map(lambda n: n / 1000)


def network(base: Basemap) -> Network:
    streets = Streets(
        np.array([114.0, 114.01]), np.array([30.0, 30.0]), np.array([0]), np.array([1]), base=base
    )
    return build(streets).network


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, list[shapely.Geometry]]:
    """Water with and without islands, and lines, here and there."""
    water = []
    for x, y, island in draw(st.lists(st.tuples(DEGREES, DEGREES, st.booleans()), max_size=4)):
        whole = shapely.box(114 + x, 30 + y, 114.02 + x, 30.01 + y)
        hole = shapely.box(114.005 + x, 30.004 + y, 114.006 + x, 30.005 + y)
        water.append(shapely.difference(whole, hole) if island else whole)
    lines = {
        layer: [
            shapely.LineString([(114 + x, 30 + y), (114.1 + x, 30 - y), (114.2, 30.1)])
            for x, y in draw(st.lists(st.tuples(DEGREES, DEGREES), max_size=3))
        ]
        for layer in LAYERS[1:]
    }
    return {"water": water, **lines}


@given(shapes())
def test_shapes_come_back_from_a_file(given: dict[str, list[shapely.Geometry]]) -> None:
    base = Basemap.of(given)
    assert base.sound
    again = load(dump(network(base))).base
    for layer in LAYERS:
        assert len(again.shapes[layer]) == len(given[layer])
        for before, after in zip(given[layer], again.shapes[layer], strict=True):
            assert shapely.hausdorff_distance(before, after) < 1e-7
            assert shapely.area(before) == pytest.approx(shapely.area(after), abs=1e-9)


def test_what_is_no_shape_of_its_layer_is_left_out() -> None:
    base = Basemap.of(
        {"water": [shapely.Point(114, 30), shapely.Polygon()], "river": [shapely.box(0, 0, 1, 1)]}
    )
    assert len(base) == 0 and base.sound


def test_a_ring_that_crosses_itself_is_mended() -> None:
    bow = shapely.Polygon([(114, 30), (114.1, 30.1), (114.1, 30), (114, 30.1)])
    (found,) = Basemap.of({"water": [bow]}).shapes["water"]
    assert shapely.is_valid(found) and shapely.area(found) == pytest.approx(0.005)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"end": np.array([5, 4], np.int32)},
        {"layer": np.array([5, 5], np.uint8)},
        {"layer": np.array([9, 0], np.uint8)},
        {"lon": np.zeros(3, np.int32)},
        {"end": np.array([5, 9], np.int32)},
    ],
)
def test_columns_that_do_not_belong_together_are_refused(spoilt: dict[str, np.ndarray]) -> None:
    base = Basemap.of({"water": [shapely.box(114, 30, 114.1, 30.1), shapely.box(115, 30, 115.1, 30.1)]})
    bad = replace(base, **spoilt)
    assert base.sound and not bad.sound
    with pytest.raises(Refused, match="has been altered"):
        load(dump(replace(network(base), base=bad)))


def test_a_file_of_before_is_read_without() -> None:
    content = dump(network(Basemap.of({"river": [shapely.LineString([(114, 30), (115, 31)])]})))
    begin = len(MARK) + 8
    size = int.from_bytes(content[len(MARK) : begin], "big")
    head = json.loads(zlib.decompress(content[begin : begin + size]))
    tail = sum(head["packed"].pop(name) for name in BASE)
    text = zlib.compress(json.dumps(head).encode())
    body = MARK + len(text).to_bytes(8, "big") + text + content[begin + size : -DIGEST - tail]
    found = load(body + sha256(body).digest())
    assert found.streets == 1 and len(found.base) == 0
