#include "contract/strict_object.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace kraken {

namespace {

// A hostile key or value must not fill the log.
std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return "\"" + std::string(text.substr(0, kLongest)) + (text.size() > kLongest ? "...\"" : "\"");
}

Error unknown_key(std::string_view key, const std::string& place, const std::vector<std::string>& known) {
  std::string what = (place.empty() ? std::string() : place + ": ") + "unknown key " + shortened(key);
  if (const auto meant = nearest(key, known)) what += " (did you mean \"" + *meant + "\"?)";
  return Error(ErrorCode::kCorrupt, what);
}

}  // namespace

Result<StrictObject> StrictObject::open(const Json& value, std::string where, std::span<const std::string_view> keys,
                                        std::span<const std::string_view> optional_keys) {
  const Json::Object* members = value.as_object();
  if (members == nullptr) {
    const std::string place = where.empty() ? "the document" : where;
    return Error(ErrorCode::kCorrupt, place + ": expected an object, found " + value.type_name());
  }
  StrictObject object(value, std::move(where));
  std::vector<std::string> known(keys.begin(), keys.end());
  known.insert(known.end(), optional_keys.begin(), optional_keys.end());
  for (const auto& [key, member] : *members) {
    if (std::ranges::find(known, key) == known.end()) return unknown_key(key, object.where_, known);
  }
  for (const std::string_view key : keys) {
    if (!object.has(key)) return Error(ErrorCode::kCorrupt, object.place(key) + ": this key is missing");
  }
  return object;
}

std::string StrictObject::place(std::string_view key) const {
  return where_.empty() ? std::string(key) : where_ + "." + std::string(key);
}

const Json& StrictObject::member(std::string_view key) const {
  const Json* found = value_->find(key);
  if (found == nullptr) std::abort();  // a key that open() was not asked for
  return *found;
}

Error StrictObject::wrong_type(std::string_view key, std::string_view expected) const {
  return Error(ErrorCode::kCorrupt,
               place(key) + ": expected " + std::string(expected) + ", found " + member(key).type_name());
}

Result<std::string> StrictObject::text(std::string_view key) const {
  const std::string* value = member(key).as_string();
  if (value == nullptr) return wrong_type(key, "a string");
  return *value;
}

Result<std::int64_t> StrictObject::integer(std::string_view key, IntegerRange range) const {
  const std::int64_t* value = member(key).as_int();
  if (value == nullptr) return wrong_type(key, "an integer");
  if (*value < range.low || *value > range.high) {
    return Error(ErrorCode::kCorrupt, place(key) + ": expected an integer from " + std::to_string(range.low) + " to " +
                                          std::to_string(range.high) + ", found " + std::to_string(*value));
  }
  return *value;
}

Result<bool> StrictObject::flag(std::string_view key) const {
  const bool* value = member(key).as_bool();
  if (value == nullptr) return wrong_type(key, "true or false");
  return *value;
}

Result<Ipv4> StrictObject::address(std::string_view key) const {
  return read_address(member(key), place(key));
}

Result<const Json::Array*> StrictObject::list(std::string_view key) const {
  const Json::Array* value = member(key).as_array();
  if (value == nullptr) return wrong_type(key, "an array");
  return value;
}

Result<const Json::Object*> StrictObject::map(std::string_view key) const {
  const Json::Object* value = member(key).as_object();
  if (value == nullptr) return wrong_type(key, "an object");
  return value;
}

Status check_format(const Json& document, std::string_view format, int version) {
  const Json* found = document.find("format");
  if (found == nullptr || *found != Json(format)) {
    return Error(ErrorCode::kCorrupt, "\"format\" is not \"" + std::string(format) + "\"");
  }
  const Json* number = document.find("version");
  if (number == nullptr || number->as_int() == nullptr) {
    return Error(ErrorCode::kCorrupt, "version: expected an integer");
  }
  if (*number->as_int() != version) {
    return Error(ErrorCode::kUnsupported, "version " + std::to_string(*number->as_int()) + " is not known here");
  }
  return ok_status();
}

Result<Ipv4> read_address(const Json& value, std::string_view place) {
  const std::string* text = value.as_string();
  if (text == nullptr) {
    return Error(ErrorCode::kCorrupt, std::string(place) + ": expected a string, found " + value.type_name());
  }
  const auto address = parse_ipv4(*text);
  if (!address) {
    return Error(ErrorCode::kCorrupt,
                 std::string(place) + ": expected an IPv4 address such as 192.168.3.11, found " + shortened(*text));
  }
  return *address;
}

}  // namespace kraken
