#include "decode/download.h"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>

#include "base/text.h"
#include "decode/unpack.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr long kMaxRedirects = 8;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;

// What the callbacks share. Both run on the thread that downloads.
struct Transfer {
  int fd;
  Bytes max_size;
  const DecodeProgress* progress;
  Bytes written = 0;
  std::optional<Error> failure;
};

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t length = size * count;  // curl_easy_setopt(3), CURLOPT_WRITEFUNCTION: size is always 1
  if (length > transfer.max_size - transfer.written) {
    transfer.failure =
        Error(ErrorCode::kUnsupported, "it is larger than the " + human_bytes(transfer.max_size) + " that are allowed");
    return 0;
  }
  const Status status = write_all(transfer.fd, as_bytes(std::string_view(data, length)));
  if (!status.ok()) {
    transfer.failure = status.error();
    return 0;
  }
  transfer.written += length;
  return length;
}

int on_progress(void* context, curl_off_t total, curl_off_t now, curl_off_t /*up_total*/, curl_off_t /*up_now*/) {
  auto& transfer = *static_cast<Transfer*>(context);
  const auto bytes = [](curl_off_t value) { return value < 0 ? Bytes{0} : static_cast<Bytes>(value); };
  const Status status = report_progress(*transfer.progress, bytes(now), bytes(total));
  if (status.ok()) return 0;
  transfer.failure = status.error();
  return 1;
}

// All settings, or false: one that this libcurl does not know must not be lost silently.
bool configure(CURL* handle, const std::string& url, const DownloadLimits& limits, Transfer& transfer) {
  const auto set = [handle](CURLoption option, auto value) {
    return curl_easy_setopt(handle, option, value) == CURLE_OK;
  };
  return set(CURLOPT_URL, url.c_str()) && set(CURLOPT_PROTOCOLS_STR, "http,https,file") &&
         set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https") && set(CURLOPT_FOLLOWLOCATION, 1L) &&
         set(CURLOPT_MAXREDIRS, kMaxRedirects) && set(CURLOPT_FAILONERROR, 1L) && set(CURLOPT_NOSIGNAL, 1L) &&
         set(CURLOPT_CONNECTTIMEOUT, limits.connect_seconds) && set(CURLOPT_LOW_SPEED_LIMIT, 1L) &&
         set(CURLOPT_LOW_SPEED_TIME, limits.stall_seconds) && set(CURLOPT_USERAGENT, "kraken-image") &&
         set(CURLOPT_WRITEFUNCTION, &on_data) && set(CURLOPT_WRITEDATA, &transfer) && set(CURLOPT_NOPROGRESS, 0L) &&
         set(CURLOPT_XFERINFOFUNCTION, &on_progress) && set(CURLOPT_XFERINFODATA, &transfer);
}

Error explain(CURL* handle, CURLcode code, const char* detail) {
  const std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return Error(ErrorCode::kUnsupported, text + "; give an http, https or file URL");
    case CURLE_HTTP_RETURNED_ERROR: {
      long status = 0;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      return Error(ErrorCode::kIo, "the server answers with HTTP status " + std::to_string(status) +
                                       "; look whether the address is still right");
    }
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return Error(ErrorCode::kIo, "the transfer broke off before the end (" + text + "); try again");
    case CURLE_OPERATION_TIMEDOUT:
      return Error(ErrorCode::kIo, "the server does not answer or sends nothing more (" + text + "); try again");
    default:
      return Error(ErrorCode::kIo, "download failed: " + text);
  }
}

}  // namespace

Status download(const std::string& url, int fd, const DownloadLimits& limits, const DecodeProgress& progress) {
  // Thread-safe and done once, as a local static; libcurl is never unloaded.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (handle == nullptr) return Error(ErrorCode::kIo, "libcurl cannot be started");

  Transfer transfer{.fd = fd, .max_size = limits.max_size, .progress = &progress, .written = 0, .failure = {}};
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail.data());
  if (!configure(handle.get(), url, limits, transfer)) {
    return Error(ErrorCode::kUnsupported, "this libcurl cannot download safely; version 7.85 or newer is needed");
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (transfer.failure) return *transfer.failure;
  if (code != CURLE_OK) return explain(handle.get(), code, detail.data());
  return ok_status();
}

std::string printable_url(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const std::size_t host = scheme + 3;
  const std::size_t at = url.find_last_of('@', url.find_first_of("/?#", host));
  if (at == std::string::npos || at < host) return url;
  return url.substr(0, host) + url.substr(at + 1);
}

}  // namespace kraken
