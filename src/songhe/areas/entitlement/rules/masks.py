"""How a person is named where everybody can read it."""

from __future__ import annotations


def shown_name(name: str) -> str:
    """A name for a public notice: neighbours know whom it means, strangers and search engines do not.

    Of two signs the family name stays (王*), of three and more the first and the last (王*国, 阿****木), of one none.
    Spaces and points between the parts of a name are hidden like any other sign.
    """
    signs = name.strip()
    if len(signs) < 2:
        return "*"
    if len(signs) == 2:
        return f"{signs[0]}*"
    return f"{signs[0]}{'*' * (len(signs) - 2)}{signs[-1]}"
