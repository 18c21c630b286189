"""Interface words: taken from the source, merged with their translations, compiled. No gettext programs are needed.

Each part of the source keeps its Chinese in `locale/parts/<part>.po`; `merge` brings them into the one catalogue
that Django reads, and `compile_if_stale` turns it into the machine's form when a process starts.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

from songhe.site.extract import Message, messages

SOURCE = Path(__file__).resolve().parents[1]
LOCALE = SOURCE / "locale"
CATALOGUE = LOCALE / "zh_Hans/LC_MESSAGES/django.po"
PARTS = LOCALE / "parts"
HOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)[^{}]*\}(?!\})")

HEADER = {
    "Project-Id-Version": "songhe",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True)
class Flaw:
    """One message that is not ready, and why."""

    msgid: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.msgid!r} {self.where}".rstrip()


def compile_if_stale() -> None:
    """Bring the compiled catalogue up to the newest of its sources. Costs a few file times when nothing changed."""
    compiled = CATALOGUE.with_suffix(".mo")
    sources = [CATALOGUE, *PARTS.glob("*.po")]
    newest = max((file.stat().st_mtime_ns for file in sources if file.exists()), default=None)
    if newest is None:
        return
    with contextlib.suppress(FileNotFoundError):
        if compiled.stat().st_mtime_ns >= newest:
            return
    with contextlib.suppress(PermissionError):  # installed for all users: the package brings its own
        write_compiled(joined(translations()), compiled)


def write_compiled(catalogue: polib.POFile, file: Path) -> None:
    """Write the machine's form in one step, so that a process which starts meanwhile reads a whole one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    catalogue.save_as_mofile(str(fresh))
    fresh.replace(file)


def translations() -> dict[tuple[str, str], polib.POEntry]:
    """Return every translation at hand by context and English text; a part's own wins over the merged catalogue."""
    found: dict[tuple[str, str], polib.POEntry] = {}
    for file in [CATALOGUE, *sorted(PARTS.glob("*.po"), reverse=True)]:
        if file.exists():
            for entry in polib.pofile(str(file)):
                if not entry.obsolete and (entry.translated() or not entry.msgstr_plural):
                    found[entry.msgctxt or "", entry.msgid] = entry
    return found


def joined(entries: dict[tuple[str, str], polib.POEntry]) -> polib.POFile:
    """Return one catalogue of `entries`, sorted."""
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(HEADER)
    catalogue.extend(entries[key] for key in sorted(entries) if entries[key].translated())
    return catalogue


def merge(wanted: Iterable[Message] | None = None) -> polib.POFile:
    """Write the catalogue of the messages in the source with the translations at hand; return it."""
    known = translations()
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(HEADER)
    for message in sorted(messages(SOURCE) if wanted is None else wanted):
        catalogue.append(_entry(message, known.get((message.context, message.text))))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    write_compiled(joined(translations()), CATALOGUE.with_suffix(".mo"))
    return catalogue


def _entry(message: Message, known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgctxt=message.context or None,
        occurrences=[(file, "") for file in message.files],
    )
    if message.plural:
        entry.msgid_plural = message.plural
        text = (known.msgstr_plural.get(0) or known.msgstr) if known else ""
        entry.msgstr_plural = {0: text}
    elif known:
        entry.msgstr = known.msgstr or known.msgstr_plural.get(0, "")
    return entry


def flaws(wanted: Iterable[Message] | None = None) -> Iterator[Flaw]:
    """Yield the messages without a translation, and the translations that lost or invented a placeholder."""
    known = translations()
    for message in sorted(messages(SOURCE) if wanted is None else wanted):
        entry = known.get((message.context, message.text))
        text = (entry.msgstr or entry.msgstr_plural.get(0, "")) if entry else ""
        where = message.files[0] if message.files else ""
        if not text.strip():
            yield Flaw(message.text, "untranslated", where)
        elif holders(text) not in (holders(message.text), holders(message.plural or message.text)):
            yield Flaw(message.text, f"placeholders differ in {text!r}", where)
    yield from disagreements()


def disagreements() -> Iterator[Flaw]:
    """Yield the texts that two parts translate differently."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for file in sorted(PARTS.glob("*.po")):
        for entry in polib.pofile(str(file)):
            key, text = (entry.msgctxt or "", entry.msgid), entry.msgstr or entry.msgstr_plural.get(0, "")
            first = seen.setdefault(key, (text, file.name))
            if text and first[0] and first[0] != text:
                yield Flaw(entry.msgid, f"{first[0]!r} in {first[1]}, {text!r} in {file.name}")


def holders(text: str) -> set[str]:
    """Return the names of the placeholders in a text."""
    return {named or braced for named, braced in HOLDER.findall(text)}
