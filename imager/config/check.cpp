#include "config/check.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/scalar.h"

namespace kraken {

namespace {

std::string article_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNothing:
      return "nothing";
    case Value::Kind::kList:
      return "a list";
    case Value::Kind::kMap:
      return "keys with values";
    case Value::Kind::kScalar:
      return "a single value";
  }
  return "something else";
}

std::string expected_but_found(const Value& value, const Definition& definition) {
  return "expected " + definition.expected + ", found " + article_of(value);
}

std::string with_path(const std::string& path, const std::string& what) {
  return path.empty() ? what : path + ": " + what;
}

std::string inner_path(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

std::vector<std::string> keys_of(const Definition& definition) {
  std::vector<std::string> keys;
  for (const Field& field : definition.fields) keys.push_back(field.key);
  return keys;
}

bool is_container(const Definition& definition, const Value& value) {
  switch (definition.type) {
    case ValueType::kList:
      return value.kind == Value::Kind::kList;
    case ValueType::kMapOf:
    case ValueType::kObject:
      return value.kind == Value::Kind::kMap;
    default:
      return false;
  }
}

std::optional<std::string> wrong_count(std::size_t count, const Definition& definition) {
  if (definition.type == ValueType::kObject) return std::nullopt;
  if (count < definition.min)
    return "expected at least " + std::to_string(definition.min) + " entry, found an empty list";
  if (count > definition.max) {
    return "expected at most " + std::to_string(definition.max) + " entries, found " + std::to_string(count);
  }
  return std::nullopt;
}

void check_unknown_key(const Member& member, const Definition& definition, const std::string& path,
                       Problems& problems) {
  const std::string where = path.empty() ? "" : " in " + path;
  const auto hint = definition.hints.find(member.key);
  if (!member.key.empty() && hint != definition.hints.end()) {
    problems.add(member.origin, "unknown key " + in_quotes(member.key) + where + ": " + hint->second);
    return;
  }
  const auto keys = keys_of(definition);
  std::string help = did_you_mean(member.key, keys);
  if (help.empty()) help = "; known are: " + join(keys, ", ");
  problems.add(member.origin, "unknown key " + in_quotes(member.key) + where + help);
}

// A key that was misspelt is told once, as that, and not a second time as missing.
std::set<std::string> misspelt_keys(const Value& value, const Definition& definition) {
  constexpr std::size_t kMaxTried = 64;
  std::set<std::string> meant;
  const auto keys = keys_of(definition);
  std::size_t tried = 0;
  for (const Member& member : value.members) {
    if (definition.find(member.key) != nullptr || ++tried > kMaxTried) continue;
    if (const auto best = nearest(member.key, keys)) meant.insert(*best);
  }
  return meant;
}

void check_required(const Value& value, const Definition& definition, const std::string& path, Problems& problems) {
  const auto meant = misspelt_keys(value, definition);
  for (const Field& field : definition.fields) {
    if (field.need == Need::kOptional || value.find(field.key) != nullptr || meant.contains(field.key)) continue;
    problems.add(value.origin, with_path(path, "the key " + in_quotes(field.key) + " is missing (" +
                                                   field.definition.expected + ")"));
  }
}

void check_presence(const Value& value, const Definition& definition, const std::string& path, Problems& problems) {
  check_required(value, definition, path, problems);
  const auto is_there = [&](const std::string& key) { return value.find(key) != nullptr; };
  const auto& needed = definition.at_least_one;
  if (!needed.empty() && std::ranges::none_of(needed, is_there)) {
    problems.add(value.origin, with_path(path, definition.hints.at("")));
  }
  if (std::ranges::count_if(definition.not_both, is_there) > 1) {
    problems.add(value.origin, with_path(path, "only one of " + join(definition.not_both, ", ") + " may be given"));
  }
}

void check_object(const Value& value, const Definition& definition, const std::string& path, Problems& problems) {
  for (const Member& member : value.members) {
    if (problems.full()) return;
    if (const Field* const field = definition.find(member.key)) {
      check(member.value, field->definition, inner_path(path, member.key), problems);
    } else {
      check_unknown_key(member, definition, path, problems);
    }
  }
  check_presence(value, definition, path, problems);
}

void check_map(const Value& value, const Definition& definition, const std::string& path, Problems& problems) {
  for (const Member& member : value.members) {
    if (problems.full()) return;
    if (definition.pattern && !definition.pattern->matches(member.key)) {
      problems.add(member.origin, with_path(path, in_quotes(member.key) + " is not " + definition.expected));
    }
    check(member.value, definition.items.front(), inner_path(path, in_quotes(member.key)), problems);
  }
}

}  // namespace

void check(const Value& value, const Definition& definition, const std::string& path, Problems& problems) {
  if (problems.full()) return;
  if (definition.type == ValueType::kTextOrObject && value.kind == Value::Kind::kMap) {
    check(value, definition.items.at(1), path, problems);
    return;
  }
  if (const auto wrong = what_is_wrong(value, definition)) {
    problems.add(value.origin, with_path(path, *wrong));
    return;
  }
  if (definition.type == ValueType::kObject) check_object(value, definition, path, problems);
  if (definition.type == ValueType::kMapOf) check_map(value, definition, path, problems);
  if (definition.type != ValueType::kList) return;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    check(value.items[i], definition.items.front(), path + "[" + std::to_string(i) + "]", problems);
  }
}

std::optional<std::string> what_is_wrong(const Value& value, const Definition& definition) {
  switch (definition.type) {
    case ValueType::kList:
    case ValueType::kMapOf:
    case ValueType::kObject:
      if (!is_container(definition, value)) return expected_but_found(value, definition);
      return wrong_count(value.items.size() + value.members.size(), definition);
    case ValueType::kTextOrObject:
      if (value.kind == Value::Kind::kMap) return std::nullopt;
      if (value.kind != Value::Kind::kScalar) return expected_but_found(value, definition);
      return what_is_wrong(value, definition.items.front());
    default:
      if (value.kind != Value::Kind::kScalar) return expected_but_found(value, definition);
      return wrong_scalar(value, definition);
  }
}

}  // namespace kraken
