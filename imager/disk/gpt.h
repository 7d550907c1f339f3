// The header of a GUID partition table, judged as far as libfdisk needs it judged: it allocates what the header says.
// Checksums and the entries themselves are libfdisk's.
#pragma once

#include "block/block_source.h"

namespace kraken {

// Whether the second sector has a GPT header's signature.
Result<bool> has_gpt_signature(const BlockSource& disk);

// Where the partition entries are, in bytes. kCorrupt when there is no header, or one that cannot be; kUnsupported for
// an array of more than 4 MiB.
Result<Extent> gpt_entries(const BlockSource& disk);

}  // namespace kraken
