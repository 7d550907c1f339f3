// What a key may hold: the tables in definitions_*.cpp are made of these, and both the reader's checks (check.h) and
// the JSON Schema (json_schema.cpp) are made from the tables. Nothing about a single value is said anywhere else.
//
// Definitions are built once, as constants, and never change after.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "config/pattern.h"

namespace kraken {

enum class ValueType {
  kText,
  kBool,
  kInteger,
  kIntegerOrFalse,
  kSize,          // bytes: a number, or a text like "512MiB"
  kList,          // of items[0]
  kMapOf,         // free keys that match `pattern`, each with a value like items[0]
  kObject,        // known keys: fields
  kTextOrObject,  // items[0] is the text, items[1] the object
};

// What a pattern cannot say. An empty text when the value is right, else what is wrong with it (never quoting it).
using TextCheck = std::string (*)(std::string_view text);

struct Field;

struct Definition {
  ValueType type = ValueType::kText;
  std::string description;         // for editors
  std::string expected;            // what a message says it wants: "a host name (a-z, 0-9, -)"
  std::vector<std::string> words;  // of a text: these alone; of a size or an integer: these as well
  std::optional<Pattern> pattern;
  TextCheck check = nullptr;
  // Of an integer its range, of a size its bytes, of a text its length, of a list or a map its number of entries.
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  bool is_secret = false;       // never quoted in a message
  bool may_have_lines = false;  // line feeds are allowed
  std::vector<Definition> items;
  std::vector<Field> fields;
  std::vector<std::string> at_least_one;     // of these keys, one must be there
  std::vector<std::string> not_both;         // of these keys, one at most
  std::map<std::string, std::string> hints;  // what to say to a key that users try

  // For chains in the tables: text("...").matching(...).secret()
  Definition matching(std::string regular_expression, std::string what) &&;
  Definition checked(TextCheck text_check) &&;
  Definition secret() &&;
  Definition with_lines() &&;
  Definition up_to(std::uint64_t most) &&;
  Definition or_word(std::string word) &&;
  Definition not_empty() &&;  // of a list
  Definition needing_one_of(std::vector<std::string> keys, std::string what) &&;
  Definition needing_at_most_one_of(std::vector<std::string> keys) &&;
  Definition hinting(std::string key, std::string what) &&;

  const Field* find(std::string_view key) const;
};

enum class Need { kRequired, kOptional };

struct Field {
  std::string key;
  Need need;
  Definition definition;
};

struct Range {
  std::uint64_t min;
  std::uint64_t max;
};

inline constexpr std::uint64_t kMaxTextLength = 255;
inline constexpr std::uint64_t kMaxEntries = 4096;

Definition text(std::string description);
Definition word_of(std::vector<std::string> words, std::string description);
Definition flag(std::string description);
Definition integer(Range range, std::string description);
Definition integer_or_false(Range range, std::string description);
Definition size(Range bytes, std::string description);
Definition list_of(Definition item, std::string description);
Definition map_of(Definition value, std::string description);  // .matching() is about its keys
Definition object(std::string description, std::vector<Field> fields);
Definition text_or_object(Definition text_form, Definition object_form);

Field required(std::string key, Definition definition);
Field optional(std::string key, Definition definition);

// The forms of a size: "29GiB", "32 GB", "512MiB", "1000000". Nothing for another text or more than 64 bits.
inline constexpr std::string_view kSizePattern = "^[0-9]{1,20} ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$";
std::optional<Bytes> parse_size(std::string_view text);

}  // namespace kraken
