// A host name of one label in lower case, because host names are compared as texts: RFC 952 as amended by RFC 1123,
// section 2.1; 63 characters by RFC 1035, section 2.3.4. Node and cluster names follow it, on both sides of the record.
#pragma once

#include <string_view>

namespace kraken {

bool is_host_label(std::string_view text);

// The same for whoever can only take a regular expression, such as a JSON Schema.
inline constexpr const char* kHostLabelPattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

}  // namespace kraken
