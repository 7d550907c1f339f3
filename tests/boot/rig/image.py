"""A card image looked at from outside: its table, its FAT through mtools, its ext4 through debugfs. Reads only."""

import copy
import json
import os
import re
from pathlib import Path

from .programs import ProgramFailed, run

SECTOR = 512


class Image:
    """A raw image with a FAT boot partition first and an ext4 root partition second, as Raspberry Pi OS has them."""

    def __init__(self, path):
        self.path = Path(path).resolve()
        table = json.loads(run("sfdisk", "--json", self.path).stdout)["partitiontable"]
        if table["label"] != "dos" or len(table["partitions"]) < 2:
            raise ProgramFailed(f"{self.path}: expected an MBR with a boot and a root partition")
        self.disk_id = int(table["id"], 16)
        self.boot, self.root = (
            {"start": p["start"] * SECTOR, "size": p["size"] * SECTOR, "type": p["type"]}
            for p in table["partitions"][:2])

    def partuuid(self, number):
        return f"{self.disk_id:08x}-{number:02d}"

    # The FAT partition

    def _mtools(self, program, *arguments, **options):
        environment = dict(os.environ, MTOOLS_SKIP_CHECK="1", TZ="UTC")
        return run(program, "-i", f"{self.path}@@{self.boot['start']}", *arguments, env=environment, **options)

    def boot_has(self, name):
        return self._mtools("mdir", "-b", f"::{name}", allowed=None).returncode == 0

    def copy_from_boot(self, name, target):
        self._mtools("mcopy", "-n", f"::{name}", target)

    def read_boot_text(self, name):
        return self._mtools("mtype", f"::{name}").stdout

    def copy_boot_tree(self, target):
        target.mkdir()
        self._mtools("mcopy", "-s", "-n", "-Q", "::", target)

    # The ext4 partition

    def _debugfs(self, request):
        done = run("debugfs", "-R", request, f"{self.path}?offset={self.root['start']}")
        complaints = [line for line in done.stderr.splitlines() if line and not line.startswith("debugfs 1.")]
        if complaints:
            raise ProgramFailed(f"{self.path}: {request}: {'; '.join(complaints)}")
        return done.stdout

    def root_list(self, folder):
        """Names in FOLDER of the root file system."""
        lines = self._debugfs(f'ls -p "{folder}"').splitlines()
        names = [line.split("/")[5] for line in lines if line.startswith("/")]
        return sorted(name for name in names if name not in (".", ".."))

    def root_has(self, path):
        try:
            return "Inode:" in self._debugfs(f'stat "{path}"')
        except ProgramFailed:
            return False

    def copy_from_root(self, path, target):
        self._debugfs(f'dump "{path}" "{target}"')
        if not Path(target).exists():
            raise ProgramFailed(f"{path}: not in the root file system of {self.path}")

    def read_root_text(self, path, scratch):
        target = Path(scratch) / "dumped"
        self.copy_from_root(path, target)
        text = target.read_text(errors="replace")
        target.unlink()
        return text

    def copy_root_tree(self, path, target):
        """PATH and everything below it, into the folder TARGET, which is made."""
        target.mkdir()
        run("debugfs", "-R", f'rdump "{path}" "{target}"', f"{self.path}?offset={self.root['start']}", timeout=300)

    def root_file_system(self):
        """Size of the ext4 file system in bytes, and its state as its superblock tells it."""
        text = run("dumpe2fs", "-h", f"{self.path}?offset={self.root['start']}").stdout
        fields = dict(re.findall(r"^([^:\n]+):\s+(.*)$", text, re.MULTILINE))
        return {"size": int(fields["Block count"]) * int(fields["Block size"]),
                "block_size": int(fields["Block size"]), "state": fields["Filesystem state"],
                "free_blocks": int(fields["Free blocks"]), "features": fields["Filesystem features"].split()}

    def root_alone(self, target):
        """A copy of the root partition in a file of its own, for programs that an offset confuses, to be asked like this
        image."""
        run("qemu-img", "convert", "-O", "raw", "--image-opts",
            f"driver=raw,offset={self.root['start']},size={self.root['size']},file.driver=file,"
            f"file.filename={str(self.path).replace(',', ',,')}", target, timeout=600)
        alone = copy.copy(self)
        alone.path = Path(target)
        alone.root = self.root | {"start": 0}
        return alone

    # Whole-image oracles: each returns (clean, what the program said)

    def check_table(self):
        return _verdict(run("sfdisk", "--verify", self.path, allowed=None))

    def check_root(self):
        return _verdict(run("e2fsck", "-fn", f"{self.path}?offset={self.root['start']}", allowed=None, timeout=300))

    def check_boot(self, scratch):
        fat = Path(scratch) / "boot.fat"
        with open(self.path, "rb") as source, open(fat, "wb") as target:
            copy_range(source, target, self.boot["start"], self.boot["size"])
        verdict = _verdict(run("fsck.fat", "-n", fat, allowed=None))
        fat.unlink()
        return verdict


def copy_range(source, target, start, size):
    """Copies bytes of one file into another, leaving holes where there are zeros."""
    source.seek(start)
    left = size
    while left:
        block = source.read(min(left, 1 << 20))
        if not block:
            raise ProgramFailed(f"the image ends {left} bytes before its partition does")
        if block.count(0) == len(block):
            target.seek(len(block), os.SEEK_CUR)
        else:
            target.write(block)
        left -= len(block)
    target.truncate(size)


def _verdict(done):
    return done.returncode == 0, (done.stdout + done.stderr).strip()
