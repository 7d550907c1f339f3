"""Bases that are broken, hostile or merely strange: a clean image, or exit status 3 and a sentence; never a wrong image."""

import os
import unittest

from lib.cluster import ClusterCase
from lib.images import MIB, Shape, make_image
from lib.programs import run
from lib.trees import assert_clean, partitions


class HostileTest(ClusterCase):
    def assert_refused(self, base, *wanted):
        """Exit status 3, every wanted word in the message, and no file under the final name."""
        self.write_cluster(base)
        for left in self.folder.glob("kraken-3.img*"):
            left.unlink()
        image = self.burn(3, status=3)
        self.assertFalse(image.exists())
        self.assertEqual([p for p in self.folder.iterdir() if p.name.startswith("kraken-3.img")], [])
        for word in wanted:
            self.assertIn(word, self.last.stderr)

    def assert_clean_or_refused(self, base):
        self.write_cluster(base)
        output = self.folder / "kraken-3.img"
        output.unlink(missing_ok=True)
        for status in (0, 3):
            try:
                self.burn(3, status=status)
                break
            except AssertionError:
                if status == 3:
                    raise
        if output.exists():
            assert_clean(output, self.folder / "check")

    def packed(self, tool, suffix):
        base = self.base()
        run(tool, "-k", base)
        return base.with_name(f"base.img.{suffix}")

    def test_truncated_archives(self):
        for tool, suffix in (("xz", "xz"), ("gzip", "gz"), ("zstd", "zst"), ("bzip2", "bz2")):
            packed = self.packed(tool, suffix)
            whole = packed.read_bytes()
            for keep in (10, len(whole) // 2, len(whole) - 1):
                with self.subTest(tool, keep=keep):
                    packed.write_bytes(whole[:keep])
                    self.assert_refused(packed)

    def test_corrupted_archives(self):
        for tool, suffix in (("xz", "xz"), ("gzip", "gz"), ("zstd", "zst"), ("bzip2", "bz2")):
            packed = self.packed(tool, suffix)
            whole = packed.read_bytes()
            for part in range(1, 8):
                broken = bytearray(whole)
                broken[len(whole) * part // 8] ^= 0x55
                packed.write_bytes(broken)
                # Some bits of a format mean nothing: its own program says whether this one does.
                if run(tool, "-t", packed, check=False).returncode == 0:
                    continue
                with self.subTest(tool, part=part):
                    self.assert_refused(packed)

    def test_truncated_image(self):
        base = self.base()
        for size in (0, 512, 5 * MIB, base.stat().st_size - 8 * MIB):
            with self.subTest(size=size):
                copy = self.folder / "short.img"
                copy.write_bytes(base.read_bytes()[:size])
                self.assert_refused(copy)

    def test_no_table_gpt_and_bare_file_systems(self):
        self.assert_refused(self.base(Shape(label="none"), "none"))
        self.assert_refused(self.base(Shape(label="gpt"), "gpt"), "GPT")
        bare = self.folder / "bare.img"
        with open(bare, "wb") as file:
            file.truncate(64 * MIB)
        run("mkfs.fat", "-F", "32", bare)
        self.assert_refused(bare)
        run("mke2fs", "-q", "-F", "-t", "ext4", bare)
        self.assert_refused(bare)
        bare.write_bytes(os.urandom(4 * MIB))
        self.assert_refused(bare)

    def test_missing_fstab(self):
        self.assert_refused(self.base(Shape(fstab="")), "fstab")

    def test_full_file_systems(self):
        self.assert_refused(self.base(Shape(fill_root=True), "root"), "/")
        self.assert_clean_or_refused(self.base(Shape(fill_boot=True), "boot"))

    def test_another_architecture(self):
        self.assert_refused(self.base(Shape(architecture="amd64")), "arm")

    def with_root_flag(self, command):
        """The base with one debugfs command run on its root file system."""
        base = self.base()
        start, size = partitions(base)[1]
        part = self.folder / "part"
        run("dd", f"if={base}", f"of={part}", "bs=1M", f"skip={start // MIB}", f"count={size // MIB}", "status=none")
        run("debugfs", "-w", "-R", command, part)
        run("dd", f"if={part}", f"of={base}", "bs=1M", f"seek={start // MIB}", "conv=notrunc", "status=none")
        return base

    def test_journal_to_recover(self):
        self.assert_refused(self.with_root_flag("feature needs_recovery"), "e2fsck")

    def test_errors_in_the_root_file_system(self):
        self.assert_refused(self.with_root_flag("set_super_value state 2"), "e2fsck")

    def test_links_that_loop_or_lead_out(self):
        base = self.with_root_flag("symlink /etc/kraken ../../../../../../etc/kraken-outside")
        self.write_cluster(base)
        self.burn(3)
        assert_clean(self.folder / "kraken-3.img", self.folder / "check")
        self.assert_refused(self.with_root_flag("symlink /etc/kraken kraken"))

    def test_garbage_in_the_file_systems(self):
        base = self.base()
        whole = base.read_bytes()
        for number, (start, _) in enumerate(partitions(base)):
            for offset in (0, 11, 1024, 1024 + 88, 4096, 4096 + 8, 65536):
                with self.subTest(partition=number + 1, offset=offset):
                    broken = bytearray(whole)
                    broken[start + offset:start + offset + 16] = b"\xff" * 16
                    base.write_bytes(broken)
                    self.assert_clean_or_refused(base)

    def test_text_files_that_are_none(self):
        for path in ("/etc/passwd", "/etc/hosts", "/etc/fstab", "/etc/os-release"):
            with self.subTest(path):
                name = path.replace("/", "-")
                self.assert_clean_or_refused(make_image(self.folder / name, Shape(extra_files={path: os.urandom(70000)})))

    def test_wrong_digest(self):
        base = self.base()
        self.write_cluster(base)
        text = self.cluster.read_text()
        self.cluster.write_text(text.replace("base.img}", "base.img, sha256: " + "ab" * 32 + "}"))
        self.burn(3, status=3)
        self.assertIn("ab" * 32, self.last.stderr)


if __name__ == "__main__":
    unittest.main()
