// A JSON value (RFC 8259) that keeps the order of its keys, so that the same inputs give the same text. The parser
// takes hostile input: size and depth are bounded, a key given twice is an error, numbers are integers of 64 bits or
// doubles. Only this folder knows which library parses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() : value_(nullptr) {}
  Json(std::nullptr_t) : value_(nullptr) {}                     // NOLINT(google-explicit-constructor)
  Json(bool value) : value_(value) {}                           // NOLINT(google-explicit-constructor)
  Json(int value) : value_(std::int64_t{value}) {}              // NOLINT(google-explicit-constructor)
  Json(std::int64_t value) : value_(value) {}                   // NOLINT(google-explicit-constructor)
  Json(std::uint64_t value);                                    // NOLINT(google-explicit-constructor)
  Json(double value) : value_(value) {}                         // NOLINT(google-explicit-constructor)
  Json(const char* value) : value_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
  Json(std::string value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Json(Array value) : value_(std::move(value)) {}               // NOLINT(google-explicit-constructor)
  Json(Object value) : value_(std::move(value)) {}              // NOLINT(google-explicit-constructor)

  static Json object() { return Json(Object{}); }
  static Json array() { return Json(Array{}); }

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  // Each is null when the value is of another type.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&value_); }
  const double* as_double() const { return std::get_if<double>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }

  // The member's value, or null when there is none or this is no object.
  const Json* find(std::string_view key) const;
  // Adds the member at the end, or gives the one that is there a new value. Only for objects.
  void set(std::string_view key, Json value);
  // Only for arrays.
  void push_back(Json value);

  // "null", "boolean", "integer", "number", "string", "array" or "object": for messages.
  std::string type_name() const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct JsonLimits {
  Bytes max_size = kMiB;
  int max_depth = 32;
};

// kCorrupt with what was wrong and where (line and column); the text must be one value and UTF-8.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Two spaces a level, keys in the order they have, a newline at the end.
std::string format_json(const Json& value);
// On one line, without a newline at the end.
std::string format_json_line(const Json& value);

}  // namespace kraken
