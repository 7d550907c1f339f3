#include "config/yaml_builder.h"

#include <algorithm>

namespace kraken {

namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 100'000;

std::size_t depth_of(const Value& value) {
  std::size_t deepest = 0;
  for (const Value& item : value.items) deepest = std::max(deepest, depth_of(item));
  for (const Member& member : value.members) deepest = std::max(deepest, depth_of(member.value));
  return deepest + 1;
}

}  // namespace

void YamlBuilder::fail(Place place, std::string what) {
  if (failed_) return;
  failed_ = true;
  problems_.add({file_, place.line, place.column}, std::move(what));
}

void YamlBuilder::start_document(Place place) {
  if (++documents_ > 1) fail(place, "a second YAML document starts here; the file must hold one alone");
}

bool YamlBuilder::count(Place place, std::size_t nodes) {
  if (failed_) return false;
  nodes_ += nodes;
  if (nodes_ <= kMaxNodes) return true;
  fail(place, "more than " + std::to_string(kMaxNodes) + " values, with what aliases stand for");
  return false;
}

void YamlBuilder::add_nothing(Place place, Anchor anchor) {
  if (!count(place, 1)) return;
  Value value;
  value.origin = {file_, place.line, place.column};
  add(std::move(value), anchor);
}

void YamlBuilder::add_scalar(Place place, Anchor anchor, Scalar scalar) {
  if (!count(place, 1)) return;
  Value value;
  value.kind = Value::Kind::kScalar;
  value.style = scalar.style;
  value.text = std::move(scalar.text);
  value.origin = {file_, place.line, place.column};
  add(std::move(value), anchor);
}

void YamlBuilder::add_alias(Place place, Anchor anchor) {
  if (failed_) return;
  const auto named = named_.find(anchor);
  if (named == named_.end()) {
    fail(place, "an alias that is part of what it stands for");
    return;
  }
  // Counted before it is copied: nine levels of nine aliases would be gigabytes.
  if (!count(place, named->second.nodes)) return;
  if (open_.size() + named->second.depth > kMaxDepth) {
    fail(place, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    return;
  }
  add(named->second.value, 0);
}

void YamlBuilder::open(Place place, Anchor anchor, Value::Kind kind) {
  if (!count(place, 1)) return;
  if (open_.size() + 1 > kMaxDepth) {
    fail(place, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    return;
  }
  Open frame;
  frame.value.kind = kind;
  frame.value.origin = {file_, place.line, place.column};
  frame.anchor = anchor;
  frame.nodes_before = nodes_ - 1;
  open_.push_back(std::move(frame));
}

void YamlBuilder::close() {
  if (failed_ || open_.empty()) return;
  Open frame = std::move(open_.back());
  open_.pop_back();
  if (frame.anchor != 0) {
    const std::size_t nodes = nodes_ - frame.nodes_before;
    // The copy that is kept costs memory as well: anchors inside anchors would multiply it.
    if (!count({frame.value.origin.line, frame.value.origin.column}, nodes)) return;
    named_[frame.anchor] = {frame.value, nodes, depth_of(frame.value)};
  }
  // Its nodes are counted and its anchor is kept already.
  add(std::move(frame.value), 0);
}

void YamlBuilder::add(Value value, Anchor anchor) {
  if (anchor != 0) named_[anchor] = {value, 1, 1};
  if (open_.empty()) {
    if (!root_) root_ = std::move(value);
  } else if (open_.back().value.kind == Value::Kind::kList) {
    open_.back().value.items.push_back(std::move(value));
  } else if (!open_.back().key) {
    add_key(value);
  } else {
    add_member(std::move(value));
  }
}

void YamlBuilder::add_key(const Value& value) {
  const Place place{value.origin.line, value.origin.column};
  if (value.kind != Value::Kind::kScalar) {
    fail(place, "a key must be a plain word");
  } else if (value.text == "<<" && value.style == Value::Style::kPlain) {
    fail(place, "merge keys (<<) are not supported; write the keys out, or use a profile's extends");
  }
  open_.back().key = Key{value.text, value.origin};
}

void YamlBuilder::add_member(Value value) {
  Open& map = open_.back();
  Key key = std::move(*map.key);
  map.key.reset();
  // yaml-cpp places a missing value at the token that follows, which may be lines below.
  if (value.kind == Value::Kind::kNothing) value.origin = key.origin;
  const auto [known, is_new] = map.known.emplace(key.text, key.origin);
  if (!is_new) {
    // Not fatal: the rest of the file is still worth checking for the same mistake.
    problems_.add(key.origin, "the key " + in_quotes(key.text) + " is given twice; first at " + known->second.text());
    return;
  }
  map.value.members.push_back({std::move(key.text), key.origin, std::move(value)});
}

std::optional<Value> YamlBuilder::take() {
  if (failed_) return std::nullopt;
  if (!root_ || root_->kind == Value::Kind::kNothing) {
    problems_.add({file_, 1, 1}, "the file is empty");
    return std::nullopt;
  }
  return std::move(root_);
}

}  // namespace kraken
