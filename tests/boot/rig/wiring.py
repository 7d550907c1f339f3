"""What a node's two interfaces lead to: one Ethernet segment with the cluster's gateway, alone or with other nodes on it.

A port of the loopback device is forwarded to each node's own address alone: a login through it proves that the node has
taken it.
"""

import ipaddress
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Wiring:
    port: int  # leads to the sshd of the node's own address
    lease_port: int | None  # and to that of the first address that DHCP gives, which is another
    uplinks: tuple  # what is on the node's hub beside its interfaces: QEMU's -netdev, without an id


def alone(network, forwards=""):
    """A node that has the segment for itself. FORWARDS are the manager's."""
    port, lease_port = free_port(), free_port()
    return Wiring(port, lease_port, (_gateway(network, {port: network.address, lease_port: _first_lease(network)}) + forwards,))


def together(networks):
    """Nodes of one segment, of which the first one's emulator plays the gateway and has a cable to each other one's. It must
    be started first."""
    ports = [free_port() for _ in networks]
    cables = [free_port() for _ in networks[1:]]
    gateway = _gateway(networks[0], {port: network.address for port, network in zip(ports, networks)})
    first = (gateway, *(f"socket,listen=127.0.0.1:{cable}" for cable in cables))
    others = ((f"socket,connect=127.0.0.1:{cable}",) for cable in cables)
    return [Wiring(port, None, uplinks) for port, uplinks in zip(ports, (first, *others))]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _hosts(network):
    return list(ipaddress.ip_network(network.subnet).hosts())


def _first_lease(network):
    hosts = _hosts(network)
    return hosts[len(hosts) // 2]


def _gateway(network, ports):
    forwards = "".join(f",hostfwd=tcp:127.0.0.1:{port}-{address}:22" for port, address in ports.items())
    return (f"user,net={network.subnet},host={network.gateway},dns={_hosts(network)[-2]},"
            f"dhcpstart={_first_lease(network)}{forwards}")
