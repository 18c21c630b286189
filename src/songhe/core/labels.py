"""A label in both languages, as data files carry it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """The same words in English and in Chinese; neither may be empty."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.zh.strip():
            raise ValueError("A label needs words in both languages: give en and zh.")

    def in_language(self, code: str) -> str:
        """Chinese for every zh code, English for all others."""
        return self.zh if code.lower().startswith("zh") else self.en

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class Labels:
    """Several labels, told one after the other."""

    all: tuple[Label, ...]

    def in_language(self, code: str) -> str:
        """The labels joined as the language joins them."""
        joint = "、" if code.lower().startswith("zh") else ", "
        return joint.join(label.in_language(code) for label in self.all)

    def __str__(self) -> str:
        return self.in_language("en")
