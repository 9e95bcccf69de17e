"""Colours written #rrggbb: relative luminance and contrast (WCAG 2.2), and a hue at a given luminance."""

import colorsys
import re

HEX_COLOUR = re.compile(r"\A#[0-9a-fA-F]{6}\Z")
_STEPS = 24
"""Halvings of the search for a lightness: finer than the 1/255 that a colour can say."""


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, 0–1. Raises ValueError for anything but #rrggbb."""
    if not HEX_COLOUR.match(colour):
        raise ValueError(colour)
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(channels: tuple[float, float, float]) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def luminance(colour: str) -> float:
    """Relative luminance of a colour, 0 (black) to 1 (white); WCAG 2.2."""
    return _luminance(channels(colour))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21; WCAG 2.2."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def hue_and_saturation(colour: str) -> tuple[float, float]:
    """Hue and saturation of a colour, each 0–1 (HSL)."""
    hue, _lightness, saturation = colorsys.rgb_to_hls(*channels(colour))
    return hue, saturation


def with_luminance(hue: float, saturation: float, target: float) -> str:
    """Return the colour of a hue and saturation (0–1) whose relative luminance is nearest to the target."""
    low, high = 0.0, 1.0
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if _luminance(colorsys.hls_to_rgb(hue, middle, saturation)) < target:
            low = middle
        else:
            high = middle
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colorsys.hls_to_rgb(hue, low, saturation))
