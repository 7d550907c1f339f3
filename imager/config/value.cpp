#include "config/value.h"

#include <algorithm>
#include <unordered_set>

namespace kraken {

namespace {

// Only lists of scalars are merged (the definitions hold no other kind in files that extend).
void append_new(std::vector<Value>& items, const std::vector<Value>& more) {
  std::unordered_set<std::string> known;
  for (const Value& item : items) known.insert(item.text);
  for (const Value& item : more) {
    if (known.insert(item.text).second) items.push_back(item);
  }
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &found->value;
}

Value* Value::find(std::string_view key) {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &found->value;
}

Value merge(Value parent, const Value& child, ListMerge lists) {
  if (parent.kind == Value::Kind::kList && child.kind == Value::Kind::kList && lists == ListMerge::kAppend) {
    append_new(parent.items, child.items);
    return parent;
  }
  if (parent.kind != Value::Kind::kMap || child.kind != Value::Kind::kMap) return child;
  for (const Member& member : child.members) {
    if (Value* const inherited = parent.find(member.key)) {
      *inherited = merge(std::move(*inherited), member.value, lists);
    } else {
      parent.members.push_back(member);
    }
  }
  parent.origin = child.origin;
  return parent;
}

}  // namespace kraken
