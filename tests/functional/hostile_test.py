"""Bases that are broken, hostile or merely strange: a clean image, or exit status 3 and a sentence; never a wrong image."""

import os
import unittest

from lib.cluster import ClusterCase
from lib.images import MIB, Shape, default_fstab, make_image
from lib.programs import run
from lib.trees import Unpacked, assert_clean, disk_id, partitions


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

    def change_root(self, base, *commands):
        """Runs debugfs' commands on the base's root file system."""
        start, size = partitions(base)[1]
        part = self.folder / "part"
        run("dd", f"if={base}", f"of={part}", "bs=1M", f"skip={start // MIB}", f"count={size // MIB}", "status=none")
        for command in commands:
            run("debugfs", "-w", "-R", command, part)
        run("dd", f"if={part}", f"of={base}", "bs=1M", f"seek={start // MIB}", "conv=notrunc", "status=none")

    def changed_base(self, *commands):
        base = self.base()
        self.change_root(base, *commands)
        return base

    def test_journal_to_recover(self):
        self.assert_refused(self.changed_base("feature needs_recovery"), "e2fsck")

    def test_errors_in_the_root_file_system(self):
        self.assert_refused(self.changed_base("set_super_value state 2"), "e2fsck")

    def test_links_that_loop_or_lead_out(self):
        base = self.changed_base("symlink /etc/kraken ../../../../../../etc/kraken-outside")
        self.write_cluster(base)
        self.burn(3)
        assert_clean(self.folder / "kraken-3.img", self.folder / "check")
        self.assert_refused(self.changed_base("symlink /etc/kraken kraken"))

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

    def with_boot_files(self, files, shape=Shape()):
        """The base with files put into its boot partition."""
        base = self.base(shape)
        start, _ = partitions(base)[0]
        for name, text in files.items():
            (self.folder / "in").write_text(text, encoding="ascii")
            run("mcopy", "-o", "-i", f"{base}@@{start}", self.folder / "in", f"::/{name}")
        return base

    def test_disk_id_in_other_spellings(self):
        fstab = "PARTUUID\\0750f1ee700-01 /boot/firmware vfat\n/dev/disk/by-partuuid/0f1ee700-02 / ext4\n"
        cmdline = 'console=tty1 "root=/dev/disk/by-partuuid/0f1ee700-02" rootwait\n'
        base = self.with_boot_files({"cmdline.txt": cmdline}, Shape(fstab=fstab))
        self.write_cluster(base)
        image = self.burn(3)
        unpacked = Unpacked(image, self.folder / "unpacked")
        for path in ("boot:cmdline.txt", "/etc/fstab"):
            self.assertNotIn("0f1ee700", unpacked.text(path))
            self.assertIn(f"/dev/disk/by-partuuid/{disk_id(image)}-02", unpacked.text(path))
        self.assertIn(f"PARTUUID={disk_id(image)}-01 ", unpacked.text("/etc/fstab"))

    def test_folders_that_a_mount_would_hide(self):
        home = default_fstab(Shape()) + "/dev/mmcblk0p3 /home ext4 defaults 0 2\n"
        self.assert_refused(self.base(Shape(fstab=home)), "/home/kraken", "/dev/mmcblk0p3", "base.img")
        self.assert_refused(self.changed_base("symlink /etc/kraken /proc/foo"), "/proc")

    def test_another_command_line_than_the_usual_one(self):
        base = self.with_boot_files({"config.txt": "[all]\ncmdline=other.txt\n", "other.txt": "root=/dev/mmcblk0p2\n"})
        self.assert_refused(base, "cmdline=other.txt")

    def test_boot_partition_that_was_in_use(self):
        base = self.base()
        start, _ = partitions(base)[0]
        with open(base, "r+b") as file:
            file.seek(start + 0x41)
            file.write(b"\1")
        self.write_cluster(base)
        assert_clean(self.burn(3), self.folder / "check")

    def assert_no_base(self, base, *wanted):
        """What no node's image could be made from, `base info` refuses as well."""
        self.assert_refused(base, *wanted)
        said = self.kraken("base", "info", base, status=3).stderr
        for word in wanted:
            self.assertIn(word, said)

    def test_what_base_info_refuses_too(self):
        self.assert_no_base(self.base(Shape(ext4_options=("-O", "bigalloc")), "bigalloc"), "bigalloc")
        self.assert_no_base(self.base(Shape(ext4_options=("-O", "ea_inode")), "ea_inode"), "ea_inode")
        self.assert_no_base(self.base(Shape(ext4_options=("-O", "mmp")), "mmp"), "partition 2", "mmp")
        base = self.base()
        start, _ = partitions(base)[0]
        with open(base, "r+b") as file:
            file.seek(start + 32 * 512 + 4 * 3000)
            file.write(b"\1")
        self.assert_no_base(base, "copy 2 of the FAT differs")
        self.assert_no_base(self.changed_base("rm /etc/hosts", "symlink /etc/hosts hosts"), "/etc/hosts")
        self.assert_no_base(self.changed_base("rm /etc/hostname", "mkdir /etc/hostname"), "/etc/hostname")

    def test_refusals_name_the_base(self):
        for label in ("none", "gpt"):
            self.assert_refused(self.base(Shape(label=label), label), f"base image {self.folder / label / 'base.img'}: it")

    def test_a_checker_that_cannot_check(self):
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "e2fsck").write_text("#!/bin/sh\necho 'Get a newer version of e2fsck!'\nexit 8\n", encoding="ascii")
        (programs / "e2fsck").chmod(0o755)
        self.write_cluster(self.base())
        self.burn(3, status=3, environment={"PATH": f"{programs}:{os.environ['PATH']}"})
        self.assertIn("Get a newer version of e2fsck!", self.last.stderr)
        self.assertNotIn("damaged", self.last.stderr)

    def test_wrong_digest(self):
        base = self.base()
        self.write_cluster(base)
        text = self.cluster.read_text()
        self.cluster.write_text(text.replace("base.img}", "base.img, sha256: " + "ab" * 32 + "}"))
        self.burn(3, status=3)
        self.assertIn("ab" * 32, self.last.stderr)


if __name__ == "__main__":
    unittest.main()
