// scrypt (RFC 7914): a key out of a passphrase, made slow and large on purpose for whoever has to guess.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/units.h"

namespace kraken {

struct ScryptCost {
  std::uint32_t log2_n = 0;
  std::uint32_t r = 0;
  std::uint32_t p = 0;
  friend bool operator==(const ScryptCost&, const ScryptCost&) = default;
};

// About 64 MiB and half a second on a workstation: the second of OWASP's choices for storing passwords.
inline constexpr ScryptCost kScryptCost{16, 8, 2};

// Whether a cost that a file asks for is one that this program pays: at most 256 MiB, and sixteen times the usual work.
bool is_bearable(const ScryptCost& cost);

// `length` bytes. kInvalidArgument for an empty passphrase and for a cost that is_bearable() does not pass; kInternal
// when the library refuses, for lack of memory for one.
Result<SecretBytes> scrypt(std::span<const std::byte> passphrase, std::span<const std::byte> salt,
                           const ScryptCost& cost, std::size_t length);

}  // namespace kraken
