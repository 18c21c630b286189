"""Text as people paste it, made plain: one form for each sign, nothing invisible, Chinese punctuation kept."""

from __future__ import annotations

import re
import unicodedata

from songhe.core.refusal import Refused

_WIDE_KEPT = "，；：！？（）～"
"""Full-width punctuation that Chinese text is set with; the other full-width signs become ASCII."""

_HALFWIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NORMAL = {wide: plain for wide, plain in _HALFWIDTH.items() if chr(wide) not in _WIDE_KEPT}
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･．.●。"), "·")
_INNER_SPACE = re.compile(r"(?<=[㐀-鿿豈-﫿\U00020000-\U0003FFFF·])\s+(?=[㐀-鿿豈-﫿\U00020000-\U0003FFFF·])")
_HAN = re.compile(r"[〇㐀-鿿豈-﫿\U00020000-\U0003FFFF]")


_ORDINARY = re.compile(r"[!-~\u4e00-\u9fff，；：！？（）。、“”‘’《》]*")
"""Signs that are their own plain form; most cells hold nothing else, and need no second look."""

USUAL_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


def halfwidth(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, invisible signs dropped: for codes and numbers."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _visible(text).translate(_HALFWIDTH).strip()


def normalise(text: str, *, lines: bool = False, field: str | None = None) -> str:
    """Text ready to be stored: NFC, half-width letters and digits, one space between words, no edges.

    Zero-width signs, bidirectional controls and variation selectors are dropped. ``lines`` keeps line ends.
    Raises Refused for NUL and for halves of surrogate pairs, which no database stores.
    """
    if _ORDINARY.fullmatch(text):
        return text
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused(
            "text_broken",
            "The text contains a character that cannot be stored (a NUL or half a character). The file may be damaged; save it again as UTF-8.",
            field=field,
        )
    text = "".join(_radical(sign) for sign in _visible(text).translate(_NORMAL))
    text = unicodedata.normalize("NFC", text)
    if not lines:
        return " ".join(text.split())
    rows = [" ".join(row.split()) for row in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip("\n")


def normalise_name(text: str, *, field: str | None = None) -> str:
    """A person's name: spaces between Chinese characters closed, one middle dot in minority names."""
    if USUAL_NAME.fullmatch(text):
        return text
    name = normalise(text, field=field).strip(" .·•'\"`*")
    name = _INNER_SPACE.sub("", name.translate(_DOTS)) if has_han(name) else name
    name = re.sub(r"\s*·[\s·]*", "·", name).strip("· ") if has_han(name) else name
    if not name:
        raise Refused("name_missing", "The name is missing. Enter it as on the identity card.", field=field)
    if len(name) > 60:
        raise Refused(
            "name_long", "The name has {count} characters; at most 60 are kept.", field=field, count=len(name)
        )
    if not any(sign.isalpha() for sign in name) or any(sign.isdecimal() for sign in name):
        raise Refused(
            "name_shape",
            "“{name}” is not a name: a name has letters or characters and no digits. Are two columns swapped?",
            field=field,
            name=name[:20],
        )
    return name


def has_han(text: str) -> bool:
    """Whether any Chinese character occurs."""
    return bool(_HAN.search(text))


def is_han(sign: str) -> bool:
    """Whether one sign is a Chinese character."""
    return bool(_HAN.fullmatch(sign))


def _visible(text: str) -> str:
    return "".join(sign for sign in text if not _is_invisible(sign))


def _is_invisible(sign: str) -> bool:
    if sign.isascii():
        return (sign < " " and sign not in "\t\n\r\f\v") or sign == "\x7f"
    return (
        (unicodedata.category(sign) in ("Cf", "Cc") and sign != "\x85")
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
    )


def _radical(sign: str) -> str:
    """Kangxi and supplementary radicals, which PDF readers yield in place of the characters they look like."""
    return unicodedata.normalize("NFKC", sign) if "⺀" <= sign <= "⿕" else sign
