"""`make cluster`: start the portal on several machines of one, print where they are, wait for Ctrl-C.

`--clean` removes what a cluster left that could not end itself.
"""

import signal
import sys

from tests.cluster.cluster import Cluster, missing, running
from tests.cluster.network import clean
from tests.cluster.portal_hosts import NAME
from tests.load.residents import PASSWORD


def describe(cluster: Cluster) -> None:
    """Print the hosts and how to try them."""
    hosts = (cluster.entry, *cluster.webs, *cluster.workers, cluster.primary, cluster.replica, cluster.pool)
    for host in (*hosts, cluster.redis, cluster.storage):
        print(f"{host.namespace.name:<20}{host.address:<14}{host.log.parent}")
    print(
        f"\nhttps://{NAME}/ with `{cluster.entry.address} {NAME}` in /etc/hosts; logins resident1…, accountant,"
        f" dispatcher: {PASSWORD}\nKill a host: ip netns pids {cluster.webs[0].namespace.name} | xargs kill -9"
        "\nCtrl-C ends all."
    )


def main() -> int:
    """Start the cluster; 1 when this machine lacks what it needs."""
    if "--clean" in sys.argv[1:]:
        clean()
        return 0
    if lacking := missing():
        print(f"make cluster: missing: {', '.join(lacking)}. As root: apt-get install pgbouncer iproute2 postgresql")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running() as cluster:
            describe(cluster)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
