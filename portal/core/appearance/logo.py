"""The company's logo in the sizes that pages and browsers ask for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wagtail.images.models import AbstractImage

ICON_SIZES = (192, 512)
"""Widths of the icons of the manifest, px."""


@dataclass(frozen=True, slots=True)
class Logo:
    """Addresses of a logo's pictures: of the page's header (96 px high), the browser's tab, the home screen by size."""

    header: str
    tab: str
    icons: dict[int, str]


def renditions_of(image: "AbstractImage") -> Logo:
    """Make the pictures of a logo, square but for the header's, which keeps its shape up to 3 : 1."""
    return Logo(
        image.get_rendition("max-288x96").url,
        image.get_rendition("fill-64x64|format-png").url,
        {size: image.get_rendition(f"fill-{size}x{size}|format-png").url for size in ICON_SIZES},
    )
