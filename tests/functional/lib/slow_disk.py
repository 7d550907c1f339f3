"""A file system on a slow disk: what is done to a file there takes as many seconds as a test needs."""

from .cards import NbdCard, wait_for
from .programs import run


class SlowDisk:
    def __init__(self, case, mount=("mount",), rate="40M", burst=8):
        """RATE: bits a second, each for reading and writing, after BURST seconds' worth at once. CASE cleans up."""
        disk = NbdCard(case.folder / "disk", "--filter=rate", "memory", "256M", f"rate={rate}", f"burstiness={burst}")
        case.addCleanup(disk.close)
        run("mkfs.ext4", "-q", "-E", "nodiscard", disk.device)
        self._how, self._device, self._mount = mount, disk.device, case.folder / "mount"
        self._mount.mkdir()
        run(*self._how, self._device, self._mount)
        case.addCleanup(self._unmount)
        self.folder = self._mount / "files"
        self.folder.mkdir()

    def forget(self):
        """What was written is read from the disk next."""
        self._unmount()
        run(*self._how, self._device, self._mount)

    def _unmount(self):
        # The kernel may still be at what a program began that was killed.
        wait_for(lambda: run("umount", self._mount, check=False).returncode == 0, seconds=60)
