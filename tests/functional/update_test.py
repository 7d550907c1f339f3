"""burn --update: only what differs is written, the card ends as a fresh burn leaves it, and foreign cards are left alone."""

import os
import shutil
import signal
import subprocess
import unittest

from lib.card_case import CardCase, is_bootable
from lib.cards import LoopCard, MIB, NbdCard, can_make_cards, can_make_nbd_cards, wait_for
from lib.images import Shape
from lib.programs import KRAKEN, run
from lib.trees import Unpacked, assert_clean, partition_file, partitions


class UpdateCase(CardCase):
    def change_profile(self):
        profile = self.folder / "profiles/test.yaml"
        profile.write_text(profile.read_text().replace("gpu_mem=16", "gpu_mem=32").replace("memory", "memory, quiet"))

    def assert_holds_what_a_burn_writes(self, updated, before, *words):
        """`before` is what was on the card: a burn of everything to it must end in the same bytes."""
        fresh = LoopCard(before)
        self.addCleanup(fresh.close)
        sha = self.receipt()["image"]
        self.burn_card(fresh.device, *words)
        run("cmp", before, updated)
        self.assertEqual(self.receipt()["image"], sha)
        assert_clean(updated, self.folder / "check")


@unittest.skipUnless(can_make_cards(), "loop devices need root")
class UpdateTest(UpdateCase):
    def burned(self, node=3):
        card = self.card("card")
        self.burn_card(card.device, node=node)
        return card

    def copy(self, card, name="before"):
        run("sync", card.file)
        return copy_of(card.file, self.folder / name)

    def test_a_changed_profile_costs_a_few_blocks(self):
        self.write_cluster(self.base())
        card = self.burned()
        before = self.copy(card)
        self.change_profile()
        out = self.burn_card(card.device, "--update").stdout
        self.assertRegex(out, r"(?m)^  compared  ")
        receipt = self.receipt()
        written, compared = receipt["written"]["bytes"], receipt["written"]["compared_bytes"]
        self.assertGreater(written, 0)
        self.assertLess(written, compared // 50)
        self.assertEqual(receipt["verification"]["bytes"], written)
        self.assertIn("gpu_mem=32", Unpacked(card.file, self.folder / "tree").text("boot:/config.txt"))
        self.assert_holds_what_a_burn_writes(card.file, before)

    def test_a_card_that_is_right_is_not_written(self):
        self.write_cluster(self.base())
        card = self.burned()
        before = self.copy(card)
        self.burn_card(card.device, "--update")
        self.assertEqual(self.receipt()["written"]["bytes"], 0)
        run("cmp", before, card.file)

    def test_a_card_that_ran_and_lost_its_power_is_made_new(self):
        self.write_cluster(self.base())
        card = self.burned()
        part = partition_file(card.file, 2, self.folder)
        for command in ("write /etc/passwd /srv", "write /etc/hostname /var/log/syslog", "rm /etc/hostname",
                        "feature needs_recovery"):
            run("debugfs", "-w", "-R", command, part)
        start, _ = partitions(card.file)[1]
        run("dd", f"if={part}", f"of={card.device}", "bs=1M", f"seek={start // MIB}", "conv=notrunc,fsync",
            "status=none")
        before = self.copy(card)
        self.burn_card(card.device, "--update")
        self.assertGreater(self.receipt()["written"]["bytes"], 0)
        self.assert_holds_what_a_burn_writes(card.file, before)

    def test_another_node_of_the_cluster_becomes_this_one(self):
        self.write_cluster(self.base())
        card = self.burned(node=1)
        before = self.copy(card)
        warned = self.burn_card(card.device, "--update").stderr
        self.assertIn("was node 1 (kraken-1) and becomes node 3 (kraken-3)", warned)
        self.assert_holds_what_a_burn_writes(card.file, before)

    def refused(self, card, *reasons, cluster=None):
        before = self.copy(card)
        error = self.burn_card(card.device, "--update", status=4, cluster=cluster).stderr
        for reason in (str(card.device), "--any-card", *reasons):
            self.assertIn(reason, error)
        run("cmp", before, card.file)

    def other_cluster(self, name):
        folder = self.folder / name
        folder.mkdir()
        self.kraken("init", folder, "--authorized-keys", self.folder / "login.pub")
        self.write_cluster(self.folder / "base/base.img", folder=folder)
        return folder / "cluster.yaml"

    def test_cards_of_nobody_and_of_others_are_refused_unchanged(self):
        self.write_cluster(self.base())
        self.refused(self.card("noise"), "no node of any cluster")
        self.refused(self.card("blank", noise=False), "no node of any cluster")
        card = self.burned()
        # The same name, and other secrets.
        same_name = self.other_cluster("same")
        self.refused(card, "other secrets", cluster=same_name)
        other = self.other_cluster("other")
        other.write_text(other.read_text().replace("name: kraken\n", "name: octopus\n"))
        self.refused(card, "of the cluster kraken", cluster=other)
        before = self.copy(card)
        self.burn_card(card.device, "--update", "--any-card", cluster=same_name)
        updated = self.copy(card, "updated")
        fresh = LoopCard(before)
        self.addCleanup(fresh.close)
        self.burn_card(fresh.device, cluster=same_name)
        run("cmp", before, updated)

    def test_a_base_that_is_not_a_node_is_refused(self):
        base = self.base()
        self.write_cluster(base)
        card = self.card("card", noise=False)
        run("dd", f"if={base}", f"of={card.device}", "bs=1M", "conv=notrunc,fsync", "status=none")
        self.refused(card, "no node of any cluster")

    def test_words_that_do_not_go_together(self):
        self.write_cluster(self.base())
        words = ("-f", self.cluster, "burn", "--node", 3)
        self.kraken(*words, "--update", "--output", self.folder / "x.img", status=2)
        self.kraken(*words, "--any-card", "--device", "/dev/loop0", status=2)
        self.kraken(*words, "--update", "--probe", "--device", "/dev/loop0", status=2)


@unittest.skipUnless(can_make_nbd_cards(), "needs root, nbdkit and nbdfuse")
class InterruptedUpdateTest(UpdateCase):
    def test_an_interrupted_update_does_not_boot_and_may_be_run_again(self):
        self.write_cluster(self.base())
        card = self.card("medium")
        self.burn_card(card.device)
        card.close()
        # Another base, so that there is something to write.
        noise = os.urandom(16 * MIB)
        self.write_cluster(self.base(Shape(extra_files={"usr/noise": noise}), name="second"))
        slow = NbdCard(self.folder / "nbd", "--filter=rate", "file", card.file, "rate=100M")
        self.addCleanup(slow.close)
        words = ("-f", self.cluster, "burn", "--node", 3, "--yes", "--update", "--device", slow.device)
        burn = subprocess.Popen([KRAKEN, "--cache", self.kraken.cache, *map(str, words)], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: not is_bootable(card.file) or burn.poll() is not None, seconds=60)
        burn.send_signal(signal.SIGINT)
        _, error = burn.communicate(timeout=60)
        self.assertEqual(burn.returncode, 6, error)
        self.assertFalse(is_bootable(card.file))
        before = copy_of(card.file, self.folder / "before")
        self.burn_card(slow.device, "--update")
        self.assertGreater(self.receipt()["written"]["bytes"], MIB)
        run("sync", card.file)
        self.assert_holds_what_a_burn_writes(card.file, before)


def copy_of(source, target):
    shutil.copyfile(source, target)
    return target


if __name__ == "__main__":
    unittest.main()
