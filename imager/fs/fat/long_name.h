// Puts the parts of a long name together while a folder is read slot by slot, and says whether they belong to the
// record that follows them. fatgen103, "FAT Long Directory Entries".
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "fs/fat/record.h"

namespace kraken::fat {

struct LongName {
  std::size_t first_slot = 0;
  std::u16string text;  // empty when it is no name that could be used: the slots belong to the record all the same
};

class LongNameReader {
 public:
  void add(const LongNamePart& part, std::size_t slot);
  // The name of a record with this checksum in the slot that follows the last part; nothing when the parts are strays.
  std::optional<LongName> finish(std::uint8_t checksum);
  // Whether parts are pending: what is dropped now would be strays.
  bool has_parts() const { return !text_.empty(); }
  void drop();

 private:
  std::u16string text_;
  std::uint8_t next_ordinal_ = 0;  // the part that must come next; 0: the name is whole
  std::uint8_t checksum_ = 0;
  std::size_t first_slot_ = 0;
};

}  // namespace kraken::fat
