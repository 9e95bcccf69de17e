"""Refusing to bill before the company has entered what a bill needs."""

from collections.abc import Collection

from portal.billing.enums import SetupStep
from portal.billing.exceptions import SetupIncomplete
from portal.billing.selectors.setup import setup_gaps
from portal.core.periods import Period

TO_ISSUE = frozenset(SetupStep)
TO_CLOSE = TO_ISSUE - {SetupStep.NORMS}
"""Steps that a closing needs: of norms each account's closing says by itself whether it needs one."""


def require_setup(period: Period, *, steps: Collection[SetupStep]) -> None:
    """Check that these steps of the setup are done for a month. Raises SetupIncomplete with what is missing."""
    gaps = [gap for gap in setup_gaps(period) if gap.step in steps]
    if gaps:
        raise SetupIncomplete(period=period, gaps=gaps)
