"""The node's network as QEMU plays it: one Ethernet segment with the cluster's gateway, and two interfaces on it.

The first one is the board's own, or sits where the board's device tree has that; the second is the USB adapter.
"""

import ipaddress
import json
from dataclasses import dataclass

RECORD = "/etc/kraken/node.json"

ONBOARD = "onboard"
ADAPTER = "adapter"
NICS = (ONBOARD, ADAPTER)


@dataclass(frozen=True)
class NodeNetwork:
    address: str
    subnet: str
    gateway: str
    manager: str | None  # nobody when the node is the manager itself

    def mac(self, nic):
        """No two nodes of a segment have the same one."""
        return f"52:54:00:00:{NICS.index(nic):02x}:{ipaddress.ip_address(self.address).packed[-1]:02x}"

    def device_properties(self, nic, driver):
        """What QEMU is to know of the interface, which is a DRIVER of its."""
        return {"driver": driver, "id": nic, "netdev": cable(nic), "mac": self.mac(nic)}


def of_image(image, scratch):
    record = json.loads(image.read_root_text(RECORD, scratch))
    own = record["network"]
    subnet = ipaddress.ip_network(f"{own['address']}/{own['prefix']}", strict=False)
    managers = [host["address"] for host in record["hosts"] if host["role"] == "manager"]
    manager = managers[0] if managers and managers[0] != own["address"] else None
    return NodeNetwork(own["address"], str(subnet), own["gateway"], manager)


def cable(nic):
    """QEMU's name of what the interface hangs on."""
    return f"h{NICS.index(nic)}"


def options(net, wiring, nics):
    """QEMU's words for a node that hangs where WIRING says. NICS: interface to QEMU's driver."""
    words = list(wiring.cables)
    for nic, driver in nics.items():
        words += ["-device", ",".join(f"{name}={value}" for name, value in net.device_properties(nic, driver).items())]
    return words
