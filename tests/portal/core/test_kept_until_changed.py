"""What pages ask for on every visit is made once, and anew when something public changes."""

import pytest

from portal.core import cache_version


@pytest.mark.django_db
def test_a_kept_thing_is_made_once_and_again_after_a_change() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [cache_version.cached("count", make) for _ in range(3)] == [1, 1, 1]
    cache_version.bump()
    assert cache_version.cached("count", make) == 2
