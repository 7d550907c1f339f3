// The tool's name and version, as records, receipts and --version give it.
#pragma once

#include <string_view>

namespace kraken {

inline constexpr std::string_view kToolName = "kraken-image " KRAKEN_VERSION;

}  // namespace kraken
