"""What is in an image, read by debugfs and mtools: every file of both partitions with content, mode and owner."""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import stat

from .programs import run

SECTOR = 512


@dataclasses.dataclass(frozen=True)
class Entry:
    kind: str      # file, folder, link
    mode: int
    uid: int
    gid: int
    content: str   # sha256 of a file, target of a link


def partitions(image):
    table = json.loads(run("sfdisk", "--json", image).stdout)["partitiontable"]
    return [(p["start"] * SECTOR, p["size"] * SECTOR) for p in table["partitions"]]


def disk_id(image):
    return json.loads(run("sfdisk", "--json", image).stdout)["partitiontable"]["id"].removeprefix("0x")


def partition_file(image, number, folder):
    """One partition as a sparse file of its own."""
    start, size = partitions(image)[number - 1]
    part = pathlib.Path(folder) / f"part{number}"
    run("dd", f"if={image}", f"of={part}", "iflag=skip_bytes,count_bytes", f"skip={start}", f"count={size}", "bs=1M",
        "conv=sparse", "status=none")
    os.truncate(part, size)
    return part


def entry_of(path):
    info = path.lstat()
    mode = stat.S_IMODE(info.st_mode)
    if stat.S_ISLNK(info.st_mode):
        return Entry("link", 0o777, info.st_uid, info.st_gid, os.readlink(path))
    if stat.S_ISDIR(info.st_mode):
        return Entry("folder", mode, info.st_uid, info.st_gid, "")
    return Entry("file", mode, info.st_uid, info.st_gid, hashlib.sha256(path.read_bytes()).hexdigest())


def folder_tree(folder):
    return {"/" + str(p.relative_to(folder)): entry_of(p) for p in sorted(folder.rglob("*"))}


class Unpacked:
    """An image's two file systems below a folder: root/ and boot/. Needs root for the owners."""

    def __init__(self, image, folder):
        folder = pathlib.Path(folder)
        shutil.rmtree(folder, ignore_errors=True)
        self.root, self.boot = folder / "root", folder / "boot"
        self.root.mkdir(parents=True)
        self.boot.mkdir()
        self.fat, self.ext4 = partition_file(image, 1, folder), partition_file(image, 2, folder)
        run("debugfs", "-R", f"rdump / {self.root}", self.ext4)
        run("mcopy", "-i", self.fat, "-s", "-n", "::/*", self.boot, check=False,
            env={**os.environ, "MTOOLS_SKIP_CHECK": "1"})

    def tree(self):
        """Paths in the root, and those of the boot partition behind "boot:"."""
        found = folder_tree(self.root)
        for path, entry in folder_tree(self.boot).items():
            found["boot:" + path] = dataclasses.replace(entry, mode=0, uid=0, gid=0)
        return found

    def text(self, path):
        base = self.boot if path.startswith("boot:") else self.root
        return (base / path.removeprefix("boot:").lstrip("/")).read_text(encoding="utf-8")


def differences(before, after):
    """Paths that one tree has and the other has not, or has otherwise."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def assert_clean(image, folder):
    """Partition table and both file systems, as their own checkers see them."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    verify = run("sfdisk", "--verify", image).stdout
    assert "No errors detected" in verify, verify
    run("fsck.fat", "-n", partition_file(image, 1, folder))
    run("e2fsck", "-fn", partition_file(image, 2, folder))
