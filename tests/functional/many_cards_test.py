"""Several cards in one run: each gets its own node, and what happens to one makes no difference to the others."""

import json
import os
import shutil
import signal
import subprocess
import unittest

import jsonschema

from lib.card_case import is_bootable
from lib.cards import MIB, NbdCard, can_make_cards, can_make_nbd_cards, card_of, pretend_cards, wait_for
from lib.cluster import CLOCK, ClusterCase
from lib.images import Shape, damage, pack_xz
from lib.programs import KRAKEN, run
from lib.slow_disk import SlowDisk
from lib.trees import Unpacked, assert_clean

CARD_SIZE = 160 * MIB
FOURTH = "  - {id: 4, name: kraken-4, address: 192.168.3.14, profile: test}\n"


class Burn:
    """A burn --json that runs meanwhile; every line that is read is checked against the schema."""

    def __init__(self, case, *words):
        self.schema = json.loads(case.kraken("schema", "burn-events").stdout)
        self.process = subprocess.Popen([KRAKEN, "--cache", case.kraken.cache, "-f", case.cluster, "--clock", CLOCK, "burn",
                                         "--json", "--yes", *map(str, words)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.events = []
        case.addCleanup(self.close)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            return None
        event = json.loads(line)
        jsonschema.validate(event, self.schema)
        self.events.append(event)
        return event

    def wait_for(self, name):
        while (event := self.read()) is not None:
            if event["event"] == name:
                return event
        raise AssertionError(f"no {name} came: {self.process.stderr.read()}")

    def end(self, status):
        while self.read() is not None:
            pass
        self.error = self.process.stderr.read()
        ended = self.process.wait(timeout=60)
        assert ended == status, (ended, self.error, self.events[-3:])
        return self.events[-1]

    def named(self, name):
        return [event for event in self.events if event["event"] == name]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class ManyCase(ClusterCase):
    def setUp(self):
        super().setUp()
        self.write_cluster(self.base(), FOURTH)

    def card(self, name, noise=False):
        card = card_of(self.folder, name, CARD_SIZE, noise)
        self.addCleanup(card.close)
        return card

    def assert_node_on(self, image, node):
        assert_clean(image, self.folder / "check")
        name = Unpacked(image, self.folder / f"tree-{node}").text("/etc/hostname")
        self.assertEqual(name, f"kraken-{node}\n")

    def receipt(self, node):
        return json.loads((self.folder / f"receipts/kraken-{node}.receipt.json").read_text())


class ManyFilesTest(ManyCase):
    def test_a_folder_gets_a_file_for_each_node(self):
        folder = self.folder / "images"
        done = self.kraken("-f", self.cluster, "--clock", CLOCK, "burn", "--all", "--output", f"{folder}/")
        self.assertEqual(len([line for line in done.stdout.splitlines() if line.endswith("  verified")]), 3, done.stdout)
        for node in (1, 3, 4):
            run("cmp", folder / f"kraken-{node}.img", self.burn(node))
            self.assertTrue((folder / f"kraken-{node}.img.receipt.json").exists())
        self.kraken("-f", self.cluster, "burn", "--node", "3,4", "--output", folder)

    def test_what_cannot_be_is_refused_before_anything_is_made(self):
        file = self.folder / "one.img"
        burn = ("-f", self.cluster, "burn")
        self.assertIn("several nodes need a folder", self.kraken(*burn, "--all", "--output", file, status=2).stderr)
        self.assertIn("twice", self.kraken(*burn, "--node", "3,4,3", "--output", f"{file}/", status=2).stderr)
        self.kraken(*burn, "--node", "3,9", "--output", f"{file}/", status=2)
        self.kraken(*burn, "--all", "--node", 3, "--output", f"{file}/", status=2)
        self.kraken(*burn, "--output", f"{file}/", status=2)
        self.assertFalse(file.exists())

    def test_a_node_that_fails_leaves_the_others_alone(self):
        folder = self.folder / "images"
        (folder / "kraken-3.img").mkdir(parents=True)
        burn = Burn(self, "--all", "--output", folder)
        summary = burn.end(4)
        self.assertEqual([(card["node"], card["verdict"]) for card in summary["cards"]],
                         [(1, "verified"), (3, "failed"), (4, "verified")])
        self.assertEqual(summary["status"], 4)
        self.assertEqual([event["node"] for event in burn.named("error")], [3])
        self.assertIn("kraken-3.img", summary["cards"][1]["message"])
        self.assert_node_on(folder / "kraken-4.img", 4)

    def test_one_node_ends_with_its_result(self):
        burn = Burn(self, "--node", 3, "--output", self.folder / "x.img")
        first = burn.wait_for("progress")
        self.assertEqual((first["node"], first["phase"]), (None, "decoding"))
        last = burn.end(0)
        self.assertEqual((last["event"], last["node"], last["target"]), ("result", 3, str(self.folder / "x.img")))
        last = Burn(self, "--node", 3, "--output", self.folder / "nowhere/x.img").end(4)
        self.assertEqual((last["event"], last["node"], last["status"]), ("error", 3, 4))


@unittest.skipUnless(can_make_cards(), "loop devices need root")
class ManyCardsTest(ManyCase):
    def test_three_cards_at_once(self):
        cards = [self.card(f"card-{i}", noise=True) for i in range(3)]
        words = [word for card in cards for word in ("--device", card.device)]
        burn = Burn(self, "--node", "4,1", "--node", 3, *words)
        summary = burn.end(0)
        self.assertEqual([(card["node"], card["target"]) for card in summary["cards"]],
                         [(node, str(card.device)) for node, card in zip((4, 1, 3), cards)])
        self.assertFalse(burn.named("waiting"))
        for node, card in zip((4, 1, 3), cards):
            self.assert_node_on(card.file, node)
            self.assertEqual(self.receipt(node)["target"]["name"], str(card.device))

    def test_wrong_devices_are_refused_and_stay_as_they_are(self):
        first, second = self.card("first", noise=True), self.card("second", noise=True)
        before = first.file.read_bytes()
        link = self.folder / "link"
        link.symlink_to(first.device)
        burn = ("-f", self.cluster, "burn", "--yes")
        same = self.kraken(*burn, "--node", "3,4", "--device", first.device, "--device", link, status=2).stderr
        self.assertIn("the same device", same)
        many = self.kraken(*burn, "--node", 3, "--device", first.device, "--device", second.device, status=2).stderr
        self.assertIn("2 devices", many)
        two = ("--node", "3,4", "--device", first.device, "--device", second.device)
        self.assertIn("pass --yes", self.kraken("-f", self.cluster, "burn", *two, status=4).stderr)
        # One of the first round that will not do: nothing is written.
        run("losetup", "-d", second.device)
        self.kraken(*burn, *two, status=4)
        self.assertEqual(first.file.read_bytes(), before)

    def exchange(self, card, name):
        file = self.folder / name
        file.touch()
        os.truncate(file, CARD_SIZE)
        run("losetup", "-d", card.device)
        run("losetup", card.device, file)
        return file

    def test_one_reader_asks_for_card_after_card(self):
        card = self.card("card-1")
        burn = Burn(self, "--all", "--device", card.device)
        for node in (3, 4):
            waiting = burn.wait_for("waiting")
            self.assertEqual((waiting["node"], waiting["target"]), (node, str(card.device)))
            self.exchange(card, f"card-{node}")
            self.assertEqual(burn.wait_for("inserted")["node"], node)
        summary = burn.end(0)
        self.assertEqual([one["verdict"] for one in summary["cards"]], ["verified"] * 3)
        for node in (1, 3, 4):
            self.assert_node_on(self.folder / f"card-{node}", node)

    def test_a_card_that_will_not_do_is_told_of_and_waited_for(self):
        card = self.card("card")
        root = pretend_cards(self.folder / "root", {card.device: CARD_SIZE})
        info = os.stat(card.device)
        mount = f"36 35 {os.major(info.st_rdev)}:{os.minor(info.st_rdev)} / /media/x rw - vfat {card.device} rw\n"
        burn = Burn(self, "--node", "3,4", "--system-root", root)
        burn.wait_for("waiting")
        # The same card, put in again; then another one, which a desktop mounts at once.
        serial = next(root.glob("sys/devices/**/serial"))
        self.replace(serial, "serial-1\n")
        self.assertIn("got kraken-3 just now", burn.wait_for("refused")["reason"])
        card.file.write_bytes(bytes(CARD_SIZE))
        self.replace(root / "proc/self/mountinfo", mount)
        self.replace(serial, "serial-2\n")
        self.assertIn("mounted at /media/x", burn.wait_for("refused")["reason"])
        self.replace(root / "proc/self/mountinfo", "")
        self.assertEqual(burn.wait_for("inserted")["serial"], "serial-2")
        burn.end(0)
        self.assertEqual(len(burn.named("refused")), 2, "each reason once")
        self.assert_node_on(card.file, 4)

    def test_an_empty_reader_that_is_named_is_waited_at(self):
        card = self.card("card")
        root = pretend_cards(self.folder / "root", {card.device: 0})
        words = ("--node", 3, "--device", card.device, "--system-root", root)
        listed = json.loads(self.kraken("cards", "--json", "--system-root", root).stdout)
        self.assertEqual([(d["verdict"], d["size"]) for d in listed], [("refused", 0)])
        self.assertIn("no medium in it", listed[0]["reason"])
        self.assertIn("pass --yes", self.kraken("-f", self.cluster, "burn", *words, status=4).stderr)
        stopped = Burn(self, *words)
        self.assertEqual(stopped.wait_for("waiting")["node"], 3)
        stopped.process.send_signal(signal.SIGINT)
        self.assertEqual(stopped.end(6)["event"], "error")
        burn = Burn(self, *words)
        self.assertEqual(burn.wait_for("waiting")["target"], str(card.device))
        self.replace(next(root.glob("sys/devices/**/size")), f"{CARD_SIZE // 512}\n")
        self.assertEqual(burn.wait_for("inserted")["size"], CARD_SIZE)
        self.assertEqual(burn.end(0)["event"], "result")
        self.assert_node_on(card.file, 3)

    def replace(self, path, text):
        """At once: whoever reads meanwhile sees the old text or the new one."""
        new = self.folder / "new"
        new.write_text(text)
        new.rename(path)

    def test_a_run_that_waits_can_be_stopped(self):
        card = self.card("card")
        burn = Burn(self, "--all", "--device", card.device)
        burn.wait_for("waiting")
        burn.process.send_signal(signal.SIGINT)
        summary = burn.end(6)
        self.assertEqual([one["verdict"] for one in summary["cards"]], ["verified", "not begun", "not begun"])
        self.assert_node_on(card.file, 1)


@unittest.skipUnless(can_make_nbd_cards(), "needs root, nbdkit and nbdfuse")
class BadAmongManyTest(ManyCase):
    def nbd(self, name, *words):
        card = NbdCard(self.folder / name, *words)
        self.addCleanup(card.close)
        return card

    def old_card(self, name):
        file = self.folder / name
        file.write_bytes(bytes(510) + b"\x55\xaa" + os.urandom(MIB))
        os.truncate(file, CARD_SIZE)
        return file

    def test_a_failing_card_fails_alone(self):
        medium = self.old_card("medium")
        trigger = self.folder / "trigger"
        bad = self.nbd("bad", "--filter=error", "--filter=rate", "file", medium, "rate=20M", "error-pwrite=EIO",
                       "error-pwrite-rate=100%", f"error-pwrite-file={trigger}")
        good, other = self.card("good", noise=True), self.card("other", noise=True)
        burn = Burn(self, "--all", "--device", good.device, "--device", bad.device, "--device", other.device)
        # Only once it is being written, so that it is a card that dies at work.
        while burn.wait_for("progress")["target"] != str(bad.device):
            pass
        trigger.touch()
        summary = burn.end(5)
        self.assertEqual([card["verdict"] for card in summary["cards"]], ["verified", "failed", "verified"])
        self.assertIn("Input/output error", summary["cards"][1]["message"])
        self.assertIn("kraken-3: ", burn.error)
        self.assert_node_on(good.file, 1)
        self.assert_node_on(other.file, 4)
        self.assertFalse(is_bootable(medium))

    def write_packed_base(self, is_damaged=False):
        """One that is decoded while cards are written, for longer than one takes to fail."""
        packed = pack_xz(self.base(Shape(extra_files={"usr/noise": os.urandom(12 * MIB)}), name="noise"))
        if is_damaged:
            damage(packed, packed.stat().st_size * 3 // 4)
        disk = SlowDisk(self, rate="20M", burst=1)
        slow = disk.folder / packed.name
        shutil.copy(packed, slow)
        disk.forget()
        self.write_cluster(slow, FOURTH)

    def dead_card(self, name):
        return self.nbd(name, "--filter=error", "memory", CARD_SIZE, "error-pwrite=EIO", "error-pwrite-rate=100%")

    def test_a_card_that_fails_while_the_base_is_decoded_costs_its_own_node(self):
        self.write_packed_base()
        bad = self.dead_card("bad")
        burn = Burn(self, "--node", "3,4", "--no-verify", "--device", bad.device)
        self.assertEqual(burn.wait_for("error")["node"], 3)
        self.assertEqual(burn.wait_for("waiting")["node"], 4)
        burn.process.send_signal(signal.SIGINT)
        summary = burn.end(6)
        self.assertEqual([card["verdict"] for card in summary["cards"]], ["failed", "not begun"])
        self.assertEqual(len(burn.named("error")), 1)
        self.assertEqual(len(list(self.kraken.cache.glob("images/*.img"))), 1)

    def test_decoding_is_given_up_when_no_card_is_left(self):
        self.write_packed_base()
        cards = [self.dead_card("first"), self.dead_card("second")]
        # Without a look at what is on them, they fail as soon as the base begins to be decoded.
        devices = [word for card in cards for word in ("--device", card.device)]
        burn = Burn(self, "--node", "3,4", "--no-verify", *devices)
        last = burn.end(5)
        self.assertEqual((last["event"], last["node"], last["status"]), ("error", None, 5))
        self.assertEqual({event["node"] for event in burn.named("error")}, {3, 4, None})
        self.assertEqual(list(self.kraken.cache.glob("images/*.img")), [])
        last = Burn(self, "--node", 3, "--no-verify", "--device", cards[0].device).end(5)
        self.assertEqual((last["event"], last["node"]), ("error", 3))
        self.assertIn("had begun to be written", last["message"])

    def test_a_damaged_base_says_which_cards_do_not_boot(self):
        self.write_packed_base(is_damaged=True)
        card = self.card("card", noise=True)
        burn = Burn(self, "--node", "3,4", "--device", card.device)
        last = burn.end(3)
        self.assertEqual((last["event"], last["node"], last["status"]), ("error", None, 3))
        errors = burn.named("error")
        self.assertEqual([event["node"] for event in errors], [3, None])
        self.assertIn(f"{card.device} had begun to be written, and does not boot", errors[0]["message"])

    def test_an_interrupted_run_leaves_finished_cards_good(self):
        media = [self.old_card(f"medium-{i}") for i in range(2)]
        slow = self.nbd("slow", "--filter=rate", "file", media[0], "rate=40M")
        quick = self.card("quick", noise=True)
        burn = Burn(self, "--node", "3,4,1", "--device", slow.device, "--device", quick.device)
        wait_for(lambda: not is_bootable(media[0]))
        burn.wait_for("result")
        burn.wait_for("waiting")
        burn.process.send_signal(signal.SIGTERM)
        summary = burn.end(6)
        self.assertEqual([card["verdict"] for card in summary["cards"]], ["failed", "verified", "not begun"])
        self.assertEqual(summary["status"], 6)
        self.assertFalse(is_bootable(media[0]))
        self.assert_node_on(quick.file, 4)


if __name__ == "__main__":
    unittest.main()
