"""Read every object that a PDF holds, wherever it lies and whether or not a cross-reference names it.

Viewers differ in which of two cross-references they follow and in how they repair a broken one. So nothing here follows
a cross-reference: each `obj` and `trailer` keyword of the file is read, and each object stream is opened.
"""

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

MAX_TOKENS = 2_000_000
MAX_DEPTH = 200
MAX_OBJECTS = 500_000
SPARE = 1024 * 1024
MAX_STRING = 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_FILTERS = 8
NO_NUMBER = -1
"""Of what no reference can mean: a trailer."""


class PdfTooComplex(Exception):
    """The file needs more work than a document of its size should."""


class PdfUnreadable(Exception):
    """An object stream cannot be opened."""


class Name(str):
    """A name with its #-escapes decoded, without the slash."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an indirect object."""

    number: int


@dataclass(slots=True)
class Dictionary:
    """Pairs in their order: a key that stands twice is seen twice."""

    pairs: "list[tuple[Name, Value]]" = field(default_factory=list)

    def all(self, key: str) -> "list[Value]":
        """Every value of a key."""
        return [value for name, value in self.pairs if name == key]


Value: TypeAlias = "Name | Ref | Dictionary | list[Value] | bytes | int | None"


@dataclass(slots=True)
class PdfObject:
    """Values after one `obj` or `trailer`, or at one position of an object stream.

    `number` is None for an object whose number is spelled so that we do not see it: any reference may mean it.
    """

    number: int | None
    values: list[Value]
    stream_at: int | None = None


_TOKEN = re.compile(
    rb"(?P<skip>[\0\t\n\f\r ]+|%[^\r\n]*)"
    rb"|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<hex><[^>]*>?)"
    rb"|(?P<string>\([^()\\]*+\))"
    rb"|(?P<other>.)",
    re.DOTALL,
)
_HEADING_WORD = re.compile(rb"\d{1,10}")
_END_OF_STREAM = re.compile(rb"endstream")
_KEYWORD = re.compile(rb"(?<!end)obj|trailer")
_NUMBER = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+\d{1,10}[\0\t\n\f\r ]*\Z")
_NUMBER_WIDTH = 40
_PAREN = re.compile(rb"[()]|\\.", re.DOTALL)
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")
_STREAM = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*stream(?:\r\n|\n|\r)?")
_INTEGER = re.compile(rb"[+-]?\d{1,18}\Z")
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


def _unescaped(match: re.Match[bytes]) -> bytes:
    escaped = match[1]
    if escaped[:1].isdigit() and escaped[:1] < b"8":
        return bytes([int(escaped, 8) & 0xFF])
    return _CONTROL.get(escaped, escaped)


def _name(token: bytes) -> Name:
    return Name(_HASH.sub(lambda match: bytes.fromhex(match[1].decode()), token[1:]).decode("latin-1"))


def _hex(token: bytes) -> bytes:
    digits = _NOT_HEX.sub(b"", token)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _paired(items: list[Value]) -> Dictionary:
    """Keys and values of a dictionary; what stands where a key belongs and is none is skipped, as viewers do."""
    made, at = Dictionary(), 0
    while at < len(items):
        key = items[at]
        if isinstance(key, Name):
            made.pairs.append((key, items[at + 1] if at + 1 < len(items) else None))
            at += 1
        at += 1
    return made


def _end_of_string(data: bytes, at: int) -> int:
    """Return where a string ends that holds parentheses; `at` is behind its first one."""
    depth = 1
    for match in _PAREN.finditer(data, at, at + MAX_STRING):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    if at + MAX_STRING < len(data):
        raise PdfTooComplex
    return len(data)


class _Nest:
    """The values read so far, and the dictionaries and arrays that are still open."""

    def __init__(self) -> None:
        self._items: list[Value] = []
        self._is_dictionary = False
        self._outer: list[tuple[list[Value], bool]] = []

    def take(self, kind: str | None, token: bytes) -> bool:
        """Take a token in; False for a keyword or a closing bracket that ends the object."""
        if kind == "name":
            self._items.append(_name(token))
        elif kind == "word":
            return self._word(token)
        elif kind == "open":
            self._open(token)
        elif kind == "close":
            return self._close()
        elif kind == "hex":
            self._items.append(_hex(token))
        elif kind == "string" or token[:1] == b"(":
            self._items.append(_ESCAPE.sub(_unescaped, token[1:-1]))
        return True

    def is_complete(self) -> bool:
        """Whether one value stands whole; a number may still become a reference."""
        return not self._outer and bool(self._items) and (not isinstance(self._items[-1], int) or len(self._items) > 2)

    def all(self) -> list[Value]:
        """The values; what was left open is closed."""
        while self._close():
            pass
        return self._items

    def _word(self, token: bytes) -> bool:
        if _INTEGER.match(token):
            self._items.append(int(token))
        elif token == b"R" and self._items and isinstance(self._items[-1], int):
            self._items.pop()
            number = self._items.pop() if self._items else None
            self._items.append(Ref(number) if isinstance(number, int) else None)
        elif self._outer or token in {b"true", b"false", b"null"} or token[:1] in b"+-.0123456789":
            self._items.append(None)
        else:
            return False
        return True

    def _open(self, token: bytes) -> None:
        if len(self._outer) == MAX_DEPTH:
            raise PdfTooComplex
        self._outer.append((self._items, self._is_dictionary))
        self._items, self._is_dictionary = [], token == b"<<"

    def _close(self) -> bool:
        if not self._outer:
            return False
        made: Value = _paired(self._items) if self._is_dictionary else self._items
        self._items, self._is_dictionary = self._outer.pop()
        self._items.append(made)
        return True


