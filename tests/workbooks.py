"""Workbooks of Excel, as somebody sends them."""

import io

from openpyxl import Workbook


def workbook(*sheets: list[list[object]]) -> bytes:
    """A workbook of such sheets, each a list of rows; they are named Лист1, Лист2…"""
    workbook, out = Workbook(), io.BytesIO()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets, 1):
        sheet = workbook.create_sheet(f"Лист{number}")
        for row in rows:
            sheet.append(row)
    workbook.save(out)
    return out.getvalue()
