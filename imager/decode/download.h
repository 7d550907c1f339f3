// One file from an http, https or file URL, by libcurl (which only this folder knows). No resume, no cache, no check of
// what comes.
#pragma once

#include <string>

#include "base/result.h"
#include "base/units.h"
#include "decode/base_cache.h"

namespace kraken {

struct DownloadLimits {
  Bytes max_size = 64 * kGiB;
  long connect_seconds = 30;
  long stall_seconds = 60;  // without a single byte
};

// Writes to `fd` from where it stands; what a failed download wrote stays there. Redirections are followed, a few and
// never to a file. kIo when the server, the network or the disk fails or the transfer ends early, kUnsupported for
// another kind of URL or too large a file, kInterrupted when `progress` said so.
Status download(const std::string& url, int fd, const DownloadLimits& limits, const DecodeProgress& progress);

// The URL without user and password, for messages.
std::string printable_url(const std::string& url);

}  // namespace kraken
