#include "config/definition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace kraken {

namespace {

struct Unit {
  std::string_view name;
  Bytes bytes;
};

// Decimal as card makers count, binary as file systems do: IEC 80000-13.
constexpr std::array<Unit, 11> kUnits = {{{"", 1},
                                          {"B", 1},
                                          {"kB", 1'000},
                                          {"KB", 1'000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"TB", 1'000'000'000'000},
                                          {"KiB", kKiB},
                                          {"MiB", kMiB},
                                          {"GiB", kGiB},
                                          {"TiB", 1024 * kGiB}}};

Definition make(ValueType type, std::string description) {
  Definition definition;
  definition.type = type;
  definition.description = std::move(description);
  return definition;
}

std::string range_text(Range range) {
  return "from " + std::to_string(range.min) + " to " + std::to_string(range.max);
}

}  // namespace

Definition Definition::matching(std::string regular_expression, std::string what) && {
  pattern.emplace(std::move(regular_expression));
  expected = std::move(what);
  return std::move(*this);
}

Definition Definition::checked(TextCheck text_check) && {
  check = text_check;
  return std::move(*this);
}

Definition Definition::secret() && {
  is_secret = true;
  return std::move(*this);
}

Definition Definition::with_lines() && {
  may_have_lines = true;
  return std::move(*this);
}

Definition Definition::up_to(std::uint64_t most) && {
  max = most;
  return std::move(*this);
}

Definition Definition::or_word(std::string word) && {
  expected = word + " or " + expected;
  words.push_back(std::move(word));
  return std::move(*this);
}

Definition Definition::not_empty() && {
  min = 1;
  return std::move(*this);
}

Definition Definition::needing_one_of(std::vector<std::string> keys, std::string what) && {
  at_least_one = std::move(keys);
  hints.emplace("", std::move(what));
  return std::move(*this);
}

Definition Definition::needing_at_most_one_of(std::vector<std::string> keys) && {
  not_both = std::move(keys);
  return std::move(*this);
}

Definition Definition::hinting(std::string key, std::string what) && {
  hints.insert_or_assign(std::move(key), std::move(what));
  return std::move(*this);
}

const Field* Definition::find(std::string_view key) const {
  const auto found = std::ranges::find(fields, key, &Field::key);
  return found == fields.end() ? nullptr : &*found;
}

Definition text(std::string description) {
  Definition definition = make(ValueType::kText, std::move(description));
  definition.expected = "text";
  definition.min = 1;
  definition.max = kMaxTextLength;
  return definition;
}

Definition word_of(std::vector<std::string> words, std::string description) {
  Definition definition = text(std::move(description));
  definition.expected = "one of " + join(words, ", ");
  definition.words = std::move(words);
  return definition;
}

Definition flag(std::string description) {
  Definition definition = make(ValueType::kBool, std::move(description));
  definition.expected = "true or false";
  return definition;
}

Definition integer(Range range, std::string description) {
  Definition definition = make(ValueType::kInteger, std::move(description));
  definition.expected = "a whole number " + range_text(range);
  definition.min = range.min;
  definition.max = range.max;
  return definition;
}

Definition integer_or_false(Range range, std::string description) {
  Definition definition = integer(range, std::move(description));
  definition.type = ValueType::kIntegerOrFalse;
  definition.expected = "false or " + definition.expected;
  return definition;
}

Definition size(Range bytes, std::string description) {
  Definition definition = make(ValueType::kSize, std::move(description));
  definition.expected = "a size like 512MiB or 32GB, from " + human_bytes(bytes.min) + " to " + human_bytes(bytes.max);
  definition.min = bytes.min;
  definition.max = bytes.max;
  return definition;
}

Definition list_of(Definition item, std::string description) {
  Definition definition = make(ValueType::kList, std::move(description));
  definition.expected = "a list";
  definition.max = kMaxEntries;
  definition.items.push_back(std::move(item));
  return definition;
}

Definition map_of(Definition value, std::string description) {
  Definition definition = make(ValueType::kMapOf, std::move(description));
  definition.expected = "keys with their values";
  definition.max = kMaxEntries;
  definition.items.push_back(std::move(value));
  return definition;
}

Definition object(std::string description, std::vector<Field> fields) {
  Definition definition = make(ValueType::kObject, std::move(description));
  definition.expected = "keys with their values";
  definition.fields = std::move(fields);
  return definition;
}

Definition text_or_object(Definition text_form, Definition object_form) {
  Definition definition = make(ValueType::kTextOrObject, text_form.description);
  definition.expected = text_form.expected + ", or keys with their values";
  definition.items = {std::move(text_form), std::move(object_form)};
  return definition;
}

Field required(std::string key, Definition definition) {
  return {std::move(key), Need::kRequired, std::move(definition)};
}

Field optional(std::string key, Definition definition) {
  return {std::move(key), Need::kOptional, std::move(definition)};
}

std::optional<Bytes> parse_size(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_u64(text.substr(0, end));
  std::string_view unit = text.substr(end);
  if (unit.size() > 1 && unit.front() == ' ') unit.remove_prefix(1);
  const auto* const found = std::ranges::find(kUnits, unit, &Unit::name);
  if (!number || found == kUnits.end()) return std::nullopt;
  return checked_mul(*number, found->bytes);
}

}  // namespace kraken
