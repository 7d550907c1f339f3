// The architecture of an image's programs, as Debian names it: read from the programs themselves (ELF, System V gABI,
// chapter 4) and not from a file name or the kernel, since a 64-bit kernel may run a 32-bit system.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fs/image_tree.h"

namespace kraken {

// "arm64", "armhf", "armel", "amd64", "i386", "riscv64" for an ELF program's first bytes; nothing for anything else.
std::string elf_architecture(std::string_view bytes);

// That of the image's init, or of its shell when init is not there; "arm64" or "armhf". kBaseImage when neither can be
// read, or when it is another architecture, which the message names. A contradiction in dpkg's list is a warning.
Result<std::string> find_architecture(ImageTree& tree, std::vector<std::string>& warnings);

}  // namespace kraken
