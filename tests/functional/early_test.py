"""Burning a base that is not in the cache: written while it is decoded, and no less checked for that."""

import os
import unittest

from lib.card_case import CardCase, is_bootable
from lib.cards import MIB, can_make_cards
from lib.images import Shape, damage
from lib.programs import run
from lib.trees import Unpacked, assert_clean

PACKERS = {"xz": ("xz", "-k", "-0", "--block-size=4MiB"), "zst": ("zstd", "-q", "-k"), "gz": ("gzip", "-k", "-1")}


@unittest.skipUnless(can_make_cards(), "loop devices need root")
class EarlyTest(CardCase):
    def setUp(self):
        super().setUp()
        self.raw = self.base(Shape(extra_files={"usr/noise": os.urandom(12 * MIB)}))

    def pack(self, kind):
        packed = self.raw.with_name(f"base.img.{kind}")
        if kind == "zip":
            run("zip", "-q", "-j", packed, self.raw)
        else:
            run(*PACKERS[kind], self.raw)
        return packed

    def cached_images(self):
        return [*self.kraken.cache.glob("images/*.img"), *self.kraken.cache.glob("tmp/*")]

    def test_a_cold_cache_ends_as_a_warm_one(self):
        for kind in ("xz", "zst", "zip", "gz"):
            with self.subTest(kind):
                self.kraken.cache = self.folder / f"cache-{kind}"
                self.write_cluster(self.pack(kind))
                cold, warm = self.card("cold"), self.card("warm")
                self.burn_card(cold.device)
                early = self.receipt()
                self.burn_card(warm.device)
                late = self.receipt()
                # What gzip decodes to is not known beforehand.
                self.assertEqual(early["written"]["early_bytes"] > 0, kind != "gz")
                self.assertEqual(late["written"]["early_bytes"], 0)
                self.assertEqual(early["image"], late["image"])
                self.assertEqual(early["written"]["bytes"], late["written"]["bytes"])
                self.assertEqual(early["verification"]["bytes"], late["verification"]["bytes"])
                assert_clean(cold.file, self.folder / "check")
                self.assertEqual(Unpacked(cold.file, self.folder / "a").tree(),
                                 Unpacked(warm.file, self.folder / "b").tree())
                self.assertEqual(len(self.cached_images()), 1)

    def failing(self, base, sha256=None):
        self.write_cluster(base)
        if sha256:
            text = self.cluster.read_text()
            self.cluster.write_text(text.replace("}\norchestrator", f", sha256: {sha256}}}\norchestrator", 1))
        card = self.card("card")
        with open(card.device, "r+b") as device:
            device.seek(510)
            device.write(b"\x55\xaa")
            os.fsync(device)
        error = self.burn_card(card.device, status=3).stderr
        self.assertEqual(self.cached_images(), [])
        return card, error

    def test_damage_leaves_a_card_that_does_not_boot_and_nothing_in_the_cache(self):
        packed = self.pack("xz")
        damage(packed, packed.stat().st_size * 3 // 4)
        card, error = self.failing(packed)
        self.assertFalse(is_bootable(card.file))
        self.assertIn(f"{card.device} had begun to be written", error)

    def test_another_digest_leaves_a_card_that_does_not_boot(self):
        card, error = self.failing(self.pack("xz"), "ab" * 32)
        self.assertFalse(is_bootable(card.file))
        self.assertIn("had begun to be written", error)

    def test_a_file_that_is_cut_off_leaves_the_card_alone(self):
        packed = self.pack("xz")
        os.truncate(packed, packed.stat().st_size // 2)
        card, _ = self.failing(packed)
        self.assertTrue(is_bootable(card.file))

    def test_a_card_that_is_too_small_is_left_alone(self):
        self.write_cluster(self.pack("xz"))
        card = self.card("card", size=64 * MIB)
        before = card.file.read_bytes()
        self.burn_card(card.device, status=4)
        self.assertEqual(card.file.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
