"""What pages cost: `python page_cost.py SETTINGS PATH…` prints, as JSON, CPU milliseconds and queries of each.

Run in a process of its own, for the portal and for a bare Wagtail project alike: the same client, no debugging, warm.
"""

import json
import os
import sys
import time
from pathlib import Path

ROUNDS, IN_A_ROUND, WARM = 9, 12, 8


def _milliseconds(client: object, path: str) -> float:
    """The least over rounds of the mean CPU time of a request, user and system together."""
    means = []
    for _round in range(ROUNDS):
        begun = time.process_time()
        for _turn in range(IN_A_ROUND):
            client.get(path)  # type: ignore[attr-defined]
        means.append((time.process_time() - begun) * 1000 / IN_A_ROUND)
    return min(means)


def main(settings_module: str, paths: list[str]) -> None:
    """Measure every path; a page that does not answer 200 stops the measurement."""
    here = Path.cwd()
    sys.path[:0] = [str(here), str(here / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["*"]
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, costs = Client(), {}
    for path in paths:
        for _turn in range(WARM):
            status = client.get(path).status_code
            if status != 200:
                raise SystemExit(f"{path}: {status}")
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked = len(queries)  # the next request forgets them
        costs[path] = {"ms": _milliseconds(client, path), "queries": asked}
    print(json.dumps(costs))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
