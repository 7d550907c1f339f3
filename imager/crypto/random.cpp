#include "crypto/random.h"

#include <openssl/rand.h>

#include <climits>

namespace kraken {

Result<SecretBytes> random_bytes(std::size_t size) {
  if (size > INT_MAX) return Error(ErrorCode::kInvalidArgument, std::to_string(size) + " random bytes are too many");
  SecretBytes out(size);
  // RAND_priv_bytes: of the two generators of a process, the one whose output is never shown to anybody.
  if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(out.bytes().data()), static_cast<int>(size)) != 1) {
    return Error(ErrorCode::kIo, "the random number generator gives nothing: make sure that getrandom(2) works here");
  }
  return out;
}

}  // namespace kraken
