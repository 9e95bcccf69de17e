"""A TrueType font without what a PDF has no use for: hinting programs and eighteen kilobytes of names.

Two faces of PT Sans weigh 60 KB in each document otherwise; a month of a hundred thousand receipts feels that.
"""

import io
import struct
from itertools import pairwise

from reportlab.pdfbase.ttfonts import TTFontFile, TTFontMaker

COPIED = ("OS/2", "cmap", "hhea", "hmtx", "maxp", "post")
NAME_IDS = (1, 2, 4, 6)  # family, style, full name, PostScript name
WINDOWS_UNICODE_ENGLISH = (3, 1, 0x409)

MORE_COMPONENTS = 0x0020
ARGUMENTS_ARE_WORDS = 0x0001
HAS_SCALE = 0x0008
HAS_TWO_SCALES = 0x0040
HAS_MATRIX = 0x0080
HAS_INSTRUCTIONS = 0x0100


def slim_font(data: bytes) -> bytes:
    """Return the font with the same glyphs, widths and characters, unhinted and with four names only."""
    font = TTFontFile(io.BytesIO(data))
    maker = TTFontMaker()
    for tag in COPIED:
        maker.add(tag, font.get_table(tag))
    maker.add("name", _names(font.get_table("name")))
    glyphs, locations = _unhinted(font)
    maker.add("glyf", glyphs)
    maker.add("loca", struct.pack(f">{len(locations)}L", *locations))
    head = bytearray(font.get_table("head"))
    struct.pack_into(">h", head, 50, 1)  # long locations
    maker.add("head", bytes(head))
    return maker.makeStream()


def _names(table: bytes) -> bytes:
    _, count, strings = struct.unpack_from(">HHH", table)
    kept: list[tuple[int, bytes]] = []
    for index in range(count):
        platform, encoding, language, name, length, offset = struct.unpack_from(">6H", table, 6 + 12 * index)
        if (platform, encoding, language) == WINDOWS_UNICODE_ENGLISH and name in NAME_IDS:
            kept.append((name, table[strings + offset : strings + offset + length]))
    records, texts = b"", b""
    for name, text in sorted(kept):
        records += struct.pack(">6H", *WINDOWS_UNICODE_ENGLISH, name, len(text), len(texts))
        texts += text
    return struct.pack(">HHH", 0, len(kept), 6 + len(records)) + records + texts


def _unhinted(font: TTFontFile) -> tuple[bytes, list[int]]:
    source = font.get_table("glyf")
    (long_locations,) = struct.unpack_from(">h", font.get_table("head"), 50)
    table = font.get_table("loca")
    if long_locations:
        positions = list(struct.unpack(f">{len(table) // 4}L", table))
    else:
        positions = [2 * value for value in struct.unpack(f">{len(table) // 2}H", table)]
    glyphs = bytearray()
    locations = [0]
    for start, end in pairwise(positions):
        glyph = _without_instructions(source[start:end])
        glyphs += glyph + bytes(-len(glyph) % 4)
        locations.append(len(glyphs))
    return bytes(glyphs), locations


def _without_instructions(glyph: bytes) -> bytes:
    if not glyph:
        return b""
    (contours,) = struct.unpack_from(">h", glyph)
    if contours < 0:
        return _composite_without_instructions(glyph)
    points = 10 + 2 * contours
    (length,) = struct.unpack_from(">H", glyph, points)
    return glyph[:points] + b"\0\0" + glyph[points + 2 + length :]


def _composite_without_instructions(glyph: bytes) -> bytes:
    result = bytearray(glyph)
    position = 10
    flags = MORE_COMPONENTS
    while flags & MORE_COMPONENTS:
        (flags,) = struct.unpack_from(">H", glyph, position)
        struct.pack_into(">H", result, position, flags & ~HAS_INSTRUCTIONS)
        position += 8 if flags & ARGUMENTS_ARE_WORDS else 6
        if flags & HAS_SCALE:
            position += 2
        elif flags & HAS_TWO_SCALES:
            position += 4
        elif flags & HAS_MATRIX:
            position += 8
    return bytes(result[:position])
