// Single values: what a plain scalar is under YAML's core schema, and whether it is what a Definition wants.
#pragma once

#include <optional>
#include <string>

#include "config/definition.h"
#include "config/value.h"

namespace kraken {

enum class ScalarKind { kText, kBool, kNumber };

// YAML 1.2.2 section 10.3.2 (core schema), and the words that YAML 1.1 took for true and false stay text.
ScalarKind kind_of(const Value& scalar);

// What is wrong with a scalar, or nothing. A secret is never quoted in it.
std::optional<std::string> wrong_scalar(const Value& scalar, const Definition& definition);

}  // namespace kraken
