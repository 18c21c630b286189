"""The door of ``forms``: the names others use."""

from songhe.engines.forms.answers import begin, change, lock, read, result_of
from songhe.engines.forms.models import Answers, FormVersion
from songhe.engines.forms.versions import available, current, form_of

__all__ = [
    "Answers",
    "FormVersion",
    "available",
    "begin",
    "change",
    "current",
    "form_of",
    "lock",
    "read",
    "result_of",
]
