"""Dice for drawn slips."""

import random

import pytest

from tests.portal.exchange.drawn_slips import SEED


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this test alone, the same for the same seed."""
    return random.Random(f"{SEED} {request.node.name}")
