#include "support/http_server.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace kraken::test {

namespace {

constexpr const char* kServer = R"python(
import http.server, os, sys, time
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        with open(sys.argv[1], 'a') as log: log.write(self.path + '\n')
    def moved(self, to):
        self.send_response(302)
        self.send_header('Location', to)
        self.end_headers()
    def head(self, length):
        self.send_response(200)
        self.send_header('Content-Length', str(length))
        self.end_headers()
    def do_GET(self):
        kind, _, rest = self.path[1:].partition('/')
        if kind == 'moved': return self.moved('/' + rest)
        if kind == 'loop': return self.moved('/loop')
        if kind == 'to-file': return self.moved('file:///etc/hostname')
        if kind in ('short', 'slow'):
            data = open(rest, 'rb').read()
            self.head(len(data) + (1000 if kind == 'short' else 0))
            self.wfile.write(data if kind == 'short' else data[:100])
            if kind == 'slow': time.sleep(60)
            return
        if kind == 'page':
            self.head(15)
            return self.wfile.write(b'<!DOCTYPE html>')
        super().do_GET()
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
os.write(1, b'%d\n' % server.server_address[1])
server.serve_forever()
)python";

}  // namespace

HttpServer::HttpServer(const std::filesystem::path& folder) : log_(folder / "requests.log") {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) std::abort();
  server_ = ::fork();
  if (server_ == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    if (::chdir(folder.c_str()) == 0) {
      ::execlp("python3", "python3", "-c", kServer, log_.c_str(), static_cast<char*>(nullptr));
    }
    ::_exit(127);
  }
  ::close(pipe[1]);
  char c = 0;
  while (::read(pipe[0], &c, 1) == 1 && c != '\n') port_ += c;
  ::close(pipe[0]);
  if (port_.empty()) std::abort();
}

HttpServer::~HttpServer() {
  ::kill(server_, SIGKILL);
  ::waitpid(server_, nullptr, 0);
}

std::string HttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + port_ + "/" + path;
}

int HttpServer::requests() const {
  std::ifstream log(log_);
  return static_cast<int>(std::count(std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>(), '\n'));
}

}  // namespace kraken::test
