"""Power cuts at random moments of a first boot: the emulator is killed, and the next boot must finish the job."""

import shutil
import time

from . import card, console, moments, network, torn, trees, visit
from .boots import SERVICES, prepare_boot_files
from .checks import Checks
from .emulator import BootFailed, Emulator, flatten, make_overlay
from .image import Image
from .programs import ProgramFailed

_SECONDS_TO_A_PART = 600


class Sweep:
    def __init__(self, settings, checks):
        self._settings = settings
        self._checks = checks
        self._given = Image(settings.image)
        self._net = network.of_image(self._given, settings.work)

    def run(self, count, seed, only=None):
        """COUNT cuts at the moments that SEED gives, or of those the one whose number is ONLY."""
        self._prepare()
        self._boot_uncut()
        drawn = moments.draw(count, seed, self._lengths)
        for number, moment in enumerate(drawn, 1):
            if only in (None, number):
                self._try(number, moment, f"--cuts {count} --seed {seed} --only {number}")

    def _prepare(self):
        work = self._settings.work
        self._given.copy_boot_tree(work / "given-boot")
        self._given_boot = trees.boot_files(work / "given-boot")
        files = prepare_boot_files(self._settings, self._given)
        self._files = files | {"command_line": f"{files['command_line']} {console.FORWARD}"}

    def _boot_uncut(self):
        """The reference: how long each part takes, and what a node looks like that nobody disturbed."""
        print("the reference: a first boot that is not cut", flush=True)
        work = self._settings.work / "reference"
        work.mkdir()
        text = self._boot_to_the_end(self._checks, work, work / "card.qcow2", fresh=True)
        try:
            self._lengths = moments.durations(console.beginnings(text))
        except ValueError as error:
            raise BootFailed(str(error)) from None
        self._expected = self._check_end(self._checks, work, work / "card.qcow2")
        print("        " + ", ".join(f"{part} {length:.1f} s" for part, length in self._lengths.items()), flush=True)

    def _try(self, number, moment, again):
        print(f"cut {number}: {moment}", flush=True)
        work = self._settings.work / f"cut-{number:02d}"
        work.mkdir()
        checks = Checks(quiet=True)
        try:
            self._cut_and_recover(checks, work, moment)
        except (BootFailed, ProgramFailed) as error:
            checks.check("the rig came to its end", False, error)
        self._checks.add(checks)
        print(f"  {'FAIL' if checks.failed else 'ok  '}  cut {number}: {checks.summary()}", flush=True)
        if checks.failed:
            print(f"        again with {again}; the disk: {work}", flush=True)
        else:
            shutil.rmtree(work)

    def _cut_and_recover(self, checks, work, moment):
        overlay = work / "card.qcow2"
        make_overlay(self._given.path, overlay)
        before = self._boot_and_cut(work, overlay, moment)
        self._look_at_torn_card(checks, work, overlay)
        after = self._boot_to_the_end(checks, work, overlay, fresh=False)
        twice = console.done_with_effect(before) & console.done_with_effect(after)
        checks.check("no step was done twice with effect", not twice, ", ".join(sorted(twice)))
        found = self._check_end(checks, work, overlay)
        differing = trees.unjustified(self._expected, found)
        checks.check("its files are those of a node that was not disturbed", not differing, "; ".join(differing[:20]))

    def _boot_and_cut(self, work, overlay, moment):
        folder = work / "cut"
        folder.mkdir()
        with self._emulator(overlay, folder) as emulator:
            _wait_for(emulator, moment, _SECONDS_TO_A_PART * self._settings.patience)
            emulator.cut_power()
            text = emulator.console()
        reached = [part for part in moments.PARTS if part == "kernel" or part in console.beginnings(text)]
        done = sorted(console.done_with_effect(text))
        print(f"        cut in \"{reached[-1]}\" after {emulator.elapsed():.1f} s; done so far: {' '.join(done) or 'nothing'}",
              flush=True)
        return text

    def _look_at_torn_card(self, checks, work, overlay):
        raw = work / "torn.img"
        flatten(overlay, raw)
        torn.check(checks, Image(raw), self._given_boot, work)
        raw.unlink()

    def _boot_to_the_end(self, checks, work, overlay, fresh):
        """Gives what the console said."""
        folder = work / "boot"
        folder.mkdir()
        if fresh:
            make_overlay(self._given.path, overlay)
        with self._emulator(overlay, folder) as emulator:
            guest, _ = visit.log_in(self._settings, emulator, folder)
            for service in SERVICES:
                unit = visit.wait_for_service(self._settings, emulator, guest, service)
                checks.check(f"{service} succeeded", visit.has_succeeded(unit), unit)
            name = guest.text("hostname")
            checks.check(f"the host name is {self._settings.node_name}", name == self._settings.node_name, name)
            self._check_address(checks, guest)
            checks.check("the node shut down by itself", visit.power_off(self._settings, emulator, guest))
            return emulator.console()

    def _check_address(self, checks, guest):
        route = guest.text("ip -4 route show default")
        checks.check("the default route goes through the gateway", f"via {self._net.gateway} " in route, route)
        addresses = guest.text("ip -4 -o address show scope global")
        checks.check(f"the node has {self._net.address}", f" {self._net.address}/" in addresses, addresses)

    def _check_end(self, checks, work, overlay):
        """The card of a node that was switched off properly; gives its files."""
        raw = work / "end.img"
        flatten(overlay, raw)
        image = Image(raw)
        card.check_file_systems(checks, image, work)
        card.check_unmounted(checks, image)
        card.check_finished(checks, image, work, self._settings.node_name)
        files = trees.read(image, work / "trees")
        shutil.rmtree(work / "trees")
        raw.unlink()
        return files

    def _emulator(self, overlay, folder):
        return Emulator(self._settings.machine, overlay, self._files, folder, self._settings.cache, self._net,
                        (network.ONBOARD, network.ADAPTER))


def _wait_for(emulator, moment, deadline):
    """Until the part of the boot has begun, and then as long as the moment says; no longer than that part lasts."""
    emulator.wait_for("the emulator to start", emulator.log.exists, deadline, pause=0.02)
    if moment.part != "kernel":
        emulator.wait_for(f"\"{moment.part}\" to begin", lambda: _has_come(emulator, moment.part), deadline,
                          pause=0.02)
    end = time.monotonic() + moment.seconds
    later = moments.PARTS[moments.PARTS.index(moment.part) + 1:]
    while (left := end - time.monotonic()) > 0 and not (later and _has_come(emulator, later[0])):
        time.sleep(min(0.05, left))


def _has_come(emulator, part):
    return part in console.beginnings(emulator.console())
