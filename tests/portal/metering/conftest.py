"""The clerk of the office's tests."""

from tests.portal.office.conftest import clerk

__all__ = ["clerk"]