class Sweep:
    """One pass over a file, with limits on tokens, bytes, depth, objects and unpacked size.

    Raises PdfTooComplex at a limit, PdfUnreadable for an object stream that cannot be opened.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._tokens = MAX_TOKENS
        self._bytes = 2 * len(data) + SPARE
        self._unpacked = MAX_UNPACKED
        self._found = 0
        self._stream_ends = [match.start() for match in _END_OF_STREAM.finditer(data)]

    def objects(self) -> list[PdfObject]:
        """Every object of the file and of its object streams, in the order in which they lie."""
        objects = [self._read(self.data, match.end(), self._number(match)) for match in _KEYWORD.finditer(self.data)]
        lengths = {
            pdf_object.number: pdf_object.values[0]
            for pdf_object in objects
            if pdf_object.values and isinstance(pdf_object.values[0], int)
        }
        inner: list[PdfObject] = []
        for pdf_object in objects:
            if pdf_object.stream_at is not None and (header := _object_stream(pdf_object)) is not None:
                inner += self._opened(header, pdf_object.stream_at, lengths)
        return objects + inner

    def _number(self, keyword: re.Match[bytes]) -> int | None:
        if keyword[0] == b"trailer":
            return NO_NUMBER
        match = _NUMBER.search(self.data[max(0, keyword.start() - _NUMBER_WIDTH) : keyword.start()])
        return int(match[1]) if match else None

    def _read(self, data: bytes, at: int, number: int | None, *, single: bool = False) -> PdfObject:
        self._found += 1
        if self._found > MAX_OBJECTS:
            raise PdfTooComplex
        values, end = self._values(data, at, single=single)
        # No stream lies in an object stream; and blanks behind `end` were not charged for.
        match = None if single else _STREAM.match(data, end)
        return PdfObject(number, values, match.end() if match else None)

    def _values(self, data: bytes, at: int, *, single: bool) -> tuple[list[Value], int]:
        """The values from a place to the first keyword outside of dictionaries and arrays, and where that stands.

        `single` stops after the first value: objects of an object stream have no keyword between them.
        """
        nest = _Nest()
        while not (single and nest.is_complete()) and (match := _TOKEN.match(data, at)):
            self._tokens -= 1
            if self._tokens < 0:
                raise PdfTooComplex
            token, end = match[0], match.end()
            if token == b"(":
                end = _end_of_string(data, end)
                token = data[at:end]
            self._charge(end - at)
            if not nest.take(match.lastgroup, token):
                break
            at = end
        return nest.all(), at

    def _charge(self, size: int) -> None:
        self._bytes -= size
        if self._bytes < 0:
            raise PdfTooComplex

    def _opened(self, header: Dictionary, at: int, lengths: dict[int | None, int]) -> Iterator[PdfObject]:
        """Objects of an object stream: at each place that its heading names, and one after another."""
        content = self._payload(header, at, lengths)
        first = header.all("First")[0]
        if not isinstance(first, int) or not 0 <= first <= len(content):
            raise PdfUnreadable
        yield self._read(content, first, NO_NUMBER)  # all of them in a row
        heading = (int(match[0]) for match in _HEADING_WORD.finditer(content, 0, first))
        for number, offset in zip(heading, heading, strict=False):
            yield self._read(content, first + offset, number, single=True)

    def _payload(self, header: Dictionary, at: int, lengths: dict[int | None, int]) -> bytes:
        """The unpacked content of an object stream: as it stands, or packed by Flate."""
        ends = [self._end_of_stream(at)]
        for length in header.all("Length"):
            size = lengths.get(length.number) if isinstance(length, Ref) else length
            ends.append(at + size if isinstance(size, int) and size > 0 else -1)
        content = self.data[at : max(ends)] if max(ends) > at else self.data[at:]
        self._charge(len(content))
        filters = [name for value in header.all("Filter") for name in (value if isinstance(value, list) else [value])]
        supported = all(isinstance(name, Name) and name in {"FlateDecode", "Fl"} for name in filters)
        if not supported or len(filters) > MAX_FILTERS or header.all("DecodeParms"):
            raise PdfUnreadable
        for _packed in filters:
            content = self._inflated(content)
        return content

    def _end_of_stream(self, at: int) -> int:
        """Return where the first `endstream` from a place on stands; -1 for none."""
        index = bisect_left(self._stream_ends, at)
        return self._stream_ends[index] if index < len(self._stream_ends) else -1

    def _inflated(self, content: bytes) -> bytes:
        unpacker, made = zlib.decompressobj(), b""
        try:
            made = unpacker.decompress(content, self._unpacked + 1)
        except zlib.error as error:
            raise PdfUnreadable from error
        self._unpacked -= len(made)
        self._bytes += 3 * len(made)
        if self._unpacked < 0:
            raise PdfTooComplex
        return made


def _object_stream(pdf_object: PdfObject) -> Dictionary | None:
    """The dictionary of an object stream; None for other streams. Raises PdfUnreadable for one with two headings."""
    header = next((value for value in pdf_object.values if isinstance(value, Dictionary)), None)
    if header is None:
        return None
    named = "ObjStm" in header.all("Type")
    if not named and not (header.all("N") and header.all("First")):
        return None
    if len(header.all("First")) != 1 or len(header.all("Filter")) > 1:
        raise PdfUnreadable
    return header
