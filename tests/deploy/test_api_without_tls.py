"""A program that sends its key without TLS is refused at port 80; only pages for people lead on to TLS (ASVS 4.1.2)."""

import re
from pathlib import Path

from tests.security.web_server import CONFIGURATION, web_server

WITHOUT_TLS = re.compile(r"location \^~ /api/ \{ return \d+; \}")


def test_the_api_is_refused_without_tls_and_pages_are_led_on(tmp_path: Path) -> None:
    plain = CONFIGURATION.read_text().partition("listen 80 default_server;")[2].partition("\n}")[0]
    assert WITHOUT_TLS.search(plain)
    assert "location / { return 301 https://" in plain
    with web_server(tmp_path, location=WITHOUT_TLS) as server:
        assert server.get("/api/v1/accounts/")[0] == 403
        assert server.get("/personal/")[0] == 418, "the control: everything else goes past the rule"
