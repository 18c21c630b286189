"""Safe types that every parameter and body of the API is made of: what PostgreSQL cannot hold is refused at the door."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

INT64 = 2**63


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("text may not contain the character NUL; remove it")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("text contains half of a surrogate pair; send valid Unicode") from None
    return text


def _storable_deep(value: Any) -> Any:
    """Every text and number inside a JSON value, checked."""
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        if not -INT64 <= value < INT64:
            raise ValueError("whole numbers must fit into 64 bits")
        return value
    if isinstance(value, float):
        raise ValueError("use whole numbers (fen, minutes) or text; fractions are not exact")  # noqa: TRY004  pydantic reports ValueError
    if isinstance(value, list):
        return [_storable_deep(item) for item in value]
    return {_storable(str(key)): _storable_deep(item) for key, item in value.items()}


Text = Annotated[str, Field(max_length=5000), AfterValidator(_storable)]
Words = Annotated[str, Field(max_length=200), AfterValidator(_storable)]
Int64 = Annotated[int, Field(ge=-INT64, lt=INT64)]
Limit = Annotated[int, Field(ge=1, le=200, description="Rows on a page")]
Cursor = Annotated[str, Field(max_length=1000), AfterValidator(_storable)]
Json = Annotated[Any, AfterValidator(_storable_deep)]
