#include "json/json.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace kraken {

namespace {

using Nlohmann = nlohmann::ordered_json;

// Builds the value event by event, so that depth and repeated keys are seen as they come.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(int max_depth) : max_depth_(max_depth) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return fail("a number over 64 bits");
    }
    return add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(Json(value)); }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return fail("binary data"); }

  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (open_.back().value.find(name) != nullptr) return fail("the key \"" + name + "\" is given twice");
    open_.back().key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: ...": the part after the library's own tag.
    const std::string text = error.what();
    const std::size_t tag = text.find("] ");
    return fail(tag == std::string::npos ? text : text.substr(tag + 2));
  }

  const std::string& error() const { return error_; }
  Json take() { return std::move(root_); }

 private:
  struct Open {
    Json value;
    std::string key;
  };

  bool fail(std::string what) {
    error_ = std::move(what);
    return false;
  }
  bool open(Json value) {
    if (static_cast<int>(open_.size()) >= max_depth_) {
      return fail("nested deeper than " + std::to_string(max_depth_) + " levels");
    }
    open_.push_back({std::move(value), {}});
    return true;
  }
  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.as_object() != nullptr) {
      open_.back().value.set(open_.back().key, std::move(value));
    } else {
      open_.back().value.push_back(std::move(value));
    }
    return true;
  }

  int max_depth_;
  std::vector<Open> open_;
  Json root_;
  std::string error_;
};

Nlohmann to_nlohmann(const Json& value) {
  if (const auto* flag = value.as_bool()) return *flag;
  if (const auto* number = value.as_int()) return *number;
  if (const auto* number = value.as_double()) return *number;
  if (const auto* text = value.as_string()) return *text;
  if (const auto* array = value.as_array()) {
    Nlohmann out = Nlohmann::array();
    for (const Json& element : *array) out.push_back(to_nlohmann(element));
    return out;
  }
  if (const auto* object = value.as_object()) {
    Nlohmann out = Nlohmann::object();
    for (const auto& [key, member] : *object) out[key] = to_nlohmann(member);
    return out;
  }
  return nullptr;
}

}  // namespace

Json::Json(std::uint64_t value) : value_(nullptr) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = static_cast<double>(value);
  }
}

const Json* Json::find(std::string_view key) const {
  const Object* members = as_object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, key, &Member::first);
  return found == members->end() ? nullptr : &found->second;
}

void Json::set(std::string_view key, Json value) {
  auto& members = std::get<Object>(value_);
  const auto found = std::ranges::find(members, key, &Member::first);
  if (found != members.end()) {
    found->second = std::move(value);
  } else {
    members.emplace_back(std::string(key), std::move(value));
  }
}

void Json::push_back(Json value) {
  std::get<Array>(value_).push_back(std::move(value));
}

std::string Json::type_name() const {
  static constexpr const char* kNames[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
  return kNames[value_.index()];
}

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.max_size) {
    return Error(ErrorCode::kCorrupt, "larger than the " + human_bytes(limits.max_size) + " that are allowed");
  }
  Builder builder(limits.max_depth);
  if (!nlohmann::json::sax_parse(text, &builder)) return Error(ErrorCode::kCorrupt, builder.error());
  return builder.take();
}

std::string format_json(const Json& value) {
  return to_nlohmann(value).dump(2, ' ', false, Nlohmann::error_handler_t::replace) + "\n";
}

std::string format_json_line(const Json& value) {
  return to_nlohmann(value).dump(-1, ' ', false, Nlohmann::error_handler_t::replace);
}

}  // namespace kraken
