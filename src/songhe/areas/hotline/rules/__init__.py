"""Pure decisions of the hotline."""

from songhe.areas.hotline.rules.asking import (
    Asking,
    Listed,
    Shown,
    build_asking,
    digest,
    drawn,
    satisfaction,
)
from songhe.areas.hotline.rules.complaining import Complaining, Consequence, Klass, build_complaining
from songhe.areas.hotline.rules.drafts import FIELDS_MAX, SIGNS_MAX, Saved, plain, save
from songhe.areas.hotline.rules.finding import Entry, Sounds, find, prepared
from songhe.areas.hotline.rules.knowing import Text, indexed, rank, tokens
from songhe.areas.hotline.rules.tree import Branch, Tree, Way, build_tree
from songhe.areas.hotline.rules.windows import SOON_HOURS, Line, Window, build_line, quick_windows, window_of

__all__ = [
    "FIELDS_MAX",
    "SIGNS_MAX",
    "SOON_HOURS",
    "Asking",
    "Branch",
    "Complaining",
    "Consequence",
    "Entry",
    "Klass",
    "Line",
    "Listed",
    "Saved",
    "Shown",
    "Sounds",
    "Text",
    "Tree",
    "Way",
    "Window",
    "build_asking",
    "build_complaining",
    "build_line",
    "build_tree",
    "digest",
    "drawn",
    "find",
    "indexed",
    "plain",
    "prepared",
    "quick_windows",
    "rank",
    "satisfaction",
    "save",
    "tokens",
    "window_of",
]
