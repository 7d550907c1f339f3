// How this program's memory is given back.
#pragma once

namespace kraken {

// Blocks of half a MiB and more are the system's again as soon as they are freed, so that what a decoder's dictionaries
// and a burn's buffers take is bounded by what is in use at a time. To be called before any of them is made.
void give_large_blocks_back();

}  // namespace kraken
