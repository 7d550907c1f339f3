// Random bytes for secrets, from the library's generator, which the kernel seeds.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

// kIo when the system has no randomness to give; no secret may be made then.
Result<SecretBytes> random_bytes(std::size_t size);

}  // namespace kraken
