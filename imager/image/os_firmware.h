// Whether the Raspberry Pi's firmware reads the cmdline.txt that is edited, or config.txt sends it to another one
// (raspberrypi/documentation, documentation/asciidoc/computers/config_txt: boot.adoc for cmdline, os_prefix and
// upstream_kernel, what_is_config_txt.adoc for include). Reads the boot partition and changes nothing.
#pragma once

#include <string>

#include "fs/image_tree.h"

namespace kraken {

// kBaseImage when config.txt, or a file that it includes, names another command line or a folder for the system's
// files, under whatever filter. A missing config.txt is none that does.
Status check_firmware_files(ImageTree& tree, const std::string& boot_folder);

}  // namespace kraken
