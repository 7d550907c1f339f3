// A file together with the folder that it lies in.
#pragma once

#include <string_view>

#include "system/system.h"

namespace kraken {

// As System::replace_file(), after System::make_folder() for the folder.
Status put_file(System& system, std::string_view path, std::string_view content, FileMode mode);

}  // namespace kraken
