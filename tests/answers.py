"""What an answer says: its messages, its text, the rows of a file."""

import csv
import io
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from openpyxl import load_workbook


def messages_of(answer: Any) -> list[str]:
    """Messages to the employee on a page, or waiting for the page that an answer redirects to."""
    context = getattr(answer, "context", None)
    if context is not None and "messages" in context:
        return [_plain(str(message)) for message in context["messages"]]
    return [_plain(str(message)) for message in get_messages(answer.wsgi_request)]


def text_of(answer: HttpResponse) -> str:
    """The page with plain spaces."""
    return _plain(answer.content.decode())


def csv_rows(answer: Any) -> list[list[str]]:
    """Rows of a CSV file, its headings first."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def xlsx_rows(answer: Any) -> list[tuple[Any, ...]]:
    """Rows of the first sheet of a workbook, its headings first."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def _plain(text: str) -> str:
    return text.replace("\xa0", " ")
