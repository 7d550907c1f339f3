// The trees of the operating systems that images hold, as far as their first boot is concerned, in memory: Raspberry Pi
// OS of three releases, Debian and Ubuntu. Each is a MemoryFs for the root and one for the boot partition, to be
// changed by a test before it is looked at.
#pragma once

#include <memory>
#include <string>

#include "disk/partition_table.h"
#include "fs/image_tree.h"
#include "support/memory_fs.h"

namespace kraken::test {

struct OsImage {
  std::unique_ptr<MemoryFs> root = std::make_unique<MemoryFs>();
  std::unique_ptr<MemoryFs> boot = std::make_unique<MemoryFs>(MemoryFs::Kind::kFat);
  std::string boot_folder;
  PartitionTable table;

  ImageTree tree() { return ImageTree(*root, boot.get(), boot_folder); }
  // Enables a unit as `systemctl enable` does.
  void enable(const std::string& unit, const std::string& target = "multi-user.target");
};

OsImage raspios_bullseye();
OsImage raspios_bookworm();
OsImage raspios_trixie();             // 2025-10-01: no cloud-init
OsImage raspios_trixie_cloud_init();  // 2025-11-24 and later
OsImage debian_bookworm();
OsImage ubuntu_server();

// The first bytes of an ELF program: e_machine, EI_CLASS and e_flags as given, the rest zeros.
std::string elf_header(unsigned machine, unsigned elf_class, unsigned flags);

}  // namespace kraken::test
