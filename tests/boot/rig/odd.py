"""First boots with one thing wrong, each with the outcome that is defined for it."""

import json
import time

from . import card, console, network, visit
from .boots import SERVICES

LOG = "/var/log/kraken-firstboot.log"
TIMESYNC_STAMP = "/var/lib/systemd/timesync/clock"
# systemd sets the clock forward to this file's time as the first thing it does, on a machine without a clock chip.
CLOCK_EPOCH = "/usr/lib/clock-epoch"
_DAY = 86400
_YEAR_2099 = 4070908800


class OddBoot:
    """One that ends as if nothing had been wrong, unless a subclass says otherwise."""

    name = ""
    nics = (network.ONBOARD, network.ADAPTER)

    def __init__(self, settings, record, net):
        self.settings = settings
        self.record = record
        self.net = net

    def prepare(self, image):
        """Makes IMAGE (editable) wrong."""

    def meanwhile(self, emulator):
        """What happens before the node can be logged in to."""

    def log_in(self, emulator, work):
        return visit.log_in(self.settings, emulator, work)[0]

    def look(self, checks, emulator, guest):
        for service in SERVICES:
            unit = visit.wait_for_service(self.settings, emulator, guest, service)
            checks.check(f"{service} succeeded", visit.has_succeeded(unit), unit)
        name = guest.text("hostname")
        checks.check(f"the host name is {self.settings.node_name}", name == self.settings.node_name, name)
        self.ask(checks, guest, guest.text(f"sudo -n cat {LOG}"))

    def ask(self, checks, guest, log):
        """What is particular to this boot, while the node runs; LOG is what first boot has kept."""

    def look_at_card(self, checks, image, work):
        card.check_finished(checks, image, work, self.settings.node_name)


class _OddClock(OddBoot):
    starts_at = 0
    year = ""

    def prepare(self, image):
        for path in (CLOCK_EPOCH, TIMESYNC_STAMP):
            image.put(path, b"")
            image.set_modification_time(path, self.starts_at)

    def ask(self, checks, guest, log):
        checks.check(f"first boot began in {self.year}", log.startswith(f"{self.year}-"), log[:60])


class ClockIn1970(_OddClock):
    name = "clock-1970"
    starts_at = _DAY
    year = "1970"

    def ask(self, checks, guest, log):
        super().ask(checks, guest, log)
        ahead = int(guest.text("date +%s")) - self.record["build"]["clock"]
        checks.check("the clock now starts from when the image was made", 0 <= ahead < _DAY, f"{ahead} s ahead")
        stamp = int(guest.text(f"sudo -n stat -c %Y {TIMESYNC_STAMP}")) - self.record["build"]["clock"]
        checks.check("systemd-timesyncd's own floor is no earlier", stamp >= 0, f"{stamp} s ahead")


class ClockIn2099(_OddClock):
    """Nobody but a time server can tell that it is wrong: it is left alone."""
    name = "clock-2099"
    starts_at = _YEAR_2099
    year = "2099"

    def ask(self, checks, guest, log):
        super().ask(checks, guest, log)
        year = guest.text("date -u +%Y")
        checks.check("the clock was left alone", year == self.year, year)


class FullRoot(OddBoot):
    name = "full-root"
    _FILLER = "/filler"

    def prepare(self, image):
        image.fill(self._FILLER)

    def ask(self, checks, guest, log):
        checks.check("something failed for want of space", "No space left on device" in log)
        done = [step for step, state, _ in console.step_lines(log.encode()) if state == "done"]
        checks.check("grow-root made room", "grow-root" in done, " ".join(done))
        free = int(guest.text("df -B1 --output=avail / | tail -n 1"))
        checks.check("there is room now", free > 1 << 30, f"{free >> 20} MiB")


