"""Messages: templates as data, their length as text messages, which way comes next, and which provider is well."""

from songhe.core.notices.book import Book, Limit, build_book, overridden
from songhe.core.notices.health import Health, Switching, chosen, heard, sent
from songhe.core.notices.ladder import Goal, Urgency, back_off, not_before, ways
from songhe.core.notices.templates import CHANNELS, Template, Words, build_template, render
from songhe.core.notices.texts import segments, without_numbers

__all__ = [
    "CHANNELS",
    "Book",
    "Goal",
    "Health",
    "Limit",
    "Switching",
    "Template",
    "Urgency",
    "Words",
    "back_off",
    "build_book",
    "build_template",
    "chosen",
    "heard",
    "not_before",
    "overridden",
    "render",
    "segments",
    "sent",
    "ways",
    "without_numbers",
]
