// A YAML document as a plain tree of texts, lists and maps, each with the place where it was written. Aliases are
// resolved (copied), keys of a map are unique. No library's type shows here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/origin.h"

namespace kraken {

struct Member;

struct Value {
  enum class Kind { kNothing, kScalar, kList, kMap };
  // Quoted and block scalars are always text; a plain one may be a number, true or false.
  enum class Style { kPlain, kQuoted };

  Kind kind = Kind::kNothing;
  Style style = Style::kPlain;
  std::string text;             // of a scalar
  std::vector<Value> items;     // of a list
  std::vector<Member> members;  // of a map, in the order of the file
  Origin origin;

  // The value of that key, or null when there is none or this is no map.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
};

struct Member {
  std::string key;
  Origin origin;  // of the key
  Value value;
};

// What becomes of a list that both the parent and the child of an `extends` give.
enum class ListMerge { kAppend, kReplace };

// Parent and child of an `extends`: maps are merged key by key, a scalar of the child replaces the parent's, and lists
// follow `lists` (appending leaves out what the parent has already).
Value merge(Value parent, const Value& child, ListMerge lists);

}  // namespace kraken
