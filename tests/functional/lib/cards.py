"""Cards to burn to: files and throttled or failing disks, shown as block devices."""

import functools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from .programs import run

MIB = 1024 * 1024


@functools.cache
def can_make_cards():
    """Asked by trying: a container may have the nodes, and not be allowed to use them."""
    if os.geteuid() != 0 or shutil.which("losetup") is None:
        return False
    with tempfile.NamedTemporaryFile(prefix="kraken-loop-") as file:
        file.truncate(MIB)
        made = run("losetup", "--find", "--show", "--direct-io=off", file.name, check=False)
        if made.returncode == 0:
            run("losetup", "-d", made.stdout.strip(), check=False)
        return made.returncode == 0


class LoopCard:
    """A loop device over a file; what is in the file afterwards is what is on the card."""

    def __init__(self, file, *options):
        self.file = pathlib.Path(file)
        self.device = pathlib.Path(run("losetup", "--find", "--show", *options, file).stdout.strip())

    def close(self):
        run("losetup", "-d", self.device, check=False)


def card_of(folder, name, size, noise):
    """A card full of old data (random bytes), or of zeros."""
    file = pathlib.Path(folder) / name
    with open(file, "wb") as card:
        if noise:
            block = os.urandom(MIB)
            for i in range(size // MIB):
                card.write(i.to_bytes(8, "little") + block[8:])
        card.truncate(size)
    return LoopCard(file)


class NbdCard:
    """nbdkit with plugins and filters of one's choice, shown as a file by nbdfuse, with a loop device on top."""

    def __init__(self, folder, *words):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.file = self.folder / "nbd"
        self.file.touch()
        socket = self.folder / "socket"
        self.server = subprocess.Popen(["nbdkit", "-f", "-U", str(socket), *map(str, words)], stdin=subprocess.DEVNULL)
        wait_for(socket.exists)
        self.fuse = subprocess.Popen(["nbdfuse", str(self.file), "--unix", str(socket)], stdin=subprocess.DEVNULL)
        wait_for(lambda: self.file.stat().st_size > 0)
        # Or the kernel would answer from its own pages of the file what the disk behind it has long forgotten.
        self.loop = LoopCard(self.file, "--direct-io=on")
        self.device = self.loop.device

    def close(self):
        self.loop.close()
        run("umount", self.file, check=False)
        for process in (self.fuse, self.server):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def can_make_nbd_cards():
    tools = all(shutil.which(tool) for tool in ("nbdkit", "nbdfuse"))
    return tools and os.access("/dev/fuse", os.R_OK | os.W_OK) and can_make_cards()


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)


def pretend_cards(root, devices):
    """A sys/ and a proc/ in which just these block devices are removable cards in USB readers."""
    root = pathlib.Path(root)
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mountinfo").write_text("")
    (root / "sys/dev/block").mkdir(parents=True)
    (root / "sys/block").mkdir()
    for number, (device, size) in enumerate(devices.items()):
        info = os.stat(device)
        name = pathlib.Path(device).name
        place = root / f"sys/devices/pci0000:00/usb1/1-{number}/host{number}/{name}"
        (place / "device").mkdir(parents=True)
        (place / "dev").write_text(f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}\n")
        (place / "size").write_text(f"{size // 512}\n")
        (place / "removable").write_text("1\n")
        (place / "device/model").write_text(f"Reader {number}\n")
        (place / "device/serial").write_text(f"serial-{number}\n")
        (root / f"sys/dev/block/{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}").symlink_to(place)
        (root / "sys/block" / name).symlink_to(place)
    return root
