"""Reads the words of our own papers back: what a reader would copy out of the file."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(paper: bytes) -> str:
    """Every text of a paper in the order in which it is drawn, one on a line."""
    objects = {int(number): body for number, body in _OBJECT.findall(paper)}
    fonts = {name: _signs(objects, int(number)) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", paper)}
    out: list[str] = []
    font: dict[int, str] = {}
    for body in objects.values():
        for name, shown in _SHOWN.findall(_content(body)):
            if name:
                font = fonts[name]
            else:
                out.append(_said(shown, font))
    return "\n".join(out)


def _content(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    if stream is None or b"FontFile" in body or b"/Subtype" in body:
        return b""
    try:
        found = zlib.decompress(stream[1]) if b"FlateDecode" in body else stream[1]
    except zlib.error:
        return b""
    return found if b" Tf" in found else b""


def _signs(objects: dict[int, bytes], number: int) -> dict[int, str]:
    """What each code of a font stands for."""
    target = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
    assert target is not None
    stream = _STREAM.search(objects[int(target[1])])
    assert stream is not None
    body = zlib.decompress(stream[1]) if b"FlateDecode" in objects[int(target[1])] else stream[1]
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", body)
    return {int(code, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs}


def _said(shown: bytes, font: dict[int, str]) -> str:
    plain = re.sub(rb"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), shown, flags=re.DOTALL)
    codes = [int.from_bytes(plain[n : n + 2], "big") for n in range(0, len(plain), 2)]
    return "".join(font.get(code, "?") for code in codes)
