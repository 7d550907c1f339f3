// Overlay files that are templates: "{{ node.name }}" becomes the value. There is nothing else to the language.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

using TemplateValues = std::map<std::string, std::string>;

// kConfig with file, line and column for a variable that is not known (and the nearest one that is) or a "{{" without
// its
// "}}". `file` is for the message alone.
Result<std::string> render_template(std::string_view text, const TemplateValues& values, const std::string& file);

}  // namespace kraken
