// Result<T>: a value or an Error. Status: success or an Error. Both are [[nodiscard]]; neither throws. Reading the
// wrong side of a Result is a bug of the caller's and ends the program.
#pragma once

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "base/error.h"

namespace kraken {

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function may `return value;` and `return error;`.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *checked(std::get_if<0>(&state_)); }
  const T& value() const& { return *checked(std::get_if<0>(&state_)); }
  T&& value() && { return std::move(*checked(std::get_if<0>(&state_))); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return *checked(std::get_if<1>(&state_)); }

  Result with_context(std::string_view context) && {
    if (ok()) return std::move(*this);
    return error().with_context(context);
  }
  Result recode(ErrorCode code) && {
    if (ok()) return std::move(*this);
    return error().recode(code);
  }

 private:
  template <typename P>
  static P* checked(P* side) {
    if (side == nullptr) std::abort();
    return side;
  }
  std::variant<T, Error> state_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;                                // success
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    if (!error_) std::abort();
    return *error_;
  }

  Status with_context(std::string_view context) && {
    if (ok()) return std::move(*this);
    return error_->with_context(context);
  }
  Status recode(ErrorCode code) && {
    if (ok()) return std::move(*this);
    return error_->recode(code);
  }

 private:
  std::optional<Error> error_;
};

inline Status ok_status() {
  return Status();
}

}  // namespace kraken

#define KRAKEN_CONCAT_INNER(a, b) a##b
#define KRAKEN_CONCAT(a, b) KRAKEN_CONCAT_INNER(a, b)

// Returns the error of a Status (or of a Result whose value is not wanted) from the enclosing function.
#define KRAKEN_TRY(expression)                                    \
  do {                                                            \
    if (auto kraken_status = (expression); !kraken_status.ok()) { \
      return kraken_status.error();                               \
    }                                                             \
  } while (false)

// KRAKEN_ASSIGN(auto table, read_table(source)); declares or assigns the value, or returns the error.
#define KRAKEN_ASSIGN(target, expression) \
  KRAKEN_ASSIGN_INNER(KRAKEN_CONCAT(kraken_result_, __LINE__), target, expression)
#define KRAKEN_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                           \
  if (!result.ok()) return result.error();              \
  target = std::move(result).value()
