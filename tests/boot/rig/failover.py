"""Losing the USB adapter, in both ways a link dies: traffic dead behind a live carrier, and the adapter unplugged."""

import re

from . import network
from .emulator import BootFailed

_BONDS = "ls /proc/net/bonding"
# Both ways of losing a packet count: no reply, and "no answer yet", which ping -O says at once.
_SUMMARY = re.compile(r"(\d+) packets transmitted, (\d+) received")


class Failover:
    def __init__(self, checks, guest, emulator, net, patience):
        self._checks = checks
        self._guest = guest
        self._emulator = emulator
        self._net = net
        self._patience = patience

    def run(self):
        bond = self._guest.text(_BONDS).split()
        self._checks.check("the two interfaces are one bond", len(bond) == 1, " ".join(bond))
        if len(bond) != 1:
            return
        self._bond = bond[0]
        adapter = self._name_of(network.ADAPTER)
        onboard = self._name_of(network.ONBOARD)
        active = self._active()
        self._checks.check("the bond works through the USB adapter", active == adapter,
                           active if active == adapter else self._described())
        monitor = self._emulator.monitor()
        self._lose("a dead link behind a live carrier", onboard, lambda: monitor.set_link(network.ADAPTER, False))
        self._regain("the link's return", lambda: monitor.set_link(network.ADAPTER, True))
        monitor.close()
        take, give_back = self._ways_to_take(adapter)
        self._lose("an adapter that is gone", onboard, take)
        self._regain("the adapter's return", give_back)

    def _ways_to_take(self, adapter):
        """The adapter pulled out, and put in again."""
        if self._emulator.machine.can_unplug:
            return (lambda: self._emulator.unplug(network.ADAPTER)), (lambda: self._emulator.plug_in(network.ADAPTER))
        # QEMU 7.2's dwc2 ends in an assertion (usb_ep_get: dev != NULL) when a device of its is taken away while the guest
        # polls it. The kernel's own way to let go of a USB device takes the interface away just the same.
        device = self._guest.text(f"basename $(dirname $(readlink -f /sys/class/net/{adapter}/device))")
        return (lambda: self._authorize(device, 0)), (lambda: self._authorize(device, 1))

    def _lose(self, what, onboard, act):
        self._change(what, act, lambda active: active == onboard)

    def _regain(self, what, act):
        # It may come back under another name.
        self._change(what, act, lambda active: active == self._name_of(network.ADAPTER))

    def _change(self, what, act, arrived):
        """ACT, while the node pings its gateway; ARRIVED says of the bond's active interface whether it has moved."""
        guest = self._guest
        guest.run(f"ping -i 0.2 {self._net.gateway} > /tmp/pings 2>&1 & echo $! > /tmp/ping-pid")
        act()
        found = self._wait_for(f"the bond to move after {what}", lambda: arrived(self._active()))
        answer = guest.run(f"ping -c 3 -W 2 {self._net.gateway}", allowed=None)
        said = guest.text("kill -INT $(cat /tmp/ping-pid); sleep 0.5; cat /tmp/pings")
        counts = _SUMMARY.search(said)
        lost = int(counts[1]) - int(counts[2]) if counts else -1
        self._checks.check(f"the node keeps its address through {what}", bool(found) and answer.returncode == 0,
                           f"{lost} of {counts[1] if counts else '?'} pings lost, 5 a second, through {self._active()}")

    def _wait_for(self, what, probe):
        try:
            return self._emulator.wait_for(what, probe, self._emulator.elapsed() + 60 * self._patience)
        except BootFailed as error:
            raise BootFailed(f"{error}\n{self._described()}") from error

    def _described(self):
        return self._guest.text(f"cat /proc/net/bonding/{self._bond}; ip -brief link; "
                                "sudo -n journalctl --no-pager --boot --lines 60 --unit 'ifup@*' --unit networking")

    def _authorize(self, device, value):
        self._guest.run(f"echo {value} | sudo -n tee /sys/bus/usb/devices/{device}/authorized")

    def _active(self):
        return self._guest.text(f"cat /sys/class/net/{self._bond}/bonding/active_slave 2>/dev/null || true")

    def _name_of(self, nic):
        """The interface whose adapter was made with that address: as a port it may use another one."""
        text = self._guest.text(f"cat /proc/net/bonding/{self._bond}")
        for part in text.split("Slave Interface: ")[1:]:
            if f"Permanent HW addr: {self._net.mac(nic)}" in part:
                return part.split()[0]
        return None
