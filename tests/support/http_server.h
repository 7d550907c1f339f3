// A web server of Python's on a free port of the loopback device, for the time of one test. Besides the files of its
// folder it answers: /moved/X (a redirection to /X), /loop (to itself), /to-file (to a file URL), /short/X (claims more
// than it sends), /slow/X (sends a little, then nothing for a minute), /page (a web page with status 200).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace kraken::test {

class HttpServer {
 public:
  explicit HttpServer(const std::filesystem::path& folder);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  // "http://127.0.0.1:port/" and the path.
  std::string url(const std::string& path) const;
  // How many requests came.
  int requests() const;

 private:
  std::filesystem::path log_;
  pid_t server_ = -1;
  std::string port_;
};

}  // namespace kraken::test
