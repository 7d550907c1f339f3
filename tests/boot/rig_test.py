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

from rig import card, initramfs, machines
from rig.checks import Checks
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
