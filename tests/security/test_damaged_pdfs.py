"""FAULTS 11: whatever the bytes of a PDF, its check ends soon and raises nothing but a refusal."""

import contextlib
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from portal.core.files import pdf_rules
from portal.core.files.exceptions import FileRefused
from portal.core.files.pdf_rules import check_objects, check_pdf
from portal.core.files.pdf_syntax import PdfTooComplex, Sweep
from tests.hostile_pdfs import HARMLESS, STARTED, document, packed, plain, refusal, stream, updated

PIECES = [
    *[b"obj", b"1 0 ", b"<<", b">>", b"[", b"]", b"(", b")", b"\\", b"<", b">", b"/", b"%", b"\n", b"R ", b"7", b"-"],
    *[b"stream", b"endstream", b"/ObjStm/N 1/First 2", b"#4"],
]


@given(some.lists(some.sampled_from(PIECES)))
def test_no_garbage_raises_anything_else(pieces: list[bytes]) -> None:
    assert refusal(b"%PDF-1.7" + b"".join(pieces)) in {"broken", "too_complex", "active_content"}


def test_random_bytes_behind_the_heading_are_read_once() -> None:
    sweep = Sweep(b"%PDF-1.7" + os.urandom(2_000_000))
    try:
        assert len(sweep.objects()) < 100
    except PdfTooComplex:
        pytest.fail("random bytes took more than two passes")


def duplicates(targets: dict[int, int], copies: int) -> bytes:
    """Objects that are nothing but a reference: number to number, each written several times."""
    return b"".join(b"%d 0 obj %d 0 R endobj\n" % pair for pair in targets.items() for _copy in range(copies))


CIRCLES = {
    "one that names itself": {9: 9},
    "a pair": {9: 10, 10: 9},
    "a chain": {number: number + 1 for number in range(9, 60)},
    "a chain that returns": {number: number + 1 for number in range(9, 59)} | {59: 9},
}


@pytest.mark.parametrize("copies", [1, 2, 4])
@pytest.mark.parametrize("targets", CIRCLES.values(), ids=CIRCLES)
def test_each_object_number_is_followed_once(
    targets: dict[int, int], copies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_rules, "MAX_STEPS", 10 + 2 * len(targets) * copies)
    for key in (b"/OpenAction 9 0 R", b"/URI 9 0 R"):
        content = plain(document(key)) + duplicates(targets, copies)
        check_objects(content)
        hidden = content + b"%d 0 obj<</S/URI/Base(file:///a)>>endobj" % max(targets.values())
        assert refusal(hidden) == "active_content"


def test_references_that_lead_to_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = plain(document(page=b"/S 9 0 R" * 50)) + duplicates({9: 10}, 50)
    assert refusal(content) == ""
    monkeypatch.setattr(pdf_rules, "MAX_STEPS", 2000)
    assert refusal(content) == "too_complex"


def test_a_base_of_addresses_that_names_itself_is_followed_once() -> None:
    loop = {9: b"<</Base 9 0 R>>"}
    assert refusal(plain(document(b"/URI 9 0 R", more=loop))) == ""
    assert refusal(plain(document(b"/URI 9 0 R", more={9: b"<</Base 9 0 R/Base(file:///a)>>"}))) == "active_content"


def test_many_object_streams_without_an_end_are_refused() -> None:
    """Each would be searched for its end up to the end of the file."""
    streams = b"".join(b"%d 0 obj<</N 1/First 0/Length 1>>stream\n" % number for number in range(9, 2_009))
    counted = _CountedFinds(plain(HARMLESS) + streams)
    Sweep(counted).objects()
    assert counted.finds == 0


class _CountedFinds(bytes):
    finds = 0

    def find(self, *args: object) -> int:  # type: ignore[override]
        self.finds += 1
        return super().find(*args)  # type: ignore[arg-type]


def test_blanks_in_an_object_stream_are_not_read_for_each_of_its_objects() -> None:
    """A heading may name one place any number of times; only what is charged for is read there."""
    heading = b"6 0 " * 1000
    content = heading + b"[]" + b" " * 1000 + b"stream"
    sweep = Sweep(plain({5: stream(content, b"/Type/ObjStm/N 1000/First %d" % len(heading))}))
    assert {pdf_object.stream_at for pdf_object in sweep.objects() if pdf_object.number == 6} == {None}


