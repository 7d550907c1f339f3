// Checks a Value against its Definition, and reads what was checked. Mistakes are told once, by check(); reading then
// skips values that are missing or wrong, so that a file with a mistake can still be searched for others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/definition.h"
#include "config/problems.h"
#include "config/value.h"

namespace kraken {

// Everything below `value`, each mistake with its place. `path` is what a message calls it: "nodes[2].card".
void check(const Value& value, const Definition& definition, const std::string& path, Problems& problems);

// What is wrong with this value alone, not with what is inside it; nothing when it is right.
std::optional<std::string> what_is_wrong(const Value& value, const Definition& definition);

// A value that is right, and what it was checked against. Owns neither.
class View {
 public:
  // Nothing when the value itself (not what is inside it) is wrong.
  static std::optional<View> of(const Value& value, const Definition& definition);

  const Origin& origin() const { return value_->origin; }

  // Of an object: the key's value, if it is there and right.
  std::optional<View> find(std::string_view key) const;
  // Whether the key is there, right or wrong.
  bool has(std::string_view key) const { return value_->find(key) != nullptr; }
  // "card.min_size" in two steps.
  std::optional<View> find(std::string_view key, std::string_view inner) const;
  // Of an object or a map: what is right in it, with its key.
  std::vector<std::pair<std::string, View>> members() const;
  // Of a list: those entries that are right.
  std::vector<View> items() const;

  bool is_text() const { return value_->kind == Value::Kind::kScalar; }
  bool is_bool() const;
  const std::string& text() const { return value_->text; }
  bool flag() const;
  std::uint64_t integer() const;
  Bytes bytes() const;

  Sourced<std::string> sourced_text() const { return {value_->text, value_->origin}; }
  std::vector<Sourced<std::string>> sourced_texts() const;

 private:
  View(const Value& value, const Definition& definition) : value_(&value), definition_(&definition) {}
  const Value* value_;
  const Definition* definition_;
};

}  // namespace kraken
