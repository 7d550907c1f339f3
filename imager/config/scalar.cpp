#include "config/scalar.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/problems.h"

namespace kraken {

namespace {

constexpr std::string_view kDecimal = "0123456789";
constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};
// True and false in YAML 1.1, text in YAML 1.2: the next program that reads the file may see either.
constexpr std::array<std::string_view, 8> kOldSwitches = {"yes", "no", "on", "off", "Yes", "No", "On", "Off"};

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

bool take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of(kDecimal), text.size());
  text.remove_prefix(count);
  return count > 0;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  text.remove_prefix(1);
  return true;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal_number(std::string_view text) {
  take_sign(text);
  bool digits = take_digits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    digits = take_digits(text) || digits;
  }
  if (!digits) return false;
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    take_sign(text);
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

bool is_prefixed_number(std::string_view text) {
  if (text.size() < 3) return false;
  const std::string_view digits = text.substr(2);
  if (text.starts_with("0x")) return digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  return text.starts_with("0o") && digits.find_first_not_of("01234567") == std::string_view::npos;
}

bool is_special_number(std::string_view text) {
  static constexpr std::array<std::string_view, 3> kNan = {".nan", ".NaN", ".NAN"};
  static constexpr std::array<std::string_view, 3> kInf = {".inf", ".Inf", ".INF"};
  if (is_one_of(text, kNan)) return true;
  take_sign(text);
  return is_one_of(text, kInf);
}

bool has_control_character(std::string_view text, const Definition& definition) {
  return std::ranges::any_of(text, [&](char c) {
    if (c == '\n' && definition.may_have_lines) return false;
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

// "expected a host name, found "x y"", and without the value when it is a secret.
std::string unexpected(const Value& scalar, const Definition& definition) {
  if (definition.is_secret) return "expected " + definition.expected;
  return "expected " + definition.expected + ", found " + in_quotes(scalar.text);
}

std::optional<std::string> wrong_word(const Value& scalar, const Definition& definition) {
  if (std::ranges::find(definition.words, scalar.text) != definition.words.end()) return std::nullopt;
  return unexpected(scalar, definition) + did_you_mean(scalar.text, definition.words);
}

std::optional<std::string> wrong_text(const Value& scalar, const Definition& definition) {
  const ScalarKind kind = kind_of(scalar);
  if (kind != ScalarKind::kText) {
    const std::string what = kind == ScalarKind::kBool ? "a switch" : "a number";
    const std::string found = definition.is_secret ? "" : " (" + in_quotes(scalar.text) + ")";
    return "expected " + definition.expected + ", found " + what + found + "; put text in quotes";
  }
  if (!definition.words.empty()) return wrong_word(scalar, definition);
  if (scalar.text.size() < definition.min) return "expected " + definition.expected + ", found an empty text";
  if (scalar.text.size() > definition.max) {
    return "expected " + definition.expected + ", found " + std::to_string(scalar.text.size()) +
           " characters, which is more than the " + std::to_string(definition.max) + " that are allowed";
  }
  if (has_control_character(scalar.text, definition))
    return unexpected(scalar, definition) + ", with control characters";
  if (definition.pattern && !definition.pattern->matches(scalar.text)) return unexpected(scalar, definition);
  if (definition.check == nullptr) return std::nullopt;
  const std::string wrong = definition.check(scalar.text);
  if (wrong.empty()) return std::nullopt;
  return definition.is_secret ? wrong : in_quotes(scalar.text) + " " + wrong;
}

std::optional<std::string> wrong_bool(const Value& scalar, const Definition& definition) {
  if (kind_of(scalar) == ScalarKind::kBool) return std::nullopt;
  std::string what = unexpected(scalar, definition);
  if (scalar.style == Value::Style::kQuoted) what += " in quotes";
  if (is_one_of(scalar.text, kOldSwitches)) what += "; write true or false";
  return what;
}

std::optional<std::string> wrong_integer(const Value& scalar, const Definition& definition) {
  const bool plain = scalar.style == Value::Style::kPlain;
  if (plain && definition.type == ValueType::kIntegerOrFalse && is_one_of(scalar.text, kFalse)) return std::nullopt;
  if (std::ranges::find(definition.words, scalar.text) != definition.words.end()) return std::nullopt;
  const auto number = parse_u64(scalar.text);
  // A leading zero is octal in YAML 1.1 and decimal in YAML 1.2.
  const bool ambiguous = scalar.text.size() > 1 && scalar.text.front() == '0';
  if (plain && number && !ambiguous && *number >= definition.min && *number <= definition.max) return std::nullopt;
  return unexpected(scalar, definition) + (plain ? "" : " in quotes");
}

std::optional<std::string> wrong_size(const Value& scalar, const Definition& definition) {
  if (std::ranges::find(definition.words, scalar.text) != definition.words.end()) return std::nullopt;
  const auto bytes = parse_size(scalar.text);
  if (bytes && *bytes >= definition.min && *bytes <= definition.max) return std::nullopt;
  return unexpected(scalar, definition);
}

}  // namespace

ScalarKind kind_of(const Value& scalar) {
  if (scalar.style == Value::Style::kQuoted) return ScalarKind::kText;
  const std::string_view text = scalar.text;
  if (is_one_of(text, kTrue) || is_one_of(text, kFalse)) return ScalarKind::kBool;
  const bool number = is_decimal_number(text) || is_prefixed_number(text) || is_special_number(text);
  return number ? ScalarKind::kNumber : ScalarKind::kText;
}

std::optional<std::string> wrong_scalar(const Value& scalar, const Definition& definition) {
  switch (definition.type) {
    case ValueType::kBool:
      return wrong_bool(scalar, definition);
    case ValueType::kInteger:
    case ValueType::kIntegerOrFalse:
      return wrong_integer(scalar, definition);
    case ValueType::kSize:
      return wrong_size(scalar, definition);
    default:
      return wrong_text(scalar, definition);
  }
}

}  // namespace kraken
