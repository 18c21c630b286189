"""Text, names and dates as people write them, made plain or refused with a reason."""

from songhe.core.text.dates import parse_date
from songhe.core.text.money import parse_yuan
from songhe.core.text.names import Reading, name_tokens, pinyin, query_tokens, readings
from songhe.core.text.normal import halfwidth, has_han, normalise, normalise_name

__all__ = [
    "Reading",
    "halfwidth",
    "has_han",
    "name_tokens",
    "normalise",
    "normalise_name",
    "parse_date",
    "parse_yuan",
    "pinyin",
    "query_tokens",
    "readings",
]
