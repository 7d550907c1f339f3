"""The boards that QEMU emulates, and what each of them takes from the image's boot partition."""

from dataclasses import dataclass

from . import network

from .programs import ProgramFailed


@dataclass(frozen=True)
class Machine:
    qemu: str
    name: str
    kernels: tuple
    initramfs: tuple
    device_trees: tuple
    console: str
    console_serial: int  # which of QEMU's -serial options the console is
    command_line_limit: int
    nic_drivers: dict  # QEMU's name of what each interface is
    can_unplug: bool  # whether its USB controller survives that a device is taken away
    card: str = "if=sd"  # QEMU's -drive option that makes the card
    more: tuple = ("-usb",)
    kernel_words: tuple = ()


# Both interfaces are USB adapters, as QEMU emulates neither board's own chip; the first sits where the board has that.
_ON_USB = {network.ONBOARD: "usb-net", network.ADAPTER: "usb-net"}
# QEMU's own board, whose device tree QEMU makes. To first boot it is like a Raspberry Pi 4: the interface of its own is
# not on USB, and the adapter hangs on an xHCI controller.
_OWN_AND_USB = {network.ONBOARD: "virtio-net-device", network.ADAPTER: "usb-net"}

# With protected modules a 32-bit kernel flushes the translations of some 130 000 pages, one by one, after each module that it
# has loaded (mm/vmalloc.c, _vm_unmap_aliases: from the lowest address to the highest). Hardware does that in milliseconds;
# QEMU takes each of them to all processors, and twenty seconds.
_QUICK_MODULES = ("rodata=off",)

MACHINES = {
    "raspi3b": Machine("qemu-system-aarch64", "raspi3b", ("kernel8.img",), ("initramfs8",),
                       ("bcm2710-rpi-3-b.dtb", "bcm2837-rpi-3-b.dtb"), "ttyS1,115200", 1, 2048, _ON_USB, False),
    "raspi2b": Machine("qemu-system-arm", "raspi2b", ("kernel7.img",), ("initramfs7",),
                       ("bcm2709-rpi-2-b.dtb", "bcm2836-rpi-2-b.dtb"), "ttyAMA0,115200", 0, 1024, _ON_USB, False,
                       kernel_words=_QUICK_MODULES),
    "virt": Machine("qemu-system-aarch64", "virt", ("kernel8.img",), ("initramfs8",), (), "ttyAMA0,115200", 0, 2048,
                    _OWN_AND_USB, True, "if=virtio",
                    ("-cpu", "cortex-a53", "-smp", "4", "-device", "qemu-xhci")),
}

# Drivers for hardware that QEMU does not emulate: they time out, or fail loudly, and tell nothing about the image.
# cdc_subset would take the emulated NIC from cdc_ether, and give it a random address.
BLACKLIST = ("cdc_subset,vc4,drm,snd_bcm2835,bcm2835_v4l2,vchiq,hci_uart,cfg80211,brcmfmac,raspberrypi_cpufreq")

# Housekeeping that would only cost emulated time.
MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
          "e2scrub_reap.service", "fstrim.timer", "systemd-rfkill.socket")


def find_boot_file(image, names):
    for name in names:
        if image.boot_has(name):
            return name
    raise ProgramFailed(f"the boot partition has none of {', '.join(names)}")


def command_line(image, machine):
    """The image's own cmdline.txt with the console replaced, and the rig's words appended."""
    lines = image.read_boot_text("cmdline.txt").splitlines()
    if len(lines) != 1 or not lines[0].strip():
        raise ProgramFailed(f"cmdline.txt: expected one line, found {len(lines)}")
    words = [word for word in lines[0].split() if not word.startswith("console=")]
    words += [f"console={machine.console}", f"modprobe.blacklist={BLACKLIST}"]
    words += [f"systemd.mask={unit}" for unit in MASKED]
    words += machine.kernel_words
    line = " ".join(words)
    if len(line) >= machine.command_line_limit:
        raise ProgramFailed(f"the kernel takes {machine.command_line_limit - 1} characters of command line, "
                            f"this one has {len(line)}")
    return line
