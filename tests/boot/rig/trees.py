"""The node's files after two boots that must have ended alike, compared one by one."""

import hashlib
import os
import re
import stat
from pathlib import Path

from . import card

FOLDERS = ("/etc", "/var", "/root", "/home")
BOOT = "boot partition"

# Differ between any two boots of the same card; the reason is beside each.
JUSTIFIED = (
    (r"/etc/machine-id", "drawn at random by systemd at the first boot"),
    (r"/etc/resolv\.conf", "written by the network's service as leases come and go"),
    (r"/etc/adjtime", "what hwclock saw"),
    (r"/var/log/.*", "logs"),
    (r"/var/cache/.*", "made anew when missing"),
    (r"/var/tmp/systemd-private-.*", "named after the boot"),
    (r"/var/lib/systemd/random-seed", "random"),
    (r"/var/lib/systemd/timers/stamp-.*", "times of the boots"),
    (r"/var/lib/NetworkManager/.*", "leases, times of connections, a random key"),
    (r"/var/lib/kraken/link-speeds\.json", "what was measured"),
    (r"/var/lib/dhcp/.*|/var/lib/dhcpcd/.*", "leases"),
    (rf"{BOOT}/FSCK\d+\.REC", "what the next boot's fsck.fat found of a file that was being written"),
    (rf"{BOOT}/{re.escape(card.STATUS_FILE)}|{BOOT}/{re.escape(card.STATUS_TEXT)}", "says which run changed what"),
)


def read(image, scratch):
    """Path to (kind, mode, owner, content's digest) for everything that a boot may write."""
    scratch.mkdir()
    found = {}
    for number, folder in enumerate(FOLDERS):
        image.copy_root_tree(folder, scratch / f"{number}")
        found |= _entries(scratch / f"{number}" / Path(folder).name, folder)
    image.copy_boot_tree(scratch / "boot")
    return found | boot_files(scratch / "boot")


def boot_files(folder):
    """Path to digest for a copy of the boot partition: FAT knows neither modes nor owners."""
    return {path: entry[-1] for path, entry in _entries(folder, BOOT).items()}


def digest(content):
    return hashlib.sha256(content).hexdigest()


def unjustified(before, after):
    """Paths that differ and may not, each with how it does."""
    differing = (path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path))
    return [f"{path} ({_difference(before.get(path), after.get(path))})" for path in differing if not is_justified(path)]


def is_justified(path):
    return any(re.fullmatch(pattern, path) for pattern, _ in JUSTIFIED)


def _difference(before, after):
    if before is None:
        return "new"
    return "missing" if after is None else "changed"


def _entries(root, name):
    found = {}
    for folder, folders, files in os.walk(root):
        for path in (Path(folder) / entry for entry in folders + files):
            info = path.lstat()
            if stat.S_ISLNK(info.st_mode):
                content = os.readlink(path).encode()
            else:
                content = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
            found[f"{name}/{path.relative_to(root)}"] = (oct(info.st_mode), info.st_uid, info.st_gid, digest(content))
    return found
