"""What a node's two interfaces lead to: one Ethernet segment with the cluster's gateway, alone or with other nodes on it.

The way in leads to the sshd of each node's own address alone: a login through it proves that the node has taken it.
"""

import ipaddress
import os
import socket
import sys
from dataclasses import dataclass

from . import network
from .programs import run

_INSIDE = "KRAKEN_INSIDE_OWN_NETWORK"
_SWITCH = "switch"


@dataclass(frozen=True)
class Wiring:
    host: str  # with the port below it leads to the sshd of the node's own address
    port: int
    lease_port: int | None  # leads to that of the first address that DHCP gives, which is another
    cables: tuple  # QEMU's words for the ends at the node's interfaces


def alone(net, forwards=""):
    """A node that has the segment for itself, with QEMU as the gateway. FORWARDS are the manager's. A hub, since a gratuitous
    ARP and a backup interface's listening need one segment."""
    port, lease_port = free_port(), free_port()
    gateway = _gateway(net, {port: net.address, lease_port: _first_lease(net)})
    words = ["-netdev", f"{gateway}{forwards},id=gateway", "-netdev", "hubport,id=uplink,hubid=0,netdev=gateway"]
    for nic in network.NICS:
        words += ["-netdev", f"hubport,id={network.cable(nic)},hubid=0"]
    return Wiring("127.0.0.1", port, lease_port, tuple(words))


def together(nets):
    """Nodes on one switch, the kernel's, which is the gateway as well: for a program that is in a network of its own (QEMU's
    gateway answers for every address of the segment, also where it is another node's)."""
    prefix = ipaddress.ip_network(nets[0].subnet).prefixlen
    run("ip", "link", "add", _SWITCH, "type", "bridge", "forward_delay", "0")
    run("ip", "address", "add", f"{nets[0].gateway}/{prefix}", "dev", _SWITCH)
    run("ip", "link", "set", _SWITCH, "up")
    return [Wiring(net.address, 22, None, tuple(word for nic in network.NICS for word in _plug_into_switch(number, nic)))
            for number, net in enumerate(nets)]


def enter_own_network():
    """In a network that nothing else can reach, and that reaches nothing: starts the program again there, and never returns
    where it is not. Without root it has one of its own (user_namespaces(7))."""
    if _INSIDE in os.environ:
        run("ip", "link", "set", "lo", "up")
        return
    user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    os.execvpe("unshare", ["unshare", *user, "--net", sys.executable, "-B", *sys.argv], os.environ | {_INSIDE: "1"})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _plug_into_switch(number, nic):
    port = f"node{number}-{network.cable(nic)}"
    run("ip", "tuntap", "add", port, "mode", "tap")
    run("ip", "link", "set", port, "master", _SWITCH, "up")
    return "-netdev", f"tap,id={network.cable(nic)},ifname={port},script=no,downscript=no"


def _hosts(net):
    return list(ipaddress.ip_network(net.subnet).hosts())


def _first_lease(net):
    hosts = _hosts(net)
    return hosts[len(hosts) // 2]


def _gateway(net, ports):
    forwards = "".join(f",hostfwd=tcp:127.0.0.1:{port}-{address}:22" for port, address in ports.items())
    # Without leave to go any further: what a node sends to anywhere else ends here.
    return (f"user,restrict=on,net={net.subnet},host={net.gateway},dns={_hosts(net)[-2]},"
            f"dhcpstart={_first_lease(net)}{forwards}")
