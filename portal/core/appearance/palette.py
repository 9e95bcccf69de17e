"""The site's colours in the company's hue: each keeps its luminance, so that every contrast stays as designed.

The colours themselves are those of `tokens.css`, read from there. Only the accent of the light theme is the company's
colour as it is; the form refuses one that cannot be read.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders

from portal.core.appearance.contrast import contrast, hue_and_saturation, luminance, with_luminance

TINTED = (
    *("accent", "accent-hover", "on-accent", "soft", "soft-hover", "on-soft", "water", "water-now"),
    *("deep", "deep-2", "deep-3", "on-deep-muted", "plain-hover", "on-plain"),
)
"""Tokens that carry the company's hue; ink, paper, warnings and dangers do not."""
EXACT = frozenset({"accent", "water-now"})
"""Tokens of the light theme that are the company's colour itself."""
DARKER = frozenset({"accent-hover", "on-soft"})
"""Tokens of the light theme that follow the luminance of the company's colour."""
READABLE = 4.5
"""Least contrast of text (WCAG 2.2, 1.4.3)."""

Colours = dict[str, str]
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6});")


@dataclass(frozen=True, slots=True)
class Palette:
    """Tokens by name, #rrggbb, of both themes."""

    light: Colours
    dark: Colours


@functools.cache
def designed() -> Palette:
    """The colours of `tokens.css`."""
    css = Path(str(finders.find("css/tokens.css"))).read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    return Palette(_tokens(light), _tokens(light) | _tokens(dark))


def _tokens(css: str) -> Colours:
    return {name: _six_digits(value) for name, value in _TOKEN.findall(css)}


def _six_digits(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


@functools.lru_cache(maxsize=8)
def palette(brand: str) -> Palette:
    """Return the palette in the hue of a company's colour (#rrggbb, readable: see `unreadable_on`)."""
    light, dark = designed().light, designed().dark
    brightness = luminance(brand) / luminance(light["accent"])
    scaled = {name: luminance(light[name]) * brightness for name in DARKER}
    return Palette(
        {name: brand if name in EXACT else _tinted(light[name], brand, scaled.get(name)) for name in TINTED},
        {name: _tinted(dark[name], brand) for name in TINTED},
    )


def _tinted(colour: str, brand: str, target: float | None = None) -> str:
    """The colour in the brand's hue, as strong as the brand is beside the designed accent."""
    hue, strength = hue_and_saturation(brand)
    _hue, saturation = hue_and_saturation(colour)
    _hue, designed_strength = hue_and_saturation(designed().light["accent"])
    return with_luminance(
        hue, min(1.0, saturation * strength / designed_strength), luminance(colour) if target is None else target
    )


def unreadable_on(brand: str) -> list[str]:
    """Return the designed grounds (#rrggbb) on which text of this colour, or white text on it, cannot be read."""
    light = designed().light
    grounds = (light["surface"], light["paper"], palette(brand).light["soft"])
    return [ground for ground in grounds if contrast(brand, ground) < READABLE]


def readable(brand: str) -> str:
    """Return the lightest colour of the brand's hue and saturation that can be read as text on every ground."""
    hue, saturation = hue_and_saturation(brand)
    target = luminance(brand)
    while unreadable_on(colour := with_luminance(hue, saturation, target)):
        target *= 0.95
    return colour
