"""A cluster as `make load` loads it: locust on a machine of its own, web hosts with a share of a core each."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.cluster.cluster import running
from tests.cluster.portal_hosts import NAME
from tests.load.__main__ import Portal

CPU_PERCENT = int(os.environ.get("LOAD_CPU_PERCENT", "30"))
CLIENT = 3
"""Last number of locust's address."""


def portals() -> Iterator[tuple[str, AbstractContextManager[Portal]]]:
    """Names and running portals: with one web host, then with two."""
    for web_hosts in (1, 2):
        yield f"cluster-{web_hosts}-web", _running(web_hosts)


@contextmanager
def _running(web_hosts: int) -> Iterator[Portal]:
    # The client plays the visitors' own proxy, as on one machine: it is believed about their addresses.
    with running(web_hosts=web_hosts, limited=False, trusted=CLIENT) as cluster:
        client = cluster.network.add("client", CLIENT)
        # `ip netns exec` shows the files of this folder in /etc: the site's name leads to the entry.
        names = Path("/etc/netns") / client.name
        names.mkdir(parents=True)
        try:
            (names / "hosts").write_text(f"127.0.0.1 localhost\n{cluster.entry.address} {NAME}\n")
            for web in cluster.webs:
                web.limit(CPU_PERCENT)
            yield Portal(
                f"https://{NAME}",
                cluster.folder,
                {**os.environ, **cluster.settings, "REQUESTS_CA_BUNDLE": str(cluster.entry.certificate)},
                lambda: sum(web.cpu_seconds() for web in cluster.webs),
                tuple(client.command()),
            )
        finally:
            shutil.rmtree(names)
