#include "contract/secret_text.h"

#include <algorithm>
#include <charconv>

namespace kraken {

Error SecretText::wrong(std::string_view expected) const {
  return Error(ErrorCode::kCorrupt, "line " + std::to_string(line_) + ": expected " + std::string(expected));
}

void SecretText::skip_blanks() {
  // RFC 8259, section 2.
  while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
    if (rest_.front() == '\n') ++line_;
    rest_.remove_prefix(1);
  }
}

bool SecretText::take(std::string_view token) {
  skip_blanks();
  if (!rest_.starts_with(token)) return false;
  rest_.remove_prefix(token.size());
  return true;
}

Status SecretText::expect(std::string_view token) {
  if (take(token)) return ok_status();
  return wrong(token);
}

Status SecretText::expect_member(std::string_view key) {
  if (take("\"" + std::string(key) + "\"") && take(":")) return ok_status();
  return wrong("\"" + std::string(key) + "\" and a value");
}

Result<std::string_view> SecretText::string(std::string_view expected) {
  const auto is_plain = [](char c) { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'; };
  if (!take("\"")) return wrong(expected);
  const auto* const end = std::ranges::find_if_not(rest_, is_plain);
  if (end == rest_.end() || *end != '"') return wrong(expected);
  const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  rest_.remove_prefix(found.size() + 1);
  return found;
}

Result<std::int64_t> SecretText::integer(std::string_view expected) {
  skip_blanks();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error != std::errc()) return wrong(expected);
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

Status SecretText::end() {
  skip_blanks();
  if (rest_.empty()) return ok_status();
  return wrong("nothing more");
}

Status SecretText::members(const std::function<Status(std::string_view key)>& read) {
  KRAKEN_TRY(expect("{"));
  if (take("}")) return ok_status();
  do {
    KRAKEN_ASSIGN(const std::string_view key, string("a key in double quotes"));
    KRAKEN_TRY(expect(":"));
    KRAKEN_TRY(read(key));
  } while (take(","));
  return expect("}");
}

}  // namespace kraken
