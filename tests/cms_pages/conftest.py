"""Numbers that a closing needs, as the office's tests have them."""

from tests.portal.office.conftest import numbers

__all__ = ["numbers"]
