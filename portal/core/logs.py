"""Log lines without what addresses tell: queries (words that staff search by) and account numbers of the API."""

import logging
import re

QUERY = re.compile(r"(?<=[^\s?])\?[^\s\"']+")
API_ACCOUNT = re.compile(r"(/api/v1/accounts/)[^/\s\"']+")


class AddressFilter(logging.Filter):
    """Cuts queries off addresses in a record's message and arguments, and account numbers out of the API's paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = without_query(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_query(argument) if isinstance(argument, str) else argument for argument in record.args
            )
        return True


def without_query(text: str) -> str:
    """`/admin/person/?q=Иванова` as `/admin/person/`."""
    return API_ACCOUNT.sub(r"\1-", QUERY.sub("", text))
