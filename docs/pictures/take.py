# ruff: noqa: INP001 (a script beside its pictures, no package)
"""Pictures of the editors' and reviewers' guides, taken anew from a running demo.

`make run`, then `.venv/bin/python docs/pictures/take.py [http://127.0.0.1:8000]` (needs the packages of development
and Debian's Chromium).
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
PASSWORD = "vodokanal-demo"  # noqa: S105 (the demo's public password)
# Name of the picture, login, address.
PICTURES = (
    ("editor-desk", "editor", "/admin/"),
    ("editor-news", "editor", "/admin/pages/{news}/edit/"),
    ("editor-tariff", "editor", "/admin/pages/{tariff}/edit/"),
    ("editor-history", "editor", "/admin/pages/{news}/history/"),
    ("reviewer-queue", "reviewer", "/admin/complaints/"),
    ("reviewer-entry", "reviewer", "/admin/complaints/9/"),
)


def log_in(page: Page, site: str, name: str) -> None:
    """By the demo's password."""
    page.goto(f"{site}/accounts/login/")
    page.fill("main input[name=login]", name)
    page.fill("main input[name=password]", PASSWORD)
    page.press("main input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def numbers(page: Page, site: str) -> dict[str, int]:
    """The pages to show, by the content API."""

    def first(kind: str) -> int:
        return int(page.request.get(f"{site}/api/content/v2/pages/?type={kind}&limit=1").json()["items"][0]["id"])

    return {"news": first("cms_news.NewsPage"), "tariff": first("cms_tariffs.TariffPage")}


def main(site: str) -> None:
    """Take every picture into this folder."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, login, address in PICTURES:
            page = chromium.new_context(viewport={"width": 1200, "height": 760}, locale="ru-RU").new_page()
            log_in(page, site, login)
            page.goto(site + address.format(**numbers(page, site)))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=HERE / f"{name}.png")
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
