"""The index of the decision records names each of them."""

from tools import decisions


def test_the_index_is_current() -> None:
    assert decisions.INDEX.read_text(encoding="utf-8") == decisions.index(), "run: make decisions"