class ReadOnlyBootPartition(OddBoot):
    """The work is done, and only the report has no place to go."""
    name = "read-only-boot-partition"

    def prepare(self, image):
        lines = image.read_root_text("/etc/fstab", self.settings.work).splitlines()
        folder = self.record["boot_folder"]
        fields = [line.split() for line in lines]
        changed = ["\t".join([*words[:3], "ro", *words[4:]]) if words[1:2] == [folder] else line
                   for line, words in zip(lines, fields)]
        image.put("/etc/fstab", ("\n".join(changed) + "\n").encode())

    def ask(self, checks, guest, log):
        reason = f"{self.record['boot_folder']} is mounted read-only"
        checks.check("the log says why there is no status", f"the status was not written to the boot partition: {reason}"
                     in log, log[-200:])

    def look_at_card(self, checks, image, work):
        card.check_root_fills_partition(checks, image)
        checks.check("there is no status", not image.boot_has(card.STATUS_FILE))
        journal = json.loads(image.read_root_text(card.JOURNAL_FILE, work))
        states = {step["name"]: step["state"] for step in journal["steps"]}
        checks.check("the journal has every step done", set(states.values()) == {"done"} and "network" in states, states)


class LateAdapter(OddBoot):
    """Plugged in while first boot waits for it."""
    name = "late-adapter"
    nics = (network.ONBOARD,)
    _SECONDS_LATE = 15

    def meanwhile(self, emulator):
        emulator.wait_for("first boot to look for adapters", lambda: "network" in console.beginnings(emulator.console()),
                          600 * self.settings.patience)
        time.sleep(self._SECONDS_LATE)
        emulator.plug_in(network.ADAPTER)

    def ask(self, checks, guest, log):
        bond = guest.text("cat /proc/net/bonding/*")
        active = bond.partition("Currently Active Slave: ")[2].split("\n")[0]
        checks.check("the node works through the late adapter",
                     f"Permanent HW addr: {self.net.mac(network.ADAPTER)}" in bond.partition(f"Interface: {active}\n")[2]
                     .partition("Slave Interface")[0], bond[-600:])


class NoAdapter(OddBoot):
    name = "no-adapter"
    nics = (network.ONBOARD,)

    def ask(self, checks, guest, log):
        detail = [detail for step, state, detail in console.step_lines(log.encode()) if (step, state) == ("network", "done")]
        checks.check("the network is up, and the log says through what", bool(detail), detail[-1] if detail else log[-300:])


class HostileState(OddBoot):
    """A torn journal, and a record of the network before that would write outside of /etc."""
    name = "hostile-state"
    _TARGET = "/root/escaped"

    def prepare(self, image):
        image.make_folder("/var/lib/kraken")
        image.put(card.JOURNAL_FILE, b'{"format": "kraken-journal", "version": 1, "steps": [{"na')
        before = {"format": "kraken-network-before", "version": 1,
                  "files": {f"/etc/..{self._TARGET}": {"content": "escaped\n", "private": False}}}
        image.put("/var/lib/kraken/network-before.json", json.dumps(before).encode(), mode=0o600)
        image.put("/var/lib/kraken/network.json", b"\xff\x00" * 512)

    def ask(self, checks, guest, log):
        checks.check("the log says that the journal was started anew", "the journal was started anew" in log)
        checks.check("nothing was written outside of /etc", guest.run(f"sudo -n test -e {self._TARGET}",
                                                                      allowed=None).returncode == 1)


class HostileRecord(OddBoot):
    """Nothing is done, the status says why, and the node is there with the network that the image brings along."""
    name = "hostile-record"

    def prepare(self, image):
        image.put(network.RECORD, b"[" * 200000, mode=0o600)

    def log_in(self, emulator, work):
        return visit.log_in(self.settings, emulator, work, emulator.wiring.lease_port)[0]

    def look(self, checks, emulator, guest):
        unit = visit.wait_for_service(self.settings, emulator, guest, SERVICES[0])
        checks.check(f"{SERVICES[0]} failed, and did not crash", (unit.get("Result"), unit.get("ExecMainStatus"))
                     == ("exit-code", "3"), unit)

    def look_at_card(self, checks, image, work):
        status = card.read_status(checks, image)
        if status is None:
            return
        checks.check("its state is failed", status.get("state") == "failed", status.get("state"))
        notes = " ".join(status.get("notes", []))
        checks.check("a note says that nothing was done, and why", "nothing was done" in notes and network.RECORD in notes,
                     notes)
        checks.check("the root was left as it was", image.root_file_system()["size"] < image.root["size"] // 2)
        checks.check("there is no journal", not image.root_has(card.JOURNAL_FILE))


ALL = (ClockIn1970, ClockIn2099, FullRoot, ReadOnlyBootPartition, LateAdapter, NoAdapter, HostileState, HostileRecord)
