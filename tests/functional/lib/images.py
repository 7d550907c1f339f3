"""Small images in the shape of real ones: seconds instead of minutes, and every oddity on demand."""

import dataclasses
import os
import pathlib
import shutil
import struct

from .programs import feed, run

MIB = 1024 * 1024
EM_ARM, EM_X86_64, EM_AARCH64 = 40, 62, 183
MACHINES = {"arm64": (2, EM_AARCH64), "armhf": (1, EM_ARM), "amd64": (2, EM_X86_64)}

USERS = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
"""
GROUPS = """root:x:0:
daemon:x:1:
adm:x:4:
sudo:x:27:
video:x:44:
users:x:100:
"""


@dataclasses.dataclass
class Shape:
    """What a mini image is like; the defaults are Debian with the layout of Raspberry Pi OS bookworm."""
    flavour: str = "debian"           # debian, bookworm, bullseye, trixie, trixie-cloud
    architecture: str = "arm64"
    fat_options: tuple = ("-F", "32", "-s", "1")
    ext4_options: tuple = ()
    boot_mib: int = 40
    root_mib: int = 48
    disk_id: str = "0f1ee700"
    boot_start: int = 8192            # sectors
    label: str = "dos"                # dos, gpt, none
    fstab: str | None = None          # None: the flavour's own; "": no such file
    extra_files: dict = dataclasses.field(default_factory=dict)  # path in the root: bytes
    extra_links: dict = dataclasses.field(default_factory=dict)  # path in the root: target
    fill_root: bool = False
    fill_boot: bool = False


def elf_head(architecture):
    """The head of a program, which is all that tells its architecture, and then nothing."""
    bits, machine = MACHINES[architecture]
    ident = b"\x7fELF" + bytes([bits, 1, 1, 0]) + bytes(8)
    if bits == 2:
        return ident + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 0, 64, 0, 0)
    return ident + struct.pack("<HHIIIIIHHHHHH", 3, machine, 1, 0, 52, 0, 0x05000400, 52, 32, 0, 40, 0, 0)


def put(root, path, content, mode=0o644):
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    file.chmod(mode)


def link(root, path, target):
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(target)


def boot_folder(shape):
    return "/boot" if shape.flavour == "bullseye" else "/boot/firmware"


def os_release(shape):
    codename = {"bullseye": "bullseye", "trixie": "trixie", "trixie-cloud": "trixie"}.get(shape.flavour, "bookworm")
    version = {"bullseye": "11", "bookworm": "12", "trixie": "13"}[codename]
    return (f'PRETTY_NAME="Debian GNU/Linux {version} ({codename})"\nNAME="Debian GNU/Linux"\nVERSION_ID="{version}"\n'
            f"VERSION_CODENAME={codename}\nID=debian\n")


def default_fstab(shape):
    return (f"proc            /proc           proc    defaults          0       0\n"
            f"PARTUUID={shape.disk_id}-01  {boot_folder(shape)}  vfat    defaults          0       2\n"
            f"PARTUUID={shape.disk_id}-02  /               ext4    defaults,noatime  0       1\n")


def cmdline(shape):
    words = f"console=serial0,115200 console=tty1 root=PARTUUID={shape.disk_id}-02 rootfstype=ext4 fsck.repair=yes rootwait"
    tail = {"bookworm": " quiet init=/usr/lib/raspberrypi-sys-mods/firstboot",
            "bullseye": " quiet init=/usr/lib/raspi-config/init_resize.sh",
            "trixie": " resize", "trixie-cloud": " resize"}.get(shape.flavour, " quiet")
    return words + tail + "\n"


def common_tree(root, shape):
    for folder in ("usr/bin", "usr/sbin", "usr/lib/systemd/system", "etc/systemd/system/multi-user.target.wants", "root",
                   "home", "var/lib/dpkg", "var/log", "proc", "sys", "dev", "run", "tmp", boot_folder(shape)[1:]):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "lib"):
        link(root, name, f"usr/{name}")
    put(root, "usr/lib/systemd/systemd", elf_head(shape.architecture), 0o755)
    link(root, "usr/sbin/init", "../lib/systemd/systemd")
    put(root, "usr/sbin/sshd", elf_head(shape.architecture), 0o755)
    put(root, "usr/bin/sudo", elf_head(shape.architecture), 0o4755)
    put(root, "usr/bin/bash", elf_head(shape.architecture), 0o755)
    put(root, "usr/lib/systemd/system/ssh.service", "[Unit]\nDescription=sshd\n[Install]\nWantedBy=multi-user.target\n")
    put(root, "var/lib/dpkg/arch", shape.architecture + "\n")
    put(root, "etc/os-release", os_release(shape))
    put(root, "etc/passwd", USERS)
    put(root, "etc/shadow", "root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nsshd:!:19000::::::\n", 0o640)
    put(root, "etc/group", GROUPS)
    put(root, "etc/gshadow", "root:*::\ndaemon:*::\nadm:*::\nsudo:*::\nvideo:*::\nusers:*::\n", 0o640)
    put(root, "etc/hostname", "raspberrypi\n")
    put(root, "etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n")
    put(root, "etc/skel/.profile", "# profile\n")
    put(root, "etc/ssh/sshd_config", "UsePAM yes\n")
    put(root, "usr/share/zoneinfo/Europe/Berlin", "TZif2")
    (root / "etc/sudoers.d").mkdir(mode=0o750)
    put(root, "etc/machine-id", "")


def raspios_tree(root, shape):
    put(root, "etc/rpi-issue", "Raspberry Pi reference 2025-05-13\n")
    with open(root / "etc/passwd", "a", encoding="ascii") as file:
        file.write("pi:x:1000:1000:,,,:/home/pi:/bin/bash\n")
    with open(root / "etc/shadow", "a", encoding="ascii") as file:
        file.write("pi:!:19000:0:99999:7:::\n")
    with open(root / "etc/group", "a", encoding="ascii") as file:
        file.write("pi:x:1000:\n")
    (root / "home/pi").mkdir()
    put(root, "usr/lib/userconf-pi/userconf", "#!/bin/sh\n", 0o755)
    put(root, "usr/lib/userconf-pi/userconf-service", "#!/bin/sh\n", 0o755)
    put(root, "usr/lib/systemd/system/userconfig.service", "[Unit]\nDescription=User configuration dialog\n")
    put(root, "usr/lib/systemd/system/sshswitch.service",
        "[Unit]\nDescription=Turn on SSH if /boot/ssh is present\nConditionPathExistsGlob=/boot/{,firmware/}ssh{,.txt}\n")
    put(root, "usr/lib/systemd/system/regenerate_ssh_host_keys.service",
        "[Unit]\nDescription=Regenerate SSH host keys\n[Service]\nExecStart=/usr/bin/ssh-keygen -A -v\n")
    wants = "etc/systemd/system/multi-user.target.wants"
    for unit in ("userconfig", "sshswitch", "regenerate_ssh_host_keys"):
        link(root, f"{wants}/{unit}.service", f"/lib/systemd/system/{unit}.service")
    if shape.flavour != "bullseye":
        put(root, "usr/lib/raspberrypi-sys-mods/get_fw_loc", "#!/bin/sh\necho /boot/firmware\n", 0o755)
    if shape.flavour == "bookworm":
        put(root, "usr/lib/raspberrypi-sys-mods/firstboot", "#!/bin/bash\n", 0o755)
        put(root, "usr/lib/raspberrypi-sys-mods/imager_custom", "#!/bin/sh\n", 0o755)
    if shape.flavour == "bullseye":
        put(root, "usr/lib/raspi-config/init_resize.sh", "#!/bin/sh\n", 0o755)
        put(root, "etc/init.d/resize2fs_once", "#!/bin/sh\n", 0o755)
        link(root, "etc/rc3.d/S01resize2fs_once", "../init.d/resize2fs_once")


def cloud_tree(root):
    put(root, "usr/bin/cloud-init", "#!/usr/bin/python3\n", 0o755)
    put(root, "etc/cloud/cloud.cfg", "datasource_list: [ NoCloud, None ]\n")
    put(root, "etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg",
        "datasource_list: [NoCloud, None]\ndatasource:\n  NoCloud:\n    seedfrom: file:///boot/firmware\n")
    put(root, "usr/lib/systemd/system/cloud-init.service", "[Unit]\nDescription=cloud-init\n")


def make_root_tree(folder, shape):
    common_tree(folder, shape)
    fstab = default_fstab(shape) if shape.fstab is None else shape.fstab
    if fstab:
        put(folder, "etc/fstab", fstab)
    if shape.flavour != "debian":
        raspios_tree(folder, shape)
    if shape.flavour == "trixie-cloud":
        cloud_tree(folder)
    for path, content in shape.extra_files.items():
        put(folder, path, content)
    for path, target in shape.extra_links.items():
        link(folder, path, target)


def make_boot_files(folder, shape):
    put(folder, "cmdline.txt", cmdline(shape))
    put(folder, "config.txt", "# comment\nauto_initramfs=1\narm_64bit=1\n\n[cm4]\notg_mode=1\n\n[all]\n")
    put(folder, "kernel8.img", b"kernel" * 1000)
    put(folder, "overlays/README", "overlays\n")
    if shape.flavour == "trixie-cloud":
        put(folder, "user-data", "#cloud-config\n")
        put(folder, "meta-data", "instance_id: rpios-image\n")
        put(folder, "network-config", "version: 2\n")


def make_fat(path, files, shape):
    with open(path, "wb") as file:
        file.truncate(shape.boot_mib * MIB)
    run("mkfs.fat", *shape.fat_options, "-n", "bootfs", "-i", "12345678", path)
    entries = sorted(os.listdir(files))
    run("mcopy", "-i", path, "-s", *[files / name for name in entries], "::", env={**os.environ, "MTOOLS_SKIP_CHECK": "1"})
    if shape.fill_boot:
        fill = files.parent / "fill"
        fill.write_bytes(b"f" * (shape.boot_mib * MIB))
        run("mcopy", "-i", path, fill, "::fill", check=False)


def make_ext4(path, root, shape):
    with open(path, "wb") as file:
        file.truncate(shape.root_mib * MIB)
    run("mke2fs", "-q", "-F", "-t", "ext4", "-L", "rootfs", "-O", "^huge_file", *shape.ext4_options, "-E", "root_owner=0:0",
        "-d", root, path)
    if shape.fill_root:
        fill = root.parent / "fill"
        fill.write_bytes(b"f" * (shape.root_mib * MIB))
        run("debugfs", "-w", "-R", f"write {fill} fill", path, check=False)


def table_script(shape):
    boot = shape.boot_mib * MIB // 512
    root = shape.root_mib * MIB // 512
    first = f"start={shape.boot_start}, size={boot}"
    second = f"start={shape.boot_start + boot}, size={root}"
    if shape.label == "gpt":
        return f"label: gpt\n{first}\n{second}\n"
    return f"label: dos\nlabel-id: 0x{shape.disk_id}\n{first}, type=c\n{second}, type=83\n"


def make_image(folder, shape=Shape(), name="base.img"):
    """A whole image in `folder`, made by other people's programs alone."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    root, boot = work / "root", work / "boot"
    root.mkdir(parents=True)
    boot.mkdir()
    make_root_tree(root, shape)
    make_boot_files(boot, shape)
    make_fat(work / "fat", boot, shape)
    make_ext4(work / "ext4", root, shape)
    image = folder / name
    start = shape.boot_start * 512
    with open(image, "wb") as file:
        file.truncate(start + (shape.boot_mib + shape.root_mib + 1) * MIB)
    if shape.label != "none":
        feed("sfdisk", "-q", image, text=table_script(shape))
    for part, offset in ((work / "fat", start), (work / "ext4", start + shape.boot_mib * MIB)):
        run("dd", f"if={part}", f"of={image}", "bs=1M", f"seek={offset // MIB}", "conv=notrunc,sparse", "status=none")
    shutil.rmtree(work)
    return image


def pack_xz(raw):
    """In blocks, as Raspberry Pi OS is."""
    run("xz", "-k", "-0", "--block-size=4MiB", raw)
    return raw.with_name(f"{raw.name}.xz")


def damage(path, offset):
    """One bit of that byte."""
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))
