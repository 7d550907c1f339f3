"""The same inputs give the same bytes: in another folder, another time zone, another umask, at another time."""

import filecmp
import os
import shutil
import unittest

from lib.cluster import ClusterCase
from lib.programs import run


class ReproducibleTest(ClusterCase):
    def twin(self):
        """The same cluster in another folder."""
        twin = self.folder.parent / (self.folder.name + "-twin")
        shutil.copytree(self.folder, twin, symlinks=True)
        self.addCleanup(shutil.rmtree, twin, ignore_errors=True)
        return twin

    def test_two_folders_and_time_zones(self):
        self.write_cluster(self.base())
        twin = self.twin()
        first = self.burn(3, environment={"TZ": "Pacific/Kiritimati"})
        umask = os.umask(0o077)
        try:
            self.kraken("-f", twin / "cluster.yaml", "burn", "--node", 3, "--output", twin / "other.img",
                        environment={"TZ": "America/Los_Angeles", "SOURCE_DATE_EPOCH": "1772323200", "LC_ALL": "C"})
        finally:
            os.umask(umask)
        self.assertTrue(filecmp.cmp(first, twin / "other.img", shallow=False))

    def test_another_clock_or_node_gives_other_bytes(self):
        self.write_cluster(self.base())
        first = self.burn(3)
        second = self.burn(3, "--clock", "2026-03-02T00:00:00Z", output=self.folder / "later.img")
        third = self.burn(1)
        self.assertFalse(filecmp.cmp(first, second, shallow=False))
        self.assertFalse(filecmp.cmp(first, third, shallow=False))

    def test_compressed_and_raw_base_give_the_same_image(self):
        base = self.base()
        self.write_cluster(base)
        first = self.burn(3)
        for tool, suffix in (("xz", "xz"), ("gzip", "gz"), ("zstd", "zst"), ("bzip2", "bz2")):
            with self.subTest(tool):
                run(tool, "-k", base)
                self.write_cluster(base.with_name(f"base.img.{suffix}"))
                packed = self.burn(3, output=self.folder / "packed.img")
                self.assertTrue(filecmp.cmp(first, packed, shallow=False))


if __name__ == "__main__":
    unittest.main()
