"""The node's network as QEMU plays it: one Ethernet segment with the cluster's gateway, and two interfaces on it.

The first one is the board's own, or sits where the board's device tree has that; the second is the USB adapter.
"""

import ipaddress
import json
from dataclasses import dataclass

RECORD = "/etc/kraken/node.json"

ONBOARD = "onboard"
ADAPTER = "adapter"
_MACS = {ONBOARD: "52:54:00:00:00:03", ADAPTER: "52:54:00:00:01:03"}
_HUBPORTS = {ONBOARD: "h0", ADAPTER: "h1"}


@dataclass(frozen=True)
class NodeNetwork:
    address: str
    subnet: str
    gateway: str
    manager: str | None  # nobody when the node is the manager itself


def of_image(image, scratch):
    record = json.loads(image.read_root_text(RECORD, scratch))
    own = record["network"]
    subnet = ipaddress.ip_network(f"{own['address']}/{own['prefix']}", strict=False)
    managers = [host["address"] for host in record["hosts"] if host["role"] == "manager"]
    manager = managers[0] if managers and managers[0] != own["address"] else None
    return NodeNetwork(own["address"], str(subnet), own["gateway"], manager)


def mac(nic):
    return _MACS[nic]


def hubport(nic):
    """QEMU's name of the cable."""
    return _HUBPORTS[nic]


def device_properties(nic, driver):
    """What QEMU is to know of the interface, which is a DRIVER of its."""
    return {"driver": driver, "id": nic, "netdev": _HUBPORTS[nic], "mac": _MACS[nic]}


def options(wiring, nics):
    """QEMU's words for a node that hangs where WIRING says. NICS: interface to QEMU's driver. A hub, since a gratuitous ARP
    and a backup interface's listening need one segment."""
    words = []
    for number, uplink in enumerate(wiring.uplinks):
        words += ["-netdev", f"{uplink},id=u{number}", "-netdev", f"hubport,id=hu{number},hubid=0,netdev=u{number}"]
    for nic in (ONBOARD, ADAPTER):
        words += ["-netdev", f"hubport,id={_HUBPORTS[nic]},hubid=0"]
    for nic, driver in nics.items():
        words += ["-device", ",".join(f"{name}={value}" for name, value in device_properties(nic, driver).items())]
    return words
