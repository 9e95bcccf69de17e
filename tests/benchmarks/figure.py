"""A measured ratio and what it should be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A name, a value, and its bound: at most or at least."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        if self.at_most is not None and self.value > self.at_most:
            return False
        return self.at_least is None or self.value >= self.at_least

    @property
    def target(self) -> str:
        return f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
