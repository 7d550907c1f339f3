"""A card in memory whose rates can be limited."""

import os
import pathlib

from lib.cards import LoopCard

BLKIO = pathlib.Path("/sys/fs/cgroup/blkio")


class Card:
    def __init__(self, file, size):
        file.touch()
        os.truncate(file, size)
        self.loop = LoopCard(file)
        self.device = self.loop.device
        info = os.stat(self.device)
        self.number = f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}"

    def throttle(self, write, read):
        """MB/s, 0 for no limit; for the whole machine (cgroup v1: the root group)."""
        for name, rate in (("write", write), ("read", read)):
            (BLKIO / f"blkio.throttle.{name}_bps_device").write_text(f"{self.number} {rate * 1000 * 1000}\n")

    def close(self):
        self.throttle(0, 0)
        self.loop.close()
        self.loop.file.unlink()
