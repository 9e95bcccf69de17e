"""What a phone loads with the first page: how many files, how many bytes; and how the stylesheets are put together."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, override_settings

from portal.core import stylesheets
from tests.people import Cast

MOST_REQUESTS = 10
MOST_BYTES = 60 * 1024
MOST_SCRIPT = 20 * 1024
NAMED = re.compile(r"""(?:src|href)="/(static/[^"#?]+|media/[^"#?]+|manifest\.webmanifest)(?=["#?])""")
PUBLIC = ("/", "/news/", "/tariffs/", "/documents/", "/complaints/", "/accounts/login/")
CABINET = ("/personal/", "/personal/readings/", "/personal/consumption/", "/personal/ledger/", "/personal/pay/")


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def loaded(client: Client, path: str) -> dict[str, int]:
    """Compressed size of the page and of every file it names, by URL."""
    page = client.get(path)
    assert page.status_code == 200
    sizes = {path: compressed(page.content)}
    for name in set(NAMED.findall(page.content.decode())):
        content = (
            Path(str(finders.find(name.removeprefix("static/")))).read_bytes()
            if name.startswith("static/")
            else client.get(f"/{name}").content
        )
        sizes[name] = compressed(content)
    return sizes


def require_light(sizes: dict[str, int]) -> None:
    assert len(sizes) <= MOST_REQUESTS, sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) <= MOST_SCRIPT, sizes
    assert sum(name.endswith(".css") for name in sizes) == 1, sizes


@pytest.mark.usefixtures("site_pages")
@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_light(client: Client, path: str) -> None:
    require_light(loaded(client, path))


@pytest.mark.parametrize("path", CABINET)
def test_a_page_of_the_account_is_light(client: Client, cast: Cast, path: str) -> None:
    client.force_login(cast.anna.user)
    require_light(loaded(client, path))


def test_the_stylesheets_hold_every_part_and_know_the_chosen_theme() -> None:
    css = stylesheets.build("css/site.css")
    assert css.count("{") == css.count("}")
    assert ".bottom-bar" in css
    assert "@media print{" in css
    assert ':root:where([data-theme="dark"]){--paper:' in css


def test_rules_for_a_dark_device_hold_for_the_chosen_theme_and_gain_no_weight() -> None:
    css = ".a{b:c}@media (prefers-color-scheme:dark){:root{--d:1}.e,.f{g:h}}.i{j:k}"
    device, chosen = ':root:where(:not([data-theme="light"]))', ':root:where([data-theme="dark"])'
    assert stylesheets.with_theme(css) == (
        f".a{{b:c}}@media (prefers-color-scheme:dark){{{device}{{--d:1}}{device} .e,{device} .f{{g:h}}}}"
        f"{chosen}{{--d:1}}{chosen} .e,{chosen} .f{{g:h}}.i{{j:k}}"
    )


def test_collectstatic_writes_them(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=str(tmp_path), BUILT_STYLESHEETS=tmp_path / "built"):
        call_command("collectstatic", interactive=False, verbosity=0)
    for name in stylesheets.STYLESHEETS:
        assert (tmp_path / name).read_text() == stylesheets.build(name)
