"""What pages ask for on every visit is made once, and anew when something public changes."""

import pytest

from portal.core import freshness


@pytest.mark.django_db
def test_a_kept_thing_is_made_once_and_again_after_a_change() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [freshness.kept("count", make) for _ in range(3)] == [1, 1, 1]
    freshness.touch()
    assert freshness.kept("count", make) == 2
