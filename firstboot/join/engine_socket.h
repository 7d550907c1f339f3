// One request to an HTTP server on a unix socket, over a connection of its own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "join/deadline.h"
#include "join/engine_http.h"

namespace kraken {

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // "/v1.41/info"
  std::string body;    // JSON, or ""
};

inline constexpr std::size_t kHttpMaxBody = std::size_t{8} * 1024 * 1024;

// kNotFound when there is no such socket or nobody listens at it (the server is not there, or not yet); kIo for what
// fails later, ETIMEDOUT at the deadline; kCorrupt when what comes back is no HTTP answer.
Result<HttpAnswer> ask_http(const std::filesystem::path& socket, const HttpRequest& request, Deadline deadline);

}  // namespace kraken
