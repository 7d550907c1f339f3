"""A node's image is the base and what the plan lists, and nothing else; checked by other people's programs."""

import json
import os
import re
import unittest

from lib.cluster import ClusterCase
from lib.images import Shape
from lib.programs import run
from lib.trees import Unpacked, assert_clean, differences, disk_id

# Times and allocation change with every edit; these paths are what the tool may touch on any image.
ALWAYS = {"/etc/kraken", "/etc/kraken/node.json", "/etc/hostname", "/etc/hosts", "/usr/lib/kraken",
          "/usr/lib/kraken/kraken-firstboot", "/etc/systemd/system/kraken-firstboot.service",
          "/etc/systemd/system/multi-user.target.wants/kraken-firstboot.service",
          "/etc/systemd/system/kraken-network.service", "/etc/systemd/system/kraken-cluster.service",
          "/etc/systemd/system/multi-user.target.wants/kraken-cluster.service",
          "/etc/systemd/system/multi-user.target.wants/kraken-network.service", "/etc/ssh/ssh_host_ed25519_key",
          "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/fstab", "boot:/cmdline.txt"}


class BurnTest(ClusterCase):
    def burn_and_unpack(self, shape):
        base = self.base(shape)
        self.write_cluster(base)
        image = self.burn(3)
        assert_clean(image, self.folder / "check")
        return base, image, Unpacked(base, self.folder / "before"), Unpacked(image, self.folder / "after")

    def test_changes_just_what_the_plan_lists(self):
        base, image, before, after = self.burn_and_unpack(Shape())
        self.assertTrue(base.exists() and image.exists())
        plan = json.loads(self.kraken("-f", self.cluster, "plan", "--node", 3, "--json").stdout)
        planned = {e["path"].replace("/boot/firmware/", "boot:/") for e in plan["edits"]}
        changed = differences(before.tree(), after.tree())
        self.assertTrue(ALWAYS <= changed, ALWAYS - changed)
        # Folders on the way to a planned file are made with it.
        ways = {p.rsplit("/", n)[0] for p in planned for n in range(1, p.count("/"))}
        self.assertLessEqual(changed - planned - ways, set())
        self.assertLessEqual({p for p in planned if p not in changed}, set())

    def test_managers_alone_let_nodes_measure_and_join(self):
        self.write_cluster(self.base(Shape()))
        for node, expected in ((1, True), (3, False)):
            plan = json.loads(self.kraken("-f", self.cluster, "plan", "--node", node, "--json").stdout)
            planned = {e["path"] for e in plan["edits"]}
            units = {f"/etc/systemd/system/{unit}" for unit in (
                "kraken-measure.socket", "kraken-measure.service", "sockets.target.wants/kraken-measure.socket",
                "kraken-join.socket", "kraken-join.service", "sockets.target.wants/kraken-join.socket")}
            self.assertEqual(planned & units, units if expected else set())

    def test_the_skeleton_is_copied_as_useradd_does(self):
        deep = "/".join("abcdefghijkl")
        skel = Shape(extra_files={f"etc/skel/{deep}/file": b"deep", "etc/skel/big": bytes(3 << 19)},
                     extra_links={"etc/skel/inside": "/etc/skel/big", "etc/skel/outside": "/etc/motd"})
        home = self.burn_and_unpack(skel)[3].root / "home/kraken"
        self.assertEqual((home / deep / "file").read_bytes(), b"deep")
        self.assertEqual((home / "big").stat().st_size, 3 << 19)
        self.assertEqual(os.readlink(home / "inside"), "/home/kraken/big")
        self.assertEqual(os.readlink(home / "outside"), "/etc/motd")
        # Links as well; but debugfs, which unpacks them, gives links to whoever runs it.
        self.assertEqual({(home / name).stat().st_uid for name in ("big", f"{deep}/file")}, {1000})

    def test_what_of_the_skeleton_is_too_large_is_told(self):
        self.write_cluster(self.base(Shape(extra_files={"etc/skel/huge": bytes(17 << 20)})))
        self.burn(3)
        self.assertRegex(self.last.stderr, r"/etc/skel/huge \(17 MiB\) is too large to be copied")

    def test_every_flavour_is_customised(self):
        for flavour in ("debian", "bookworm", "bullseye", "trixie", "trixie-cloud"):
            with self.subTest(flavour=flavour):
                _, image, _, after = self.burn_and_unpack(Shape(flavour=flavour))
                cmdline = after.text("boot:/cmdline.txt")
                self.assertEqual(cmdline.count("\n"), 1)
                self.assertNotRegex(cmdline, r"init=|(^| )resize( |$)")
                self.assertIn(f"root=PARTUUID={disk_id(image)}-02", cmdline)
                self.assertIn(f"PARTUUID={disk_id(image)}-02", after.text("/etc/fstab"))
                self.assertEqual(after.text("/etc/hostname"), "kraken-3\n")
                wants = after.root / "etc/systemd/system/multi-user.target.wants"
                self.assertFalse((wants / "regenerate_ssh_host_keys.service").is_symlink())

    def test_user_can_log_in(self):
        for flavour, home in (("debian", "home/kraken"), ("bookworm", "home/pi")):
            with self.subTest(flavour=flavour):
                _, _, _, after = self.burn_and_unpack(Shape(flavour=flavour))
                keys = after.root / home / ".ssh/authorized_keys"
                self.assertEqual(keys.read_text(), (self.folder / "login.pub").read_text())
                info = keys.stat()
                self.assertEqual((info.st_uid, info.st_mode & 0o777), (1000, 0o600))
                self.assertEqual((keys.parent.stat().st_uid, keys.parent.stat().st_mode & 0o777), (1000, 0o700))
                if flavour == "debian":
                    self.assertRegex(after.text("/etc/passwd"), r"(?m)^kraken:x:1000:1000:.*:/home/kraken:/bin/bash$")
                    self.assertRegex(after.text("/etc/group"), r"(?m)^sudo:x:27:kraken$")

    def test_host_key_is_a_real_one(self):
        _, _, _, after = self.burn_and_unpack(Shape())
        key = after.root / "etc/ssh/ssh_host_ed25519_key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        public = run("ssh-keygen", "-y", "-f", key).stdout.split()[:2]
        self.assertEqual(public, after.text("/etc/ssh/ssh_host_ed25519_key.pub").split()[:2])

    def test_odd_shapes_of_file_systems(self):
        shapes = {
            "FAT16": Shape(fat_options=("-F", "16")),
            "FAT16, 8 KiB clusters": Shape(fat_options=("-F", "16", "-s", "16"), boot_mib=48),
            "1 KiB blocks": Shape(ext4_options=("-b", "1024")),
            "2 KiB blocks, small inodes": Shape(ext4_options=("-b", "2048", "-I", "128")),
            "no checksums": Shape(ext4_options=("-O", "^metadata_csum,^64bit")),
            "trixie's features": Shape(ext4_options=("-O", "metadata_csum,metadata_csum_seed,orphan_file")),
            "no extents": Shape(ext4_options=("-O", "^extent,^64bit")),
            "late start": Shape(boot_start=16384),
        }
        for name, shape in shapes.items():
            with self.subTest(name):
                _, _, _, after = self.burn_and_unpack(shape)
                self.assertEqual(after.text("/etc/hostname"), "kraken-3\n")

    def test_receipt_names_hashes_and_no_secret(self):
        _, image, _, after = self.burn_and_unpack(Shape())
        receipt = json.loads((image.parent / (image.name + ".receipt.json")).read_text())
        self.assertEqual(receipt["format"], "kraken-receipt")
        text = json.dumps(receipt)
        secret = (self.folder / "secrets/cluster-secret").read_text().split()[-1]
        self.assertNotIn(secret, text)
        self.assertNotIn("PRIVATE KEY", text)
        self.assertTrue(re.search(r'"path": "/etc/ssh/ssh_host_ed25519_key"', text))
        self.assertNotIn(run("sha256sum", after.root / "etc/ssh/ssh_host_ed25519_key").stdout.split()[0], text)


if __name__ == "__main__":
    unittest.main()
