#include "support/os_images.h"

namespace kraken::test {

namespace {

constexpr std::uint32_t kDiskId = 0x0f1ee700;
const NodeAttributes kProgram{.mode = 0755, .uid = 0, .gid = 0, .xattrs = {}};

std::string os_release(const std::string& id, const std::string& name, const std::string& codename) {
  return "PRETTY_NAME=\"" + name + "\"\nNAME=\"x\"\nVERSION_CODENAME=" + codename + "\nID=" + id + "\n";
}

// What all have: a merged /usr, systemd, sshd, accounts.
OsImage common(const std::string& boot_folder) {
  OsImage image;
  image.boot_folder = boot_folder;
  image.table.kind = TableKind::kMbr;
  image.table.disk_id = kDiskId;
  image.table.partitions = {{.number = 1,
                             .start = 8192 * kSectorSize,
                             .size = 512 * kMiB,
                             .mbr_type = 0x0c,
                             .gpt_type = "",
                             .is_logical = false},
                            {.number = 2,
                             .start = 1064960 * kSectorSize,
                             .size = 2 * kGiB,
                             .mbr_type = 0x83,
                             .gpt_type = "",
                             .is_logical = false}};
  MemoryFs& root = *image.root;
  root.put_folder(boot_folder);
  for (const std::string name : {"bin", "sbin", "lib"}) {
    root.put_folder("/usr/" + name);
    root.put_symlink("/" + name, "usr/" + name);
  }
  root.put_file("/usr/lib/systemd/systemd", elf_header(183, 2, 0), kProgram);
  root.put_symlink("/usr/sbin/init", "/lib/systemd/systemd");
  root.put_file("/usr/sbin/sshd", "x", kProgram);
  root.put_file("/usr/bin/sudo", "x", kProgram);
  root.put_file("/usr/lib/systemd/system/ssh.service", "[Unit]\n");
  root.put_file("/usr/lib/systemd/system/getty@.service", "[Unit]\n");
  root.put_file("/etc/passwd",
                "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n");
  root.put_file("/etc/shadow", "root:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n");
  root.put_file("/etc/group", "root:x:0:\nsudo:x:27:\nnogroup:x:65534:\n");
  root.put_file("/etc/fstab", "proc /proc proc defaults 0 0\nPARTUUID=0f1ee700-01  " + boot_folder +
                                  "  vfat defaults 0 2\nPARTUUID=0f1ee700-02  / ext4 defaults,noatime 0 1\n");
  image.enable("getty@tty1.service", "getty.target");
  return image;
}

// RPi-Distro/pi-gen, stage2 and export-image; RPi-Distro/userconf-pi, rename-user.
OsImage raspios(const std::string& boot_folder, const std::string& codename, const std::string& date) {
  OsImage image = common(boot_folder);
  MemoryFs& root = *image.root;
  root.put_symlink("/etc/os-release", "../usr/lib/os-release");
  root.put_file("/usr/lib/os-release", os_release("debian", "Debian GNU/Linux (" + codename + ")", codename));
  root.put_file("/etc/rpi-issue", "Raspberry Pi reference " + date + "\nGenerated using pi-gen\n");
  root.put_file("/var/lib/dpkg/arch", "arm64\narmhf\n");
  root.put_file("/etc/passwd", root.find("/etc/passwd")->content + "pi:x:1000:1000:,,,:/home/pi:/bin/bash\n");
  root.put_file("/etc/shadow", root.find("/etc/shadow")->content + "pi:!:19000:0:99999:7:::\n");
  root.put_file("/usr/lib/userconf-pi/userconf-service", "#!/bin/sh\n", kProgram);
  root.put_file("/usr/lib/raspberrypi-sys-mods/get_fw_loc", "#!/bin/sh\n", kProgram);
  root.put_file("/etc/ssh/sshd_config.d/rename_user.conf", "Banner /usr/share/userconf-pi/sshd_banner\n");
  if (root.remove("/etc/systemd/system/getty.target.wants/getty@tty1.service").ok()) image.enable("userconfig.service");
  image.enable("sshswitch.service");
  return image;
}

}  // namespace

void OsImage::enable(const std::string& unit, const std::string& target) {
  root->put_symlink("/etc/systemd/system/" + target + ".wants/" + unit, "/lib/systemd/system/" + unit);
}

std::string elf_header(unsigned machine, unsigned elf_class, unsigned flags) {
  std::string header(64, '\0');
  header.replace(0, 4,
                 "\x7f"
                 "ELF");
  header[4] = static_cast<char>(elf_class);
  header[5] = 1;
  header[18] = static_cast<char>(machine & 0xff);
  header[19] = static_cast<char>(machine >> 8);
  for (unsigned i = 0; i < 4; ++i) header[36 + i] = static_cast<char>(flags >> (8 * i) & 0xff);
  return header;
}

OsImage raspios_bullseye() {
  OsImage image = raspios("/boot", "bullseye", "2023-05-03");
  image.root->put_symlink("/etc/rc3.d/S01resize2fs_once", "../init.d/resize2fs_once");
  image.enable("regenerate_ssh_host_keys.service");
  image.boot->put_file(
      "/cmdline.txt",
      "console=serial0,115200 console=tty1 root=PARTUUID=0f1ee700-02 rootfstype=ext4 fsck.repair=yes rootwait quiet "
      "init=/usr/lib/raspi-config/init_resize.sh\n");
  return image;
}

OsImage raspios_bookworm() {
  OsImage image = raspios("/boot/firmware", "bookworm", "2024-11-19");
  image.root->put_symlink("/etc/rc3.d/S01resize2fs_once", "../init.d/resize2fs_once");
  image.enable("regenerate_ssh_host_keys.service");
  image.boot->put_file(
      "/cmdline.txt",
      "console=serial0,115200 console=tty1 root=PARTUUID=0f1ee700-02 rootfstype=ext4 fsck.repair=yes rootwait quiet "
      "init=/usr/lib/raspberrypi-sys-mods/firstboot\n");
  return image;
}

OsImage raspios_trixie() {
  OsImage image = raspios("/boot/firmware", "trixie", "2025-10-01");
  image.enable("rpi-resize.service", "sysinit.target");
  image.boot->put_file("/cmdline.txt",
                       "console=serial0,115200 console=tty1 root=PARTUUID=0f1ee700-02 rootfstype=ext4 fsck.repair=yes "
                       "rootwait resize\n");
  return image;
}

OsImage raspios_trixie_cloud_init() {
  OsImage image = raspios_trixie();
  image.root->put_file("/etc/rpi-issue", "Raspberry Pi reference 2025-11-24\n");
  image.root->put_file("/usr/bin/cloud-init", "#!/usr/bin/python3\n", kProgram);
  image.root->put_file("/etc/cloud/cloud.cfg", "users: [default]\n");
  image.boot->put_file("/user-data", "#cloud-config\n");
  image.enable("NetworkManager.service");
  return image;
}

OsImage debian_bookworm() {
  OsImage image = common("/boot/firmware");
  image.root->put_file("/etc/os-release", os_release("debian", "Debian GNU/Linux 12 (bookworm)", "bookworm"));
  image.enable("ssh.service");
  image.boot->put_file("/cmdline.txt", "console=ttyAMA0 root=PARTUUID=0f1ee700-02 rootwait\n");
  return image;
}

OsImage ubuntu_server() {
  OsImage image = common("/boot/firmware");
  image.root->put_file("/etc/os-release", os_release("ubuntu", "Ubuntu 24.04.1 LTS", "noble") + "ID_LIKE=debian\n");
  image.root->put_file("/etc/fstab",
                       "LABEL=writable\t/\text4\tdiscard,errors=remount-ro\t0 "
                       "1\nLABEL=system-boot\t/boot/firmware\tvfat\tdefaults\t0\t1\n");
  image.root->put_file("/usr/bin/cloud-init", "#!/usr/bin/python3\n", kProgram);
  image.root->put_file("/usr/lib/systemd/system/ssh.socket", "[Socket]\n");
  image.enable("ssh.socket", "sockets.target");
  image.boot->put_file("/cmdline.txt",
                       "console=serial0,115200 dwc_otg.lpm_enable=0 console=tty1 root=LABEL=writable rootfstype=ext4 "
                       "rootwait fixrtc quiet splash\n");
  return image;
}

}  // namespace kraken::test
