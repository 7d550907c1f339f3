#!/usr/bin/python3 -B
"""Tests of the rig itself: that each of its checks fails when it should. Needs no emulator."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from rig import card, console, initramfs, machines, moments, torn, trees
from rig.checks import Checks
from rig.editable import EditableImage
from rig.emulator import BootFailed, HardwareDied, until_hardware_lives
from rig.image import Image
from rig.programs import ProgramFailed

GOOD_STATUS = {
    "format": "kraken-status", "version": 1, "node": {"name": "kraken-3", "id": 3}, "state": "done", "boot": 1,
    "steps": [{"name": "hostname", "state": "done", "changed": True}, {"name": "report", "state": "done", "changed": True}]}
GOOD_SNAPSHOT = {"journal": {"steps": {"hostname": "done"}}, "root size": 4096, "/etc": {"etc/hosts": "a"},
                 "boot partition": {"cmdline.txt": "b"}}


def failures(check, *arguments):
    """How many checks CHECK counts as failed."""
    checks = Checks()
    with contextlib.redirect_stdout(io.StringIO()):
        check(checks, *arguments)
    return checks.failed


class StatusTest(unittest.TestCase):
    def test_a_good_status_passes(self):
        self.assertEqual(failures(card.check_status, GOOD_STATUS, "kraken-3"), 0)

    def test_each_departure_fails(self):
        for departure in ({"format": "other"}, {"version": 2}, {"state": "working"}, {"state": "failed"}, {"node": {}},
                          {"node": {"name": "kraken-4"}}, {"steps": []},
                          {"steps": [{"name": "hostname", "state": "failed"}]}, {"steps": [{"name": "hostname"}]}):
            with self.subTest(departure):
                self.assertGreater(failures(card.check_status, GOOD_STATUS | departure, "kraken-3"), 0)

    def test_a_step_that_cannot_be_done_here_is_no_failure(self):
        status = GOOD_STATUS | {"steps": [{"name": "nic", "state": "impossible"}]}
        self.assertEqual(failures(card.check_status, status, "kraken-3"), 0)

    def test_a_second_boot_must_change_nothing(self):
        self.assertEqual(failures(card.check_nothing_changed, GOOD_STATUS), 2)
        quiet = {"steps": [{"name": "hostname", "state": "done", "changed": False}]}
        self.assertEqual(failures(card.check_nothing_changed, quiet), 0)
        self.assertEqual(failures(card.check_nothing_changed, {"steps": [{"name": "hostname"}]}), 1)


class SnapshotTest(unittest.TestCase):
    def test_the_same_passes(self):
        self.assertEqual(failures(card.check_same, GOOD_SNAPSHOT, dict(GOOD_SNAPSHOT)), 0)

    def test_each_difference_fails(self):
        for difference in ({"journal": {"steps": {}}}, {"journal": "no journal"}, {"root size": 8192},
                           {"/etc": {"etc/hosts": "changed"}}, {"/etc": {}}, {"/etc": {"etc/hosts": "a", "etc/new": "c"}},
                           {"boot partition": {}}):
            with self.subTest(difference):
                self.assertGreater(failures(card.check_same, GOOD_SNAPSHOT, GOOD_SNAPSHOT | difference), 0)

    def test_counters_and_times_are_left_out(self):
        journal = {"boots": 2, "last_boot": 1, "finished_at": 3, "node": {"id": 3, "uptime_ms": 4},
                   "steps": [{"name": "clock-floor", "state": "done", "time": 5}]}
        self.assertEqual(card.without_counters(journal),
                         {"node": {"id": 3}, "steps": [{"name": "clock-floor", "state": "done"}]})


CONSOLE = b"""rig: root is /dev/mmcblk0p2\r
[   12.500000] systemd[1]: Starting kraken-firstboot.service - Kraken first boot...\r
[   13.100000] kraken-firstboot[201]: kraken-firstboot: clock-floor: to be done for this boot: the clock is behind\r
[   13.200000] kraken-firstboot[201]: kraken-firstboot: hostname: to be done: /etc/hostname is not kraken-3\r
[   13.300000] kraken-firstboot[201]: kraken-firstboot: grow-root: to be done: it takes 1.8 GiB of mmcblk0p2\r
[   13.400000] kraken-firstboot[201]: kraken-firstboot: clock-floor: done: the clock is not behind\r
[   14.000000] kraken-firstboot[201]: kraken-firstboot: hostname: done: this node is kraken-3: yes\r
[   15.000000] systemd[1]: Finished kraken-firstboot.service - Kraken first boot.\r
[   20.000000] systemd[1]: Starting kraken-network.service - Kraken network...\r
[   21.000000] kraken-firstboot[401]: kraken-firstboot: network: failed: no link\r
[   60.000000] systemd[1]: Starting kraken-network.service - Kraken network...\r
"""
LENGTHS = {"kernel": 12.5, "early": 2.5, "between": 5.0, "network": 30.0, "after": 8.0}


class ConsoleTest(unittest.TestCase):
    def test_parts_begin_when_their_event_comes_first(self):
        self.assertEqual(console.beginnings(CONSOLE), {"early": 12.5, "between": 15.0, "network": 20.0})
        self.assertEqual(console.beginnings(b"rig: root is /dev/mmcblk0p2"), {})
        self.assertEqual(console.beginnings(b"[   12.000000] kraken-firstboot[201]: kraken-firstboot: node\n" + CONSOLE)["early"],
                         12.0)

    def test_done_with_effect_is_what_was_to_last_and_is_done(self):
        self.assertEqual(console.done_with_effect(CONSOLE), {"hostname"})

    def test_a_line_cut_off_is_no_step_done(self):
        self.assertEqual(console.done_with_effect(CONSOLE[:CONSOLE.index(b"hostname: done") + len("hostname: do")]), set())

    def test_the_kept_log_is_read_as_well(self):
        log = b"2026-11-23T03:04:05Z 0f-1a hostname: done: this node is kraken-3\n"
        self.assertEqual(console.step_lines(log), [("hostname", "done", "this node is kraken-3")])

    def test_the_second_of_a_step(self):
        self.assertEqual(console.second_of_step(CONSOLE, "hostname", "done"), 14.0)
        with self.assertRaises(ValueError):
            console.second_of_step(CONSOLE, "network", "done")


class MomentsTest(unittest.TestCase):
    def test_durations(self):
        self.assertEqual(moments.durations({"early": 12.5, "between": 15.0, "network": 20.0, "after": 50.0}), LENGTHS)
        with self.assertRaisesRegex(ValueError, "after"):
            moments.durations({"early": 12.5, "between": 15.0, "network": 20.0})

    def test_a_seed_gives_the_same_moments_again(self):
        self.assertEqual(moments.draw(20, 7, LENGTHS), moments.draw(20, 7, LENGTHS))
        self.assertNotEqual(moments.draw(20, 7, LENGTHS), moments.draw(20, 8, LENGTHS))

    def test_twenty_are_spread_as_the_weights_say_and_lie_within_their_parts(self):
        for seed in range(50):
            drawn = moments.draw(20, seed, LENGTHS)
            count = {part: sum(moment.part == part for moment in drawn) for part in moments.PARTS}
            self.assertEqual(count, moments.WEIGHTS)
            for moment in drawn:
                self.assertTrue(0 <= moment.seconds <= LENGTHS[moment.part], moment)

    def test_few_are_not_all_in_one_part(self):
        for seed in range(50):
            self.assertGreater(len({moment.part for moment in moments.draw(3, seed, LENGTHS)}), 1)


class HardwareTest(unittest.TestCase):
    def boot(self, failures):
        """How many boots there were when each of the first FAILURES raises one, and what they gave."""
        attempts = []

        def boot(attempt):
            attempts.append(attempt)
            if attempt <= len(failures):
                raise failures[attempt - 1]
            return "booted"

        with contextlib.redirect_stdout(io.StringIO()):
            try:
                given = until_hardware_lives(boot)
            except BootFailed as error:
                given = error
        return attempts, given

    def test_a_boot_whose_hardware_died_is_tried_again(self):
        self.assertEqual(self.boot([]), ([1], "booted"))
        self.assertEqual(self.boot([HardwareDied("a"), HardwareDied("b")]), ([1, 2, 3], "booted"))

    def test_not_for_ever(self):
        last = HardwareDied("c")
        self.assertEqual(self.boot([HardwareDied("a"), HardwareDied("b"), last]), ([1, 2, 3], last))

    def test_any_other_failure_is_the_images(self):
        failure = BootFailed("it hangs")
        self.assertEqual(self.boot([failure]), ([1], failure))


class TreesTest(unittest.TestCase):
    def test_the_same_passes_and_what_may_differ_does(self):
        before = {"/etc/hosts": ("0o100644", 0, 0, "a"), "/var/log/x.log": ("0o100644", 0, 0, "b")}
        self.assertEqual(trees.unjustified(before, dict(before)), [])
        self.assertEqual(trees.unjustified(before, before | {"/var/log/x.log": ("0o100644", 0, 0, "c")}), [])

    def test_each_difference_is_named(self):
        before = {"/etc/hosts": ("0o100644", 0, 0, "a")}
        self.assertEqual(trees.unjustified(before, {}), ["/etc/hosts (missing)"])
        self.assertEqual(trees.unjustified({}, before), ["/etc/hosts (new)"])
        for entry in (("0o100600", 0, 0, "a"), ("0o100644", 7, 0, "a"), ("0o100644", 0, 0, "b")):
            self.assertEqual(trees.unjustified(before, {"/etc/hosts": entry}), ["/etc/hosts (changed)"])

    def test_first_boots_own_files_are_never_excused(self):
        settled = set(torn.STATE_FILES) - {"/var/lib/kraken/link-speeds.json"}  # no two measurements are the same
        for path in ("/etc/hostname", "/etc/hosts", "/etc/kraken/node.json", *settled,
                     "/etc/NetworkManager/system-connections/kraken.nmconnection", f"{trees.BOOT}/cmdline.txt"):
            self.assertFalse(trees.is_justified(path), path)


class TornTest(unittest.TestCase):
    def test_a_torn_status_is_told_from_a_whole_one(self):
        whole = '{"format": "kraken-status", "version": 1, "state": "working", "steps": []}'
        self.assertTrue(torn.is_whole_status(whole))
        for length in range(len(whole)):
            self.assertFalse(torn.is_whole_status(whole[:length]))
        self.assertFalse(torn.is_whole_status("\0" * len(whole)))


class ArchiveTest(unittest.TestCase):
    def test_cpio_reads_it(self):
        archive = initramfs.Archive()
        archive.folder("bin")
        archive.file("bin/tool", b"odd", 0o755)
        archive.link("bin/sh", "tool")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cpio", "-id", "--quiet"], input=archive.finish(), cwd=folder, check=True)
            self.assertEqual((Path(folder) / "bin/sh").read_bytes(), b"odd")
            self.assertEqual(os.readlink(Path(folder) / "bin/sh"), "tool")
            self.assertTrue(os.access(Path(folder) / "bin/tool", os.X_OK))


class EditableTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        folder = Path(self._folder.name)
        given = folder / "given.img"
        with open(given, "wb") as card_file:
            card_file.truncate(48 << 20)
        subprocess.run(["sfdisk", "--quiet", given], text=True, check=True,
                       input="label: dos\nstart=2048, size=2048, type=c\nstart=4096, type=83\n")
        subprocess.run(["mkfs.ext4", "-q", "-E", f"offset={2 << 20}", given, "46m"], check=True)
        self.image = EditableImage(given, folder / "edited.img", folder)

    def test_a_file_is_put_and_replaced(self):
        for content in (b"one\n", b"another\n"):
            self.image.put("/file", content, mode=0o600)
            self.assertEqual(self.image.read_root_text("/file", self._folder.name), content.decode())
        self.assertTrue(self.image.check_root()[0])

    def test_a_missing_folder_is_an_error(self):
        with self.assertRaises(ProgramFailed):
            self.image.put("/none/file", b"")

    def test_times_before_and_after_2038(self):
        self.image.put("/file", b"")
        for seconds, shown in ((86400, "1970"), (4070908800, "2099"), (2000000000, "2033")):
            self.image.set_modification_time("/file", seconds)
            self.image.copy_root_tree("/file", Path(self._folder.name) / shown)
            self.assertEqual(int((Path(self._folder.name) / shown / "file").stat().st_mtime), seconds)

    def test_a_full_file_system_is_full_and_clean(self):
        self.image.fill("/filler")
        self.assertEqual(self.image.root_file_system()["free_blocks"], 0)
        self.assertTrue(self.image.check_root()[0])


class BootFilesTest(unittest.TestCase):
    """A card with nothing but boot files: enough for the table, the FAT and the command line."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        path = self.folder / "card.img"
        with open(path, "wb") as card_file:
            card_file.truncate(48 << 20)
        subprocess.run(["sfdisk", "--quiet", path], text=True, check=True,
                       input="label: dos\nlabel-id: 0x1234abcd\nstart=2048, size=67584, type=c\nstart=69632, type=83\n")
        fat = self.folder / "boot.fat"
        with open(fat, "wb") as boot:
            boot.truncate(33 << 20)
        subprocess.run(["mkfs.fat", "-F", "32", "-s", "1", fat], check=True, stdout=subprocess.DEVNULL)
        with open(fat, "rb") as boot, open(path, "r+b") as card_file:
            card_file.seek(1 << 20)
            card_file.write(boot.read())
        self.image = Image(path)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        subprocess.run(["mcopy", "-o", "-i", f"{self.image.path}@@{1 << 20}", self.folder / name, f"::{name}"], check=True)

    def command_line(self):
        return machines.command_line(self.image, machines.MACHINES["raspi3b"])

    def test_the_table_is_read(self):
        self.assertEqual(self.image.partuuid(2), "1234abcd-02")
        self.assertEqual(self.image.boot["start"], 1 << 20)

    def test_the_images_own_words_are_used(self):
        self.write("cmdline.txt", "console=serial0,115200 console=tty1 root=PARTUUID=1234abcd-02 cgroup_enable=memory\n")
        words = self.command_line().split()
        self.assertEqual(words[:2], ["root=PARTUUID=1234abcd-02", "cgroup_enable=memory"])
        self.assertEqual([word for word in words if word.startswith("console=")], ["console=ttyS1,115200"])

    def test_more_or_less_than_one_line_is_refused(self):
        for text in ("", "root=/dev/mmcblk0p2\nquiet\n"):
            self.write("cmdline.txt", text)
            with self.assertRaises(ProgramFailed):
                self.command_line()

    def test_a_line_too_long_for_the_kernel_is_refused(self):
        self.write("cmdline.txt", "word " * 500 + "\n")
        with self.assertRaises(ProgramFailed):
            self.command_line()

    def test_a_missing_boot_file_is_named(self):
        with self.assertRaisesRegex(ProgramFailed, "kernel8.img"):
            machines.find_boot_file(self.image, ("kernel8.img",))

    def test_a_damaged_fat_is_seen(self):
        self.write("cmdline.txt", "quiet\n")
        self.assertTrue(self.image.check_boot(self.folder)[0])
        with open(self.image.path, "r+b") as card_file:
            card_file.seek((1 << 20) + 32 * 512 + 12)
            card_file.write(b"\x07\x00\x00\x00" * 4)
        self.assertFalse(self.image.check_boot(self.folder)[0])

    def test_a_missing_status_file_fails(self):
        self.assertEqual(failures(card.read_status, self.image), 1)
        self.write(card.STATUS_FILE, "{ not JSON")
        self.assertEqual(failures(card.read_status, self.image), 1)


if __name__ == "__main__":
    result = unittest.TextTestRunner(verbosity=1).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)
