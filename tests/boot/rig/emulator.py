"""One run of QEMU: started on an overlay, watched through its serial log, always ended.

The given image is never written to: the guest's writes go to a qcow2 overlay of the next power of two (QEMU's SD cards
come in no other size). Waits look for a marker, with a bounded time; nothing here sleeps in the hope of something.
"""

import contextlib
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from . import network
from .manager import Manager
from .monitor import Monitor
from .programs import ProgramFailed, run
from .wiring import alone, free_port

PANIC = re.compile(rb"Kernel panic - not syncing[^\r\n]*|Internal error: Oops[^\r\n]*|"
                   rb"Reached target emergency\.target[^\r\n]*|rig: no partition is [^\r\n]*|rig: cannot mount [^\r\n]*")
# A guest that cannot switch the board off says this as the last thing.
HALTED = re.compile(rb"reboot: (Power down|System halted)")

# How much of what the card has accepted outlives the emulator. "through": all of it, since every write goes on to the
# host's memory. "writethrough" waits for the host's disk as well: on the Raspberry Pis' controllers after each 512 bytes,
# which can take longer than the ten seconds that their driver grants (then it gives up, and crashes: Linux 6.1,
# bcm2835-sdhost).
CACHES = {"unsafe": "cache=unsafe", "through": "cache.writeback=off,cache.no-flush=on",
          "writethrough": "cache=writethrough", "directsync": "cache=directsync"}


# QEMU's card controller of the Pis at times loses an interrupt on a busy machine, and answers to nothing from then on; its USB
# controller loses its devices. Neither says anything about the card.
_HARDWARE_DIED = re.compile(rb"sdhost-bcm2835 [^\r\n]*timeout waiting for hardware interrupt|dwc2 [^\r\n]*: Not connected")


class BootFailed(Exception):
    pass


class HardwareDied(BootFailed):
    """The emulated one: the boot is to be tried again, on the card as it was before."""


_ATTEMPTS = 3  # at a boot whose emulated hardware dies


def until_hardware_lives(boot):
    """Gives what BOOT(attempt) gives. It is called again, with 2 and 3, when the hardware died: on the card as it was before."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return boot(attempt)
        except HardwareDied as error:
            print(f"        the emulated hardware died: {error}", flush=True)
            if attempt == _ATTEMPTS:
                raise


def make_overlay(image, overlay):
    size = 1 << (os.path.getsize(image) - 1).bit_length()
    run("qemu-img", "create", "-q", "-f", "qcow2", "-b", image, "-F", "raw", overlay, str(size))


def flatten(overlay, raw):
    """What the card holds now, as a sparse raw image."""
    run("qemu-img", "convert", "-O", "raw", overlay, raw, timeout=600)


class Emulator:
    """Use as a context manager: leaving it ends QEMU whatever happened."""

    def __init__(self, machine, overlay, boot_files, work, cache, net, nics, wiring=None):
        """WIRING: to other nodes. Without it the node is alone, with somebody who plays its manager if it has one."""
        self.log = Path(work) / "serial.log"
        self.errors = Path(work) / "qemu.log"
        # A socket's name is short (unix(7): 108 bytes), a work folder's may not be.
        self._sockets = tempfile.TemporaryDirectory(prefix="kraken-qmp-")
        self._monitor = Path(self._sockets.name) / "monitor"
        self.peak_kib = 0
        self.cpu_seconds = 0.0
        self.started = time.monotonic()
        self._helpers = contextlib.ExitStack()
        self.machine = machine
        self._net = net
        self.manager = Manager(net.manager, free_port()) if net.manager and not wiring else None
        self.wiring = wiring or alone(net, self.manager.forwards() if self.manager else "")
        serials = ["null", "null"]
        serials[machine.console_serial] = f"file:{self.log}"
        self._command = [
            machine.qemu, "-M", machine.name, "-m", "1G", "-accel", "tcg,thread=multi,tb-size=256",
            *machine.more, "-kernel", boot_files["kernel"], "-initrd", boot_files["initramfs"],
            *(("-dtb", boot_files["device_tree"]) if machine.device_trees else ()),
            "-append", boot_files["command_line"],
            "-drive", f"file={overlay},{machine.card},format=qcow2,{CACHES[cache]}",
            *network.options(net, self.wiring, {nic: machine.nic_drivers[nic] for nic in nics}),
            "-no-reboot", "-display", "none", "-monitor", "none", "-qmp", f"unix:{self._monitor},server=on,wait=off",
            *(word for serial in serials for word in ("-serial", serial))]
        self._process = None

    def __enter__(self):
        if self.manager:
            self._helpers.enter_context(self.manager)
        with open(self.errors, "wb") as errors:
            self._process = subprocess.Popen([str(word) for word in self._command], stdin=subprocess.DEVNULL,
                                             stdout=errors, stderr=errors)
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self.sample()
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._helpers.close()
        self._sockets.cleanup()

    def cut_power(self):
        """At once, as from the node's view: nothing is flushed, nothing is said."""
        self._process.kill()
        self._process.wait()

    def monitor(self):
        return Monitor(self._monitor)

    def plug_in(self, nic):
        properties = self._net.device_properties(nic, self.machine.nic_drivers[nic])
        self._act_once(lambda monitor: monitor.plug_in(properties))

    def unplug(self, nic):
        self._act_once(lambda monitor: monitor.unplug(nic))

    def _act_once(self, act):
        monitor = self.monitor()
        act(monitor)
        monitor.close()

    def elapsed(self):
        return time.monotonic() - self.started

    def alive(self):
        return self._process.poll() is None

    def sample(self):
        """Notes QEMU's peak memory and processor time so far."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        if peak:
            self.peak_kib = max(self.peak_kib, int(peak[1]))
            self.cpu_seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def console(self):
        return self.log.read_bytes() if self.log.exists() else b""

    def tail(self, lines=30):
        """The last lines of the guest's console, and QEMU's own complaints."""
        console = self.console().decode(errors="replace").replace("\r", "").splitlines()
        # Slirp says this whenever a guest's interface is not up yet.
        complaints = [line for line in self.errors.read_text(errors="replace").splitlines() if "Slirp: Failed" not in line]
        return "\n".join(console[-lines:] + complaints[-5:])

    def wait_for(self, what, probe, deadline, pause=0.5):
        """Polls PROBE until it gives something; fails at DEADLINE (seconds since start), on a panic, or QEMU's end."""
        trouble = ""
        while True:
            self.sample()
            try:
                found = probe()
            except ProgramFailed as error:  # a busy guest may drop a connection: ask again
                found, trouble = None, f"; {error}"
            if found:
                return found
            for pattern, failure in ((_HARDWARE_DIED, HardwareDied), (PANIC, BootFailed)):
                said = pattern.search(self.console())
                if said:
                    raise failure(f"waiting for {what}: {said[0].decode(errors='replace')}")
            if not self.alive():
                raise BootFailed(f"waiting for {what}: QEMU ended with status {self._process.returncode}")
            if self.elapsed() > deadline:
                raise BootFailed(f"waiting for {what}: not there after {deadline:.0f} s{trouble}")
            time.sleep(pause)

    def wait_for_power_off(self, deadline):
        """True when the guest went down by itself. QEMU may go on with a halted board: leaving the context ends it."""
        self.wait_for("the guest to power off", lambda: not self.alive() or HALTED.search(self.console()), deadline)
        return HALTED.search(self.console()) is not None or self._process.returncode == 0
