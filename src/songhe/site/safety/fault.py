"""One unsafe thing: its stable name, what is wrong, what to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`code` is for machines and manuals, `what` and `remedy` for the person who mends it. One that does not stop the
    program is a warning."""

    code: str
    what: str
    remedy: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.code}: {self.what} {self.remedy}"
