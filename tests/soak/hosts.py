"""Machines of a small data centre, made of network namespaces: each has an own address on every cable, and a cable can be pulled.

A pulled cable is what hurts: packets vanish and nobody says so, unlike a killed process, whose connections are closed.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from rewards_portal.supervisor.tree import end_with_parent

INSIDE = "PORTAL_SOAK_INSIDE"


class Net(StrEnum):
    """`DATA`: database, Redis and pages; `WORLD`: the way out, to EnKash."""

    DATA = "data"
    WORLD = "world"


_SUBNET = {Net.DATA: "10.77.0", Net.WORLD: "10.77.1"}


def move_in(arguments: list[str]) -> None:
    """Starts this program anew in a network of its own, where nothing else can be reached. Needs root."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        sys.exit("Network namespaces need root: run it with sudo, or in a container of its own.")
    os.execvpe("unshare", ["unshare", "--net", sys.executable, *arguments], {**os.environ, INSIDE: "1"})


def centre(net: Net) -> str:
    """Address of the machine in the middle, on which this program runs."""
    return f"{_SUBNET[net]}.1"


def network(net: Net) -> str:
    return f"{_SUBNET[net]}.0/24"


def lay_cables() -> None:
    _ip("link", "set", "lo", "up")
    for net in Net:
        _ip("link", "add", f"br-{net}", "type", "bridge")
        _ip("addr", "add", f"{centre(net)}/24", "dev", f"br-{net}")
        _ip("link", "set", f"br-{net}", "up")


@dataclass
class Host:
    """A machine with cables to both nets. `number`: the last part of its addresses."""

    name: str
    number: int
    pulled: set[Net] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._keeper = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], preexec_fn=end_with_parent)  # noqa: PLW1509
        until = time.monotonic() + 10
        while Path(f"/proc/{self._keeper.pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
            if time.monotonic() > until:
                raise RuntimeError(f"no namespace for {self.name}")
            time.sleep(0.01)
        self._inside("ip", "link", "set", "lo", "up")
        for net in Net:
            _ip("link", "add", self._cable(net), "type", "veth", "peer", "name", net, "netns", str(self._keeper.pid))
            _ip("link", "set", self._cable(net), "master", f"br-{net}", "up")
            self._inside("ip", "addr", "add", f"{self.address(net)}/24", "dev", net)
            self._inside("ip", "link", "set", net, "up")

    def reach_out(self, net: Net, port: int) -> None:
        """Lets 127.0.0.1 at that port be the machine in the middle: the portal speaks plain HTTP with nobody else."""
        middle = f"{centre(net)}:{port}"
        rule = f"-d 127.0.0.1 -p tcp --dport {port} -j DNAT --to-destination {middle}"
        self._inside("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1")
        self._inside("iptables", "-t", "nat", "-A", "OUTPUT", *rule.split())
        back = f"-o {net} -s 127.0.0.1 -j SNAT --to-source {self.address(net)}"
        self._inside("iptables", "-t", "nat", "-A", "POSTROUTING", *back.split())

    def address(self, net: Net) -> str:
        return f"{_SUBNET[net]}.{self.number}"

    def start(
        self, command: list[str], *, env: dict[str, str], output: IO[str], **more: Any
    ) -> "subprocess.Popen[str]":
        """The command, on this machine, in a session of its own."""
        words = ["nsenter", "--target", str(self._keeper.pid), "--net", "--", *command]
        return start(words, env=env, output=output, **more)

    def pull(self, net: Net) -> None:
        _ip("link", "set", self._cable(net), "down")
        self.pulled.add(net)

    def plug(self, net: Net) -> None:
        _ip("link", "set", self._cable(net), "up")
        self.pulled.discard(net)

    def _cable(self, net: Net) -> str:
        return f"{net}-{self.number}"

    def _inside(self, *words: str) -> None:
        subprocess.run(["nsenter", "--target", str(self._keeper.pid), "--net", "--", *words], check=True)


def start(command: list[str], *, env: dict[str, str], output: IO[str], **more: Any) -> "subprocess.Popen[str]":
    """The command, on the machine in the middle."""
    return subprocess.Popen(
        command,
        env=env,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - it makes one system call and nothing else
        **more,
    )


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
