"""A file system on a slow disk: what is done to a file there takes as many seconds as a test needs."""

from .cards import NbdCard
from .programs import run

MKFS = ("mkfs.ext4", "-q", "-E", "nodiscard")


class SlowDisk:
    def __init__(self, case, *mkfs, rate="40M", burst=8):
        """RATE: bits a second, each for reading and writing, after BURST seconds' worth at once. CASE cleans up."""
        disk = NbdCard(case.folder / "disk", "--filter=rate", "memory", "256M", f"rate={rate}", f"burstiness={burst}")
        case.addCleanup(disk.close)
        run(*(mkfs or MKFS), disk.device)
        self._device, self._mount = disk.device, case.folder / "mount"
        self._mount.mkdir()
        run("mount", self._device, self._mount)
        case.addCleanup(run, "umount", self._mount)
        self.folder = self._mount / "files"
        self.folder.mkdir()

    def forget(self):
        """What was written is read from the disk next."""
        run("umount", self._mount)
        run("mount", self._device, self._mount)
