"""How a reader wants the pages to look: theme, and the version for weak sight (ГОСТ Р 52872). Kept in a cookie.

The cookie holds nothing but words of OPTIONS, so it says nothing of a person; the pages work without it and without
JavaScript.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self

COOKIE = "look"
COOKIE_SECONDS = 365 * 24 * 3600
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "sight": ("usual", "weak"),
    "size": ("large", "larger", "largest"),
    "spacing": ("usual", "wide", "widest"),
    "colours": ("white", "black", "blue"),
    "pictures": ("hidden", "shown"),
}
"""What can be chosen; the first of each is the default. Sizes, spacing, colours, pictures are of weak sight alone."""


@dataclass(frozen=True, slots=True)
class Look:
    """One choice of each of OPTIONS."""

    theme: str = "system"
    sight: str = "usual"
    size: str = "large"
    spacing: str = "usual"
    colours: str = "white"
    pictures: str = "hidden"

    @classmethod
    def read(cls, cookie: str) -> Self:
        """Return what a cookie says; what is not of OPTIONS is ignored."""
        chosen = dict(pair.partition("-")[::2] for pair in cookie.split("."))
        return cls(**{name: value for name, value in chosen.items() if value in OPTIONS.get(name, ())})

    def with_choice(self, name: str, value: str) -> Self:
        """Return the look with one choice changed. Raises ValueError for what cannot be chosen."""
        if value not in OPTIONS.get(name, ()):
            raise ValueError(f"no such look: {name}")
        return replace(self, **{name: value})

    def written(self) -> str:
        """Return the text of the cookie: what differs from the defaults, «theme-dark.sight-weak»."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ".".join(f"{name}-{value}" for name, value in pairs if value != OPTIONS[name][0])

    @property
    def is_for_weak_sight(self) -> bool:
        return self.sight == "weak"

    def attributes(self) -> dict[str, str]:
        """Return what the stylesheets ask of <html>: all choices of weak sight, or the theme chosen over the device's.

        Weak sight has colours of its own.
        """
        if self.is_for_weak_sight:
            return {name: getattr(self, name) for name in OPTIONS if name != "theme"}
        return {} if self.theme == "system" else {"theme": self.theme}
