"""Burning to cards: what was on them before makes no difference, and what fails leaves nothing that boots."""

import json
import os
import re
import signal
import subprocess
import time
import unittest

from lib.card_case import CARD_SIZE, CardCase, is_bootable
from lib.cards import MIB, LoopCard, NbdCard, can_make_cards, can_make_nbd_cards, pretend_cards, wait_for
from lib.cluster import ClusterCase
from lib.images import Shape
from lib.programs import KRAKEN, run
from lib.trees import Unpacked, assert_clean, partition_file

@unittest.skipUnless(can_make_cards(), "loop devices need root")
class CardTest(CardCase):
    def test_a_card_full_of_old_data_ends_as_good_as_an_empty_one(self):
        shapes = {
            "as on a Pi": Shape(),
            "1 KiB blocks, FAT16": Shape(ext4_options=("-b", "1024"), fat_options=("-F", "16")),
            "uninitialised groups": Shape(ext4_options=("-b", "1024", "-O", "^metadata_csum,uninit_bg", "-E",
                                                        "lazy_itable_init=1")),
            "meta_bg": Shape(ext4_options=("-b", "1024", "-O", "meta_bg,^resize_inode")),
            "no checksums": Shape(ext4_options=("-O", "^metadata_csum,^64bit")),
        }
        for name, shape in shapes.items():
            with self.subTest(name):
                self.write_cluster(self.base(shape))
                trees, receipts, reports = [], [], []
                for noise in (True, False):
                    card = self.card(f"card-{noise}", noise=noise)
                    self.burn_card(card.device)
                    assert_clean(card.file, self.folder / "check")
                    part = partition_file(card.file, 2, self.folder / "check")
                    reports.append(run("dumpe2fs", part).stdout)
                    trees.append(Unpacked(card.file, self.folder / "tree").tree())
                    receipts.append(self.receipt())
                self.assertEqual(trees[0], trees[1])
                self.assertEqual(reports[0], reports[1])
                self.assertEqual(receipts[0]["image"], receipts[1]["image"])
                self.assertLess(receipts[0]["written"]["bytes"], CARD_SIZE // 2)
                self.assertEqual(receipts[0]["verification"]["bytes"], receipts[0]["written"]["bytes"])

    def test_a_file_and_a_card_are_the_same_image(self):
        self.write_cluster(self.base())
        image = self.burn(3, "--size", CARD_SIZE)
        card = self.card("card")
        self.burn_card(card.device)
        on_file = json.loads((self.folder / "kraken-3.img.receipt.json").read_text())
        self.assertEqual(on_file["image"]["sha256"], self.receipt()["image"]["sha256"])
        self.assertEqual(Unpacked(image, self.folder / "a").tree(), Unpacked(card.file, self.folder / "b").tree())

    def test_full_writes_every_block(self):
        self.write_cluster(self.base())
        card = self.card("card")
        self.burn_card(card.device, "--full")
        self.assertEqual(self.receipt()["written"]["bytes"], CARD_SIZE)
        image = self.burn(3, "--size", CARD_SIZE, "--full")
        run("cmp", image, card.file)

    def test_nothing_of_what_was_made_of_the_whole_card_is_left(self):
        """Sizes of cards are multiples of 512 KiB, those of images of 1 MiB."""
        self.write_cluster(self.base())
        size = CARD_SIZE + MIB // 2
        for words in ((), ("--full",), ("--size", CARD_SIZE - 16 * MIB), ("--update", "--any-card")):
            with self.subTest(words):
                card = self.card("card", size, noise=False)
                run("sfdisk", "-q", card.file, stdin=self.text_file("label: gpt\nsize=8MiB\n"))
                with open(card.file, "r+b") as file:
                    # Linux RAID, metadata 1.0: 8 to 12 KiB before the end (include/uapi/linux/raid/md_p.h).
                    file.seek(size - 8192)
                    file.write(bytes.fromhex("fc4e2ba9"))
                self.burn_card(card.device, *words)
                with open(card.file, "rb") as file:
                    file.seek(size - MIB // 2)
                    self.assertEqual(file.read().count(0), MIB // 2)
                self.assertEqual(run("sfdisk", "--verify", card.file).stdout.count("GPT"), 0)
                self.assertLessEqual(self.receipt()["image"]["size"], CARD_SIZE)

    def test_a_receipt_that_cannot_be_written_is_told_before_the_card_is_changed(self):
        self.write_cluster(self.base())
        card = self.card("card")
        before = card.file.read_bytes()
        receipt = self.folder / "receipts/kraken-3.receipt.json"
        receipt.mkdir(parents=True)
        self.assertIn("its receipt", self.burn_card(card.device, status=4).stderr)
        receipt.rmdir()
        receipt.parent.rmdir()
        receipt.parent.write_text("")
        self.assertIn("is no folder", self.burn_card(card.device, status=4).stderr)
        self.assertEqual(card.file.read_bytes(), before)

    def test_a_damaged_file_system_is_written_whole(self):
        base = self.base()
        self.write_cluster(base)
        # A third partition with a file system that is not clean: nobody knows what of it is in use.
        os.truncate(base, base.stat().st_size + 16 * MIB)
        start = base.stat().st_size // MIB - 17
        run("sfdisk", "-q", "--append", base, stdin=self.text_file(f"{start}MiB,16MiB,83\n"))
        part = self.folder / "part"
        part.write_bytes(bytes(16 * MIB))
        run("mke2fs", "-q", "-F", part)
        run("debugfs", "-w", "-R", "set_super_value state 0", part)
        run("dd", f"if={part}", f"of={base}", "bs=1M", f"seek={start}", "conv=notrunc", "status=none")
        card = self.card("card")
        warned = self.burn_card(card.device).stderr
        self.assertRegex(warned, r"warning: written whole.*partition 3: .*not unmounted cleanly")
        with open(card.file, "rb") as file:
            file.seek(start * MIB)
            self.assertEqual(file.read(16 * MIB), part.read_bytes())

    def text_file(self, text):
        path = self.folder / "text"
        path.write_text(text)
        file = open(path, "rb")
        self.addCleanup(file.close)
        return file

    def test_the_only_card_is_offered_and_its_serial_noted(self):
        self.write_cluster(self.base())
        card = self.card("card")
        root = pretend_cards(self.folder / "root", {card.device: CARD_SIZE})
        words = ("-f", self.cluster, "burn", "--node", 3, "--system-root", root)
        self.assertIn("pass --yes", self.kraken(*words, status=4).stderr)
        self.kraken(*words, "--yes")
        assert_clean(card.file, self.folder / "check")
        target = self.receipt()["target"]
        self.assertEqual((target["name"], target["model"], target["serial"]),
                         (str(card.device), "Reader 0", "serial-0"))

    def test_several_cards_and_none_are_refused(self):
        self.write_cluster(self.base())
        first, second = self.card("first"), self.card("second", noise=False)
        root = pretend_cards(self.folder / "root", {first.device: CARD_SIZE, second.device: CARD_SIZE})
        before = first.file.read_bytes()
        words = ("-f", self.cluster, "burn", "--node", 3, "--yes", "--system-root")
        error = self.kraken(*words, root, status=4).stderr
        self.assertIn(str(first.device), error)
        self.assertIn(str(second.device), error)
        none = pretend_cards(self.folder / "none", {})
        self.assertIn("no card", self.kraken(*words, none, status=4).stderr)
        self.assertEqual(first.file.read_bytes(), before)

    def test_a_card_under_another_loop_device_is_in_use(self):
        self.write_cluster(self.base())
        card = self.card("card")
        upper = LoopCard(card.device)
        self.addCleanup(upper.close)
        before = card.file.read_bytes()
        self.assertIn(f"in use by {upper.device.name}", self.burn_card(card.device, status=4).stderr)
        self.assertEqual(card.file.read_bytes(), before)

    def test_a_loop_device_over_a_device_is_only_another_name(self):
        self.write_cluster(self.base())
        lower = self.card("card")
        upper = LoopCard(lower.device)
        self.addCleanup(upper.close)
        before = lower.file.read_bytes()
        for words in ((), ("--force-fixed-disk",)):
            self.assertIn(f"another name for {lower.device}", self.burn_card(upper.device, *words, status=4).stderr)
        self.assertEqual(lower.file.read_bytes(), before)

    def test_a_file_that_another_loop_device_shows_is_in_use_when_that_is(self):
        self.write_cluster(self.base())
        card = self.card("card")
        other = LoopCard(card.file)
        self.addCleanup(other.close)
        run("mkfs.ext4", "-q", "-F", other.device)
        mount = self.folder / "mount"
        mount.mkdir()
        run("mount", other.device, mount)
        self.addCleanup(run, "umount", mount, check=False)
        self.assertIn(f"mounted at {mount}", self.burn_card(card.device, status=4).stderr)
        run("umount", mount)
        self.burn_card(card.device)

    def test_a_loop_device_over_what_the_run_reads_is_refused(self):
        base = self.base()
        self.write_cluster(base)
        card = LoopCard(base)
        self.addCleanup(card.close)
        before = base.read_bytes()
        self.assertIn("would overwrite what is read here", self.burn_card(card.device, status=4).stderr)
        self.assertEqual(base.read_bytes(), before)

    def test_a_card_with_larger_sectors_is_refused(self):
        self.write_cluster(self.base())
        file = self.folder / "large"
        file.write_bytes(bytes(CARD_SIZE))
        card = LoopCard(file, "--sector-size", 4096)
        self.addCleanup(card.close)
        for words in ((), ("--force-fixed-disk",)):
            self.assertIn("has sectors of 4096 bytes", self.burn_card(card.device, *words, status=4).stderr)

    def test_cards_lists_what_may_be_written_and_why_not(self):
        self.write_cluster(self.base())
        card = self.card("card")
        self.burn_card(card.device)
        root = pretend_cards(self.folder / "root", {card.device: CARD_SIZE})
        listed = json.loads(self.kraken("cards", "--json", "--system-root", root).stdout)
        self.assertEqual([(d["device"], d["verdict"], d["bus"], d["serial"], d["size"]) for d in listed],
                         [(str(card.device), "card", "usb", "serial-0", CARD_SIZE)])
        self.assertRegex(listed[0]["content"], r"^fat32 bootfs 40 MiB, ext4 rootfs \d+ MiB$")
        text = self.kraken("cards").stdout
        self.assertRegex(text, rf"(?m)^  {card.device} .*only when --device names it")
        root_disk = run("findmnt", "-n", "-o", "SOURCE", "/").stdout.strip()
        if root_disk.startswith("/dev/"):
            self.assertIn("the running system is on it", text)


@unittest.skipUnless(can_make_nbd_cards(), "needs root, nbdkit and nbdfuse")
class BadCardTest(ClusterCase):
    def setUp(self):
        super().setUp()
        self.write_cluster(self.base())
        self.words = ("-f", self.cluster, "burn", "--node", 3, "--yes", "--device")

    def nbd(self, *words):
        card = NbdCard(self.folder / "nbd", *words)
        self.addCleanup(card.close)
        return card

    def old_card(self):
        file = self.folder / "medium"
        file.write_bytes(bytes(510) + b"\x55\xaa" + os.urandom(MIB))
        os.truncate(file, CARD_SIZE)
        return file

    def test_write_errors_end_the_burn(self):
        medium = self.old_card()
        trigger = self.folder / "trigger"
        card = self.nbd("--filter=error", "file", medium, "error-pwrite=EIO",
                        "error-pwrite-rate=100%", f"error-pwrite-file={trigger}")
        self.kraken(*self.words, card.device)
        self.assertTrue(is_bootable(medium))
        trigger.touch()
        error = self.kraken(*self.words, card.device, status=5).stderr
        self.assertIn(str(card.device), error)
        self.assertIn("Input/output error", error)
        trigger.unlink()
        self.kraken(*self.words, card.device)
        assert_clean(medium, self.folder / "check")

    def disk_of_shell(self, medium, keeps):
        """A disk that keeps what is written where the shell's condition on the offset, $4, holds."""
        return self.nbd("eval", f"get_size=echo {CARD_SIZE}", "thread_model=echo serialize_all_requests",
                        f"pread=dd if={medium} iflag=skip_bytes,count_bytes skip=$4 count=$3 bs=1M status=none",
                        f"pwrite=if {keeps}; then dd of={medium} iflag=fullblock oflag=seek_bytes seek=$4 bs=1M "
                        "conv=notrunc status=none; else cat > /dev/null; fi",
                        "can_write=exit 0", "flush=exit 0", "can_flush=exit 0")

    def test_a_card_that_forgets_is_found(self):
        medium = self.old_card()
        end = CARD_SIZE - MIB
        with open(medium, "r+b") as file:
            file.seek(end)
            file.write(os.urandom(MIB))
        card = self.disk_of_shell(medium, f"[ $4 -lt {end} ]")
        error = self.kraken(*self.words, card.device, status=5).stderr
        self.assertIn(f"verifying at byte {end}: reads back as what was there before", error)
        self.assertFalse(is_bootable(medium))

    def test_an_interrupted_burn_does_not_boot(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                medium = self.old_card()
                card = NbdCard(self.folder / f"nbd-{number}", "--filter=rate", "file", medium, "rate=40M")
                self.addCleanup(card.close)
                burn = subprocess.Popen([KRAKEN, "--cache", self.kraken.cache, *map(str, self.words), card.device],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                wait_for(lambda: not is_bootable(medium))
                time.sleep(0.5)
                burn.send_signal(number)
                _, error = burn.communicate(timeout=60)
                self.assertEqual(burn.returncode, 6, error)
                self.assertIn("interrupted", error)
                self.assertFalse(is_bootable(medium))

    def test_probe_finds_a_card_that_is_smaller_than_it_says(self):
        medium = self.folder / "medium"
        medium.write_bytes(bytes(MIB))
        os.truncate(medium, CARD_SIZE)
        real = 64 * MIB
        fake = self.disk_of_shell(medium, f"[ $4 -lt {real} ]")
        error = self.kraken(*self.words, fake.device, "--probe", status=5).stderr
        self.assertRegex(error, r"says it holds 160 MiB, but does not keep what is written at byte \d+")
        offset = int(re.search(r"byte (\d+)", error).group(1))
        self.assertGreaterEqual(offset, real)

    def test_probe_finds_a_card_whose_addresses_start_over(self):
        medium, real = self.folder / "medium", 100 * MIB
        medium.write_bytes(bytes(MIB))
        os.truncate(medium, real)
        place = f"$(($4 % {real}))"
        fake = self.nbd("eval", f"get_size=echo {CARD_SIZE}", "thread_model=echo serialize_all_requests",
                        f"pread=dd if={medium} iflag=skip_bytes,count_bytes skip={place} count=$3 bs=1M status=none",
                        f"pwrite=dd of={medium} iflag=fullblock oflag=seek_bytes seek={place} bs=1M conv=notrunc "
                        "status=none", "can_write=exit 0", "flush=exit 0", "can_flush=exit 0")
        error = self.kraken(*self.words, fake.device, "--probe", status=5).stderr
        self.assertRegex(error, r"says it holds 160 MiB, but .*there reads what was written at byte \d+")

    def test_a_receipt_that_gets_lost_makes_no_bad_card(self):
        medium = self.old_card()
        card = self.nbd("--filter=rate", "file", medium, "rate=400M")
        burn = subprocess.Popen([KRAKEN, "--cache", self.kraken.cache, *map(str, self.words), card.device],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: not is_bootable(medium))
        (self.folder / "receipts/kraken-3.receipt.json").mkdir()
        _, error = burn.communicate(timeout=60)
        self.assertEqual(burn.returncode, 5, error)
        self.assertIn("the card is good and was verified; only its receipt is missing", error)
        assert_clean(medium, self.folder / "check")


if __name__ == "__main__":
    unittest.main()
