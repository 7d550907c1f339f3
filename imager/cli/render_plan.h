// A node's plan as people read it and as JSON (format "kraken-plan", version 1). Contents of secret files are never
// shown, nor is their hash.
#pragma once

#include <string>

#include "image/edit.h"
#include "json/json.h"

namespace kraken {

// `data` is how many bytes the image has that are not holes.
std::string plan_text(const NodePlan& plan, Bytes data);
Json plan_json(const NodePlan& plan, Bytes data);

// "create", "link", "folder", "remove": what an edit does, in a word.
std::string edit_word(const Edit& edit);
// SHA-256 of a file's content in hex; empty for a secret, and for what is no file.
Result<std::string> edit_sha256(const Edit& edit);

}  // namespace kraken