def test_an_error_of_the_checker_refuses_the_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_sweep: Sweep) -> None:
        raise RecursionError

    monkeypatch.setattr(Sweep, "objects", fails)
    with pytest.raises(FileRefused, match="broken"):
        check_pdf(plain(HARMLESS))
    assert "The PDF checker failed" in caplog.text


BASES = [
    plain(
        document(b"/OpenAction 5 0 R/URI 6 0 R/AA 6 0 R", more={5: b"<</S 7 0 R>>", 6: b"<</Base 7 0 R>>", 7: b"/URI"})
    ),
    plain({**HARMLESS, 5: b"<</Type/ObjStm/N 1/First 4/Length 9/Filter/Fl>>stream\n6 0 null\nendstream"}),
    plain({**HARMLESS, 5: b"<</Type/ObjStm/N 1/First 4/Length 6 0 R>>stream\n6 0 9 null\nendstream"}),
    packed(document(page=b"/Annots[<</Subtype/Link/A<</S/URI/URI(https://gov.ru)>>>>]")),
    updated(plain(STARTED), HARMLESS),
]
INSERTED = [
    *[
        b"<<>>",
        b"[<<>>]",
        b"[[/Fl]]",
        b"null",
        b"-1",
        b"99999999999999999999",
        b"(\\",
        b"<FEFFD8",
        b"/",
        b"<<",
        b">>",
        b"[",
    ],
    *[b"5 0 R", b"6 0 R", b"7 0 R", b"-1 0 R", b"/Base 6 0 R", b"/F", b"/Filter", b"/First 0", b"/Length", b"endobj "],
    *[b"6 0 obj 6 0 R endobj ", b"7 0 obj 6 0 R endobj ", b"obj ", b"trailer", b"stream\n", b"endstream", b"%", b"\0"],
]
EDITS = some.tuples(some.floats(0, 1, exclude_max=True), some.integers(0, 12), some.sampled_from(INSERTED))


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(some.sampled_from(BASES), some.lists(EDITS, min_size=1, max_size=6))
def test_an_edited_pdf_raises_nothing_but_a_refusal(content: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    """Each edit replaces some bytes; check_objects has no net below it that would hide an error of its own."""
    for place, removed, inserted in edits:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    with contextlib.suppress(FileRefused):
        check_objects(content)


KEYS = [b"Type", b"S", b"URI", b"Base", b"OpenAction", b"AA", b"FS", b"Filter", b"First", b"N", b"Length", b"Next"]
SIMPLE = some.sampled_from([b"/Fl", b"/ObjStm", b"/URI", b"5 0 R", b"6 0 R", b"7 0 R", b"0", b"4", b"(a)", b"null"])
VALUES = some.recursive(
    SIMPLE,
    lambda inner: some.one_of(
        some.lists(inner, max_size=3).map(lambda items: b"[%s]" % b" ".join(items)),
        some.dictionaries(some.sampled_from(KEYS), inner, max_size=3).map(
            lambda pairs: b"<<%s>>" % b" ".join(b"/%s %s" % pair for pair in pairs.items())
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    some.lists(some.tuples(some.integers(5, 7), VALUES), max_size=4),
    some.dictionaries(some.sampled_from(KEYS), VALUES, max_size=4),
    some.sampled_from(KEYS),
    VALUES,
)
def test_values_of_the_wrong_kind_raise_nothing_but_a_refusal(
    objects: list[tuple[int, bytes]], entries: dict[bytes, bytes], key: bytes, value: bytes
) -> None:
    body = b"".join(b"%d 0 obj %s endobj\n" % pdf_object for pdf_object in objects)
    header = {b"N": b"1", b"First": b"4", **entries, key: value}
    pairs = b"".join(b"/%s %s" % pair for pair in header.items())
    with contextlib.suppress(FileRefused):
        check_objects(plain(document(pairs)) + body + b"9 0 obj<<%s>>stream\n6 0 null\nendstream endobj" % pairs)
