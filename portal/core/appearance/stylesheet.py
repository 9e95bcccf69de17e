"""The stylesheet that puts the company's colours over the designed ones, on the site and in the admin."""

import colorsys
import hashlib

from portal.core.appearance.contrast import channels
from portal.core.appearance.palette import Colours, Palette, palette
from portal.core.stylesheets import with_theme

_ADMIN = (("primary", "on-plain"), ("primary-200", "deep"), ("secondary", "accent"), ("secondary-600", "accent-hover"))
"""Colours of Wagtail's admin, by our tokens of the light theme."""
_ADMIN_LINKS = (("link-default", "accent"), ("link-hover", "accent-hover"))


def version_of(brand: str) -> str:
    """Return what stands in the stylesheet's URL, so that a browser may keep it for good."""
    return hashlib.sha256(brand.encode()).hexdigest()[:8]


def stylesheet(brand: str) -> str:
    """Return the CSS of a company's colour (#rrggbb)."""
    colours = palette(brand)
    return (
        f":root{{{_declarations(colours.light)}{_admin(colours)}}}\n"
        + with_theme(f"@media (prefers-color-scheme:dark){{:root{{{_declarations(colours.dark)}}}}}\n")
        + f"@media (prefers-color-scheme:dark){{.w-theme-system{{{_admin_links(colours.dark)}}}}}\n"
        f".w-theme-dark{{{_admin_links(colours.dark)}}}\n"
    )


def _declarations(colours: Colours) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _admin(colours: Palette) -> str:
    parts = []
    for name, token in _ADMIN:
        hue, lightness, saturation = colorsys.rgb_to_hls(*channels(colours.light[token]))
        parts += [
            f"--w-color-{name}-hue:{hue * 360:.0f}deg;",
            f"--w-color-{name}-saturation:{saturation * 100:.0f}%;",
            f"--w-color-{name}-lightness:{lightness * 100:.1f}%;",
        ]
    return "".join(parts)


def _admin_links(colours: Colours) -> str:
    return "".join(f"--w-color-text-{name}:{colours[token]};" for name, token in _ADMIN_LINKS)
