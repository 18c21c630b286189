"""What the eye needs: contrast, few bytes, no inline style or script, known icons, vendored files as recorded."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

KIT = Path(__file__).parents[2] / "src/songhe/kit"
SOURCE = KIT.parent
STATIC = KIT / "static/kit"
TEMPLATES = sorted(SOURCE.glob("**/templates/**/*.html"))
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")

TEXTS = ("ink", "soft", "brand", "brand-deep", "ok", "info", "warn", "danger", "muted")
GROUNDS = ("paper", "ground", "sunk")
PAIRS = (
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((tone, f"{tone}-tint") for tone in ("ok", "info", "warn", "danger", "muted")),
    ("brand-ink", "brand"),
    ("brand-ink", "brand-deep"),
    ("brand", "tint"),
    ("brand-deep", "tint"),
    ("ink", "tint"),
    ("soft", "tint"),
    ("paper", "danger"),
)


def themes() -> dict[str, dict[str, str]]:
    """Token values by theme."""
    blocks = re.findall(r"([^{}]+)\{([^{}]*color-scheme[^{}]*)\}", TOKENS)
    return {
        selector.strip(): dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body)) for selector, body in blocks
    }


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_two_dark_themes_are_the_same() -> None:
    found = themes()
    assert len(found) == 3
    assert list(found.values())[1] == list(found.values())[2] != next(iter(found.values()))


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    for selector, colours in themes().items():
        ratio = contrast(colours[text], colours[ground])
        assert ratio >= 4.5, f"{selector}: {text} on {ground} is {ratio:.2f}"


def test_a_working_page_is_small() -> None:
    sheets = [STATIC / f"{name}.css" for name in ("tokens", "kit", "parts", "charts", "print")]
    scripts = [STATIC / "vendor/htmx.min.js", STATIC / "kit.js"]
    assert sum(len(file.read_bytes()) for file in sheets) <= 28_000
    assert sum(len(gzip.compress(file.read_bytes())) for file in [*sheets, *scripts]) <= 35_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: "/".join(file.parts[-3:]))
def test_templates_carry_no_inline_style_or_script(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r'\sstyle\s*=|<style|\son[a-z]+="|javascript:', text)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"""(?:src|href)=["']https?://""", text)


def test_every_icon_named_is_in_the_sprite() -> None:
    known = set(
        re.findall(r'<symbol id="([\w-]+)"', (STATIC / "vendor/icons.svg").read_text(encoding="utf-8"))
    )
    named: dict[str, str] = {}
    for file in [*TEMPLATES, *SOURCE.glob("**/*.py")]:
        text = file.read_text(encoding="utf-8")
        found = re.findall(r'\{% icon "([\w-]+)"', text) + re.findall(r'\bicon\s*=\s*"([\w-]+)"', text)
        found += re.findall(r'NavItem\("\w+", "([\w-]+)"', text)
        named |= dict.fromkeys(found, file.name)
    assert {name: file for name, file in named.items() if name not in known} == {}


def test_vendored_files_are_those_recorded_with_their_licences() -> None:
    folder = STATIC / "vendor"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {
        file.name for file in folder.iterdir() if file.name != "manifest.json" and file.suffix != ".LICENSE"
    }
    assert found == set(manifest)
    for name, entry in manifest.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"], name
        assert (folder / entry["licence_file"]).read_text(encoding="utf-8").strip()
        assert entry["version"]
        assert entry["source"].startswith("https://")
