"""Everything installed may be used and passed on with an Apache-2.0 program."""

import re
from importlib.metadata import Distribution, distributions

FREE = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|HPND|BSD|0BSD|BSD-\d-Clause|Apache|PSF|PSF-2\.0|PSFL|Python Software Foundation|MPL|Mozilla"
    r"|ISC|Zlib|CC0|CC0-1\.0|Unlicense|LGPL|Lesser General Public|OFL|PostgreSQL)\b",
    re.IGNORECASE,
)
BOUND = re.compile(
    r"(?<!L)\bA?GPL|(?<!Lesser )General Public License|Affero|SSPL|Commons Clause", re.IGNORECASE
)


def licence(found: Distribution) -> str:
    """What a distribution says about its licence: expression, classifiers, short field, or the file it carries."""
    data = found.metadata
    classifiers = [each for each in data.get_all("Classifier") or [] if each.startswith("License")]
    said = " ".join(
        [data.get("License-Expression") or "", (data.get("License") or "")[:80], *classifiers]
    ).strip()
    if said:
        return said
    carried = [
        file for file in found.files or [] if re.match(r"(LICEN[CS]E|COPYING)", file.name, re.IGNORECASE)
    ]
    return carried[0].read_text()[:200] if carried else ""


def allowed(text: str) -> bool:
    return bool(FREE.search(text)) and not BOUND.search(text)


def test_every_installed_licence_is_on_the_list() -> None:
    odd = {each.metadata["Name"]: licence(each) for each in distributions() if not allowed(licence(each))}
    assert odd == {}


def test_the_list_tells_free_from_bound() -> None:
    assert allowed("MIT")
    assert allowed("LGPL-3.0-only")
    assert allowed("License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)")
    assert not allowed("GPL-3.0-or-later")
    assert not allowed("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert not allowed("GNU Affero General Public License v3")
    assert not allowed("")
