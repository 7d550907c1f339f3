"""The two boots: the first does the node's first-boot work, the second finds nothing to do."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import card, initramfs, machines, network, visit
from .emulator import BootFailed, Emulator, flatten, make_overlay, until_hardware_lives
from .failover import Failover
from .image import Image

HOST_KEY_FILE = "/etc/ssh/ssh_host_ed25519_key.pub"
PROGRAM = "/usr/lib/kraken/kraken-firstboot"
SERVICES = ("kraken-firstboot.service", "kraken-network.service", "kraken-cluster.service")


@dataclass(frozen=True)
class Settings:
    machine: machines.Machine
    image: Path
    node_name: str
    user: str
    ssh_key: Path
    host_key: str
    own_initramfs: bool
    bond: bool
    cache: str
    patience: float
    work: Path


def prepare_boot_files(settings, image):
    """What the Pi's firmware would load from the boot partition, taken from there by the rig, as QEMU has no firmware."""
    folder = settings.work / "boot-files"
    folder.mkdir()
    wanted = {"kernel": settings.machine.kernels}
    if settings.machine.device_trees:
        wanted["device_tree"] = settings.machine.device_trees
    if settings.own_initramfs:
        wanted["initramfs"] = settings.machine.initramfs
    files = {}
    for kind, names in wanted.items():
        files[kind] = folder / machines.find_boot_file(image, names)
        image.copy_from_boot(files[kind].name, files[kind])
    if not settings.own_initramfs:
        files["initramfs"] = folder / "rig-initramfs.gz"
        initramfs.build(image, files["initramfs"], settings.work / "initramfs")
    files["command_line"] = machines.command_line(image, settings.machine)
    return files


def _last_words(guest, failed):
    """What the journal has of failed units."""
    units = [line.split()[0] for line in failed.splitlines()]
    return "".join("\n" + guest.text(f"sudo -n journalctl --no-pager --boot --lines 20 --unit {unit}") for unit in units)


class Rig:
    """One card: its overlay lives through both boots, like the card of a node that is switched off and on."""

    def __init__(self, settings, checks):
        self._settings = settings
        self._checks = checks
        self._given = Image(settings.image)
        self._overlay = settings.work / "card.qcow2"
        self._net = network.of_image(self._given, settings.work)

    def run(self):
        checks, given = self._checks, self._given
        print(f"the image as it was given ({given.path})", flush=True)
        card.check_file_systems(checks, given, self._settings.work)
        size = given.root_file_system()["size"]
        checks.check("the root file system has room to grow", size < given.root["size"] - (1 << 20),
                     f"{size} of {given.root['size']} bytes")
        files = prepare_boot_files(self._settings, given)
        print(f"command line: {files['command_line']}", flush=True)
        make_overlay(given.path, self._overlay)

        after_first = self._boot("first boot", files, second=False)
        after_second = self._boot("second boot", files, second=True)
        card.check_same(checks, after_first, after_second)

    def _boot(self, title, files, second):
        """Boots the card, checks the node from outside while it runs and the card once it is off; gives a snapshot."""
        before = self._settings.work / "card-before.qcow2"
        shutil.copyfile(self._overlay, before)

        def boot(attempt):
            work = self._settings.work / (title.replace(" ", "-") + (f"-{attempt}" if attempt > 1 else ""))
            work.mkdir()
            shutil.copyfile(before, self._overlay)
            return self._boot_once(title, files, work, second)

        return until_hardware_lives(boot)

    def _boot_once(self, title, files, work, second):
        print(f"{title} on {self._settings.machine.name}", flush=True)
        with Emulator(self._settings.machine, self._overlay, files, work, self._settings.cache, self._net,
                      (network.ONBOARD, network.ADAPTER)) as emulator:
            try:
                self._watch(emulator, work, second)
            except BootFailed:
                print(f"--- the last lines of the console ({emulator.log}):\n{emulator.tail()}\n---", flush=True)
                raise
            print(f"        {title}: off after {emulator.elapsed():.0f} s, {emulator.cpu_seconds:.0f} s of processor time, "
                  f"peak memory {emulator.peak_kib // 1024} MiB", flush=True)
        return self._check_card(title, work, second)

    def _watch(self, emulator, work, second):
        checks, settings = self._checks, self._settings
        guest, presented = visit.log_in(settings, emulator, work)
        checks.check("sshd shows the host key that is in the image", presented == settings.host_key,
                     "" if presented == settings.host_key else f"{presented}, expected {settings.host_key}")
        checks.check(f"{settings.user} logs in with the key", True)

        for service in SERVICES:
            unit = visit.wait_for_service(settings, emulator, guest, service)
            checks.check(f"{service} succeeded", visit.has_succeeded(unit), unit)
        name = guest.text("hostname")
        checks.check(f"the host name is {settings.node_name}", name == settings.node_name, name)
        size = int(guest.text("df -B1 --output=size / | tail -n 1"))
        checks.check("df sees the grown root file system", size > 0.9 * self._given.root["size"],
                     f"{size} of {self._given.root['size']} bytes")
        # The default target is reached some time after sshd; a unit that fails later than this is not seen.
        state = visit.wait_until_settled(settings, emulator, guest)
        failed = guest.text("systemctl --failed --no-legend --plain")
        checks.check("no unit failed", state == "running", f"{state}\n{failed}{_last_words(guest, failed)}" if failed else state)
        if second:
            self._run_again(guest)
            if settings.bond:
                Failover(checks, guest, emulator, self._net, settings.patience).run()
        checks.check("the node shut down by itself", visit.power_off(settings, emulator, guest))

    def _run_again(self, guest):
        """By hand, on a node that is finished: what it costs is printed, since an emulator's time proves nothing."""
        done = guest.run(f"bash -c 'time -p sudo -n {PROGRAM} run' 2>&1", allowed=None)
        words = done.stdout.split()
        times = {name: words[words.index(name) + 1] for name in ("real", "user", "sys") if name in words}
        self._checks.check("a run on the finished node succeeds", done.returncode == 0, done.stdout[-300:]
                           if done.returncode else " ".join(f"{name} {value} s" for name, value in times.items()))
        peak = guest.text("for s in firstboot network cluster; do systemctl show -p CPUUsageNSec kraken-$s.service; done")
        print(f"        processor time of the three services: {' '.join(peak.split())}", flush=True)

    def _check_card(self, title, work, second):
        checks = self._checks
        print(f"the card after the {title}", flush=True)
        raw = work / "card.img"
        flatten(self._overlay, raw)
        image = Image(raw)
        card.check_file_systems(checks, image, work)
        card.check_unmounted(checks, image)
        card.check_root_fills_partition(checks, image)
        checks.check("the partition table is the one given", (image.disk_id, image.boot, image.root)
                     == (self._given.disk_id, self._given.boot, self._given.root))
        status = card.read_status(checks, image)
        if status is not None:
            card.check_status(checks, status, self._settings.node_name)
            if self._net.manager:
                card.check_link_speeds(checks, status, self._settings.bond)
            if second:
                card.check_nothing_changed(checks, status)
        snapshot = card.snapshot(image, work / "snapshot")
        raw.unlink()
        return snapshot
