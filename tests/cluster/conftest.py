"""One cluster for the tests of a module."""

import os
from collections.abc import Iterator

import pytest

from tests.cluster.cluster import Cluster, missing, running


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A running cluster. Tests of a module change it in their order."""
    if not os.environ.get("CLUSTER_TESTS"):
        pytest.skip("`make cluster-test` runs it")
    if lacking := missing():
        pytest.fail(f"this machine lacks {', '.join(lacking)}")
    with running(limited=False) as started:
        yield started
