"""A network of hosts on one machine: a bridge, and a network namespace for each host."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

PREFIX = "portal"
SUBNETS = range(77, 100)
"""Second number of the network 10.N.0.0/24: the first that no other cluster of this machine has."""
ENDS_WITHIN = 30


class IpRefused(RuntimeError):
    """ip of iproute2 did not do what it was asked for; the text says why."""


def ip(*arguments: str, namespace: str = "") -> None:
    """Run ip of iproute2. Raises IpRefused."""
    command = ["ip", *(["-n", namespace] if namespace else []), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise IpRefused(f"{' '.join(command)}: {done.stderr.strip()}")


class Namespace:
    """The network of one host; what runs in it sees its own loopback and one address on the bridge."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address
        self._programs: list[subprocess.Popen[bytes]] = []

    def command(self, *words: str | Path, user: str = "") -> list[str]:
        """The words that run a command in here, as another user if asked."""
        as_user = ["runuser", "-u", user, "--"] if user else []
        return ["ip", "netns", "exec", self.name, *as_user, *map(str, words)]

    def start(self, *words: str | Path, env: Mapping[str, str], log: Path, user: str = "", cwd: Path) -> None:
        """Start a program that outlives the call; it ends with `kill`."""
        command = self.command(*words, user=user)
        with log.open("ab") as output:
            self._programs.append(
                subprocess.Popen(command, env=env, cwd=cwd, stdout=output, stderr=output, start_new_session=True)
            )

    def run(self, *words: str | Path, env: Mapping[str, str], user: str = "", cwd: Path) -> str:
        """Run a command to its end; returns its output. Raises RuntimeError with what it wrote when it fails."""
        command = self.command(*words, user=user)
        done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-3000:]}")
        return done.stdout

    def processes(self) -> list[int]:
        """Process ids of everything that runs in here."""
        found = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to everything that runs in here."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """End everything at once, as a power cut does. Raises TimeoutError."""
        until = time.monotonic() + ENDS_WITHIN
        while pids := self.processes():
            if time.monotonic() > until:
                raise TimeoutError(f"{self.name}: processes {pids} do not end")
            self.signal(signal.SIGKILL)
            for program in self._programs:
                program.poll()
            time.sleep(0.05)
        for program in self._programs:
            program.wait(ENDS_WITHIN)
        self._programs.clear()

    def remove(self) -> None:
        """End everything and take the namespace and its cable away."""
        self.kill()
        # The kernel keeps a namespace with its cable until the last half-closed connection gives up: minutes.
        with contextlib.suppress(IpRefused):
            ip("link", "del", "eth0", namespace=self.name)
        ip("netns", "del", self.name)


class Network:
    """A bridge with the address 10.N.0.1, and hosts 10.N.0.x on it."""

    def __init__(self) -> None:
        self.number = self._claim()
        self.bridge = f"{PREFIX}{self.number}"
        self.hosts: list[Namespace] = []
        ip("addr", "add", f"{self.address(1)}/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")

    @staticmethod
    def _claim() -> int:
        for number in SUBNETS:
            with contextlib.suppress(IpRefused):  # another cluster has this one
                ip("link", "add", f"{PREFIX}{number}", "type", "bridge")
                return number
        raise RuntimeError("no free network: `python -m tests.cluster --clean` removes what ended clusters left")

    def address(self, last: int) -> str:
        """An address of the network."""
        return f"10.{self.number}.0.{last}"

    def add(self, name: str, last: int) -> Namespace:
        """A host with an address."""
        host = Namespace(f"{self.bridge}-{name}", self.address(last))
        cable = f"p{self.number}-{last}"
        ip("netns", "add", host.name)
        self.hosts.append(host)
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
        ip("link", "set", cable, "master", self.bridge, "up")
        ip("addr", "add", f"{host.address}/24", "dev", "eth0", namespace=host.name)
        ip("link", "set", "eth0", "up", namespace=host.name)
        ip("link", "set", "lo", "up", namespace=host.name)
        return host

    def remove(self) -> None:
        """End all hosts and take the network away."""
        for host in self.hosts:
            host.remove()
        ip("link", "del", self.bridge)


def clean() -> None:
    """Remove all networks of this kind, those of clusters that run included."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        name = line.split()[0]
        if any(name.startswith(f"{PREFIX}{number}-") for number in SUBNETS):
            Namespace(name, "").remove()
    for number in SUBNETS:
        with contextlib.suppress(IpRefused):
            ip("link", "del", f"{PREFIX}{number}")
