// Raw bytes compared and cleared as fast as memory is: loops over std::byte are taken byte by byte.
#pragma once

#include <cstddef>
#include <span>

namespace kraken {

bool is_zero(std::span<const std::byte> bytes);

// Of the same length, and the same.
bool is_same(std::span<const std::byte> a, std::span<const std::byte> b);

void fill_with_zeros(std::span<std::byte> bytes);

}  // namespace kraken
