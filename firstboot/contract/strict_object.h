// A JSON object whose keys are all known and, but for some that may be missing, all there, read member by member. Every
// refusal says where in the document it is ("node.id") and what was expected. Used by the formats that the node refuses
// when it does not fully know them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ipv4.h"
#include "base/result.h"
#include "json/json.h"

namespace kraken {

struct IntegerRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// A view: the Json must outlive it. `where` is the object's own place in the document, "" for the outermost.
class StrictObject {
 public:
  // kCorrupt when the value is no object, has a key that is in neither list, or lacks one of `keys`.
  static Result<StrictObject> open(const Json& value, std::string where, std::span<const std::string_view> keys,
                                   std::span<const std::string_view> optional_keys = {});

  // Of an optional key.
  bool has(std::string_view key) const { return value_->find(key) != nullptr; }

  // The key must be one of those that open() was given, and there; all fail with kCorrupt on another type or value.
  Result<std::string> text(std::string_view key) const;
  Result<std::int64_t> integer(std::string_view key, IntegerRange range) const;
  Result<bool> flag(std::string_view key) const;
  Result<Ipv4> address(std::string_view key) const;
  Result<const Json::Array*> list(std::string_view key) const;
  Result<const Json::Object*> map(std::string_view key) const;
  const Json& member(std::string_view key) const;

  // "node.id"
  std::string place(std::string_view key) const;

 private:
  StrictObject(const Json& value, std::string where) : value_(&value), where_(std::move(where)) {}
  Error wrong_type(std::string_view key, std::string_view expected) const;

  const Json* value_;
  std::string where_;
};

// What each of this program's own files begins with. To be asked before its keys: a newer version may have others.
// kCorrupt when "format" is not `format` or "version" is no integer, kUnsupported when it is another one.
Status check_format(const Json& document, std::string_view format, int version);

// kCorrupt unless `value` is a string that is an IPv4 address.
Result<Ipv4> read_address(const Json& value, std::string_view place);

}  // namespace kraken
