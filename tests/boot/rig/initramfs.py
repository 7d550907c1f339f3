"""A small initramfs made of the image's own busybox and modules: it finds the root partition and starts its init.

It boots in a third of the time of the image's own, of which the emulator spends most on unpacking. The image's own one
is what --own-initramfs is for.
"""

import gzip
import lzma
import re
import struct
from pathlib import Path

from .programs import ProgramFailed, run

# Drivers of the emulated boards' card controllers, of the card, and of the root file system. A name that the kernel
# has built in, or does not know, is passed over: the boot fails loudly when the root partition does not appear.
MODULES = ("mmc_block", "bcm2835", "sdhci_iproc", "virtio_pci", "virtio_blk", "crc32c_generic", "ext4")

INIT = """#!/bin/sh
/bin/busybox mkdir -p /dev /proc /sys /run /new
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t tmpfs run /run
bb() { /bin/busybox "$@"; }
for module in /modules/*; do bb insmod "$module" || echo "rig: insmod $module failed"; done
root= init=/sbin/init
for word in $(bb cat /proc/cmdline); do
  case $word in root=*) root=${word#root=} ;; init=*) init=${word#init=} ;; esac
done

# PARTUUID of an MBR: the disk id at byte 440, little-endian, and the partition's number.
find_root() {
  case $root in PARTUUID=*) ;; /dev/*) device=$root; [ -b "$device" ]; return ;; *) return 1 ;; esac
  local want=${root#PARTUUID=} disk id number
  number=${want#*-}
  for disk in /sys/block/mmcblk* /sys/block/vd*; do
    disk=${disk##*/}
    [ -b "/dev/$disk" ] || continue
    id=$(bb dd if="/dev/$disk" bs=1 skip=440 count=4 2>/dev/null | bb hexdump -e '1/4 "%08x"')
    device=/dev/$disk
    case $disk in *[0-9]) device=${device}p ;; esac
    device=$device$((1$number - 100))
    [ "$id" = "${want%-*}" ] && [ -b "$device" ] && return
  done
  return 1
}

tries=0
until find_root; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ]; then
    echo "rig: no partition is $root"
    bb ls /dev >&2
    bb poweroff -f
  fi
  bb usleep 100000
done
echo "rig: root is $device"
bb mount -o ro "$device" /new || { echo "rig: cannot mount $device"; bb poweroff -f; }
# On a busy host the card's partitions take udev more than 90 s, which says nothing about the card.
bb mkdir -p /run/systemd/system.conf.d
printf '[Manager]\\nDefaultTimeoutStartSec=600\\n' >/run/systemd/system.conf.d/rig.conf
for folder in dev proc sys run; do bb mount --move /$folder /new/$folder; done
exec /bin/busybox switch_root /new "$init"
"""


def build(image, target, scratch):
    """Writes the initramfs for IMAGE to TARGET."""
    scratch.mkdir()
    busybox = scratch / "busybox"
    image.copy_from_root("/usr/bin/busybox" if image.root_has("/usr/bin/busybox") else "/bin/busybox", busybox)
    if not _is_static(busybox.read_bytes()):
        raise ProgramFailed("the image's busybox is not a static one: use --own-initramfs for this image")
    archive = Archive()
    for folder in ("bin", "dev", "modules"):
        archive.folder(folder)
    archive.device("dev/console", 5, 1)
    archive.file("bin/busybox", busybox.read_bytes(), 0o755)
    archive.link("bin/sh", "busybox")
    for order, path in enumerate(_module_files(image, scratch)):
        archive.file(f"modules/{order:02d}-{_module_name(path)}.ko", _read_module(image, path, scratch), 0o644)
    archive.file("init", INIT.encode(), 0o755)
    target.write_bytes(gzip.compress(archive.finish(), 1))


def _is_static(elf):
    """No PT_INTERP among the program headers (little-endian ELF of either class)."""
    wide = elf[4] == 2
    start, = struct.unpack_from("<Q" if wide else "<I", elf, 32 if wide else 28)
    size, count = struct.unpack_from("<HH", elf, 54 if wide else 42)
    return all(struct.unpack_from("<I", elf, start + i * size)[0] != 3 for i in range(count))


def _kernel_version(image, modules, scratch):
    versions = image.root_list(modules)
    if len(versions) == 1:
        return versions[0]
    # An uncompressed kernel says which one it is.
    for name in ("kernel8.img", "kernel7.img"):
        if image.boot_has(name):
            image.copy_from_boot(name, scratch / name)
            found = re.search(rb"Linux version (\S+) ", (scratch / name).read_bytes())
            if found and found[1].decode() in versions:
                return found[1].decode()
    raise ProgramFailed(f"cannot tell which of {versions} the kernel belongs to: use --own-initramfs for this image")


def _module_files(image, scratch):
    """Paths of the wanted modules in the image, each after those that it needs."""
    modules = "/usr/lib/modules" if image.root_has("/usr/lib/modules") else "/lib/modules"
    folder = f"{modules}/{_kernel_version(image, modules, scratch)}"
    needs, paths = {}, {}
    for line in image.read_root_text(f"{folder}/modules.dep", scratch).splitlines():
        path, _, rest = line.partition(":")
        paths[_module_name(path)] = path
        needs[_module_name(path)] = [_module_name(other) for other in rest.split()]
    ordered = []

    def add(name):
        for other in needs.get(name, ()):
            add(other)
        if name in paths and name not in ordered:
            ordered.append(name)

    for name in MODULES:
        add(name)
    return [f"{folder}/{paths[name]}" for name in ordered]


def _module_name(path):
    return Path(path).name.split(".ko")[0].replace("-", "_")


def _read_module(image, path, scratch):
    copy = scratch / Path(path).name
    image.copy_from_root(path, copy)
    if path.endswith(".xz"):
        return lzma.decompress(copy.read_bytes())
    if path.endswith(".zst"):
        run("zstd", "-dqf", copy, "-o", copy.with_suffix(""))
        return copy.with_suffix("").read_bytes()
    return copy.read_bytes()


class Archive:
    """A cpio archive in the format that the kernel unpacks (newc)."""

    def __init__(self):
        self._parts = []
        self._inode = 0

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        self._inode += 1
        encoded = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, device[0], device[1], len(encoded), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        for part in (header + encoded, data):
            self._parts.append(part + b"\0" * (-len(part) % 4))

    def folder(self, name):
        self._entry(name, 0o040755)

    def file(self, name, data, mode):
        self._entry(name, 0o100000 | mode, data)

    def link(self, name, target):
        self._entry(name, 0o120777, target.encode())

    def device(self, name, major, minor):
        self._entry(name, 0o020600, device=(major, minor))

    def finish(self):
        self._entry("TRAILER!!!", 0)
        return b"".join(self._parts)
