#include "base/text.h"
#include "config/check.h"
#include "config/scalar.h"

namespace kraken {

std::optional<View> View::of(const Value& value, const Definition& definition) {
  if (what_is_wrong(value, definition)) return std::nullopt;
  const bool as_object = definition.type == ValueType::kTextOrObject && value.kind == Value::Kind::kMap;
  const bool as_text = definition.type == ValueType::kTextOrObject && !as_object;
  if (as_object) return View(value, definition.items.at(1));
  return View(value, as_text ? definition.items.front() : definition);
}

std::optional<View> View::find(std::string_view key) const {
  const Value* const value = value_->find(key);
  const Field* const field = definition_->find(key);
  if (value == nullptr || field == nullptr) return std::nullopt;
  return of(*value, field->definition);
}

std::optional<View> View::find(std::string_view key, std::string_view inner) const {
  const auto outer = find(key);
  return outer ? outer->find(inner) : std::nullopt;
}

std::vector<std::pair<std::string, View>> View::members() const {
  std::vector<std::pair<std::string, View>> found;
  for (const Member& member : value_->members) {
    const Field* const field = definition_->find(member.key);
    const bool is_free = definition_->type == ValueType::kMapOf;
    if (field == nullptr && !is_free) continue;
    const auto view = of(member.value, is_free ? definition_->items.front() : field->definition);
    if (view) found.emplace_back(member.key, *view);
  }
  return found;
}

std::vector<View> View::items() const {
  std::vector<View> found;
  for (const Value& item : value_->items) {
    if (const auto view = of(item, definition_->items.front())) found.push_back(*view);
  }
  return found;
}

std::vector<Sourced<std::string>> View::sourced_texts() const {
  std::vector<Sourced<std::string>> texts;
  for (const View& item : items()) texts.push_back(item.sourced_text());
  return texts;
}

bool View::is_bool() const {
  return kind_of(*value_) == ScalarKind::kBool;
}

// Only what was checked gets here, so a text that does not parse is a word that stands for no number.
bool View::flag() const {
  return is_bool() && (value_->text.front() == 't' || value_->text.front() == 'T');
}

std::uint64_t View::integer() const {
  return parse_u64(value_->text).value_or(0);
}

Bytes View::bytes() const {
  return parse_size(value_->text).value_or(0);
}

}  // namespace kraken
