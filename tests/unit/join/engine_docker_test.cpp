#include "join/engine_docker.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using namespace std::chrono_literals;

// A server on a unix socket that says what the test wants to whoever asks. "" is silence.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<std::string(const std::string& first_line)> answer)
      : answer_(std::move(answer)), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path().c_str(), sizeof(name.sun_path) - 1);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    stop_ = true;
    thread_.join();
  }

  std::filesystem::path path() const { return folder_ / "engine.sock"; }
  // Whole, as they came; after the client has its answers.
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  static bool readable(int fd) {
    pollfd watched{fd, POLLIN, 0};
    return ::poll(&watched, 1, 20) > 0;
  }

  void serve() {
    std::vector<UniqueFd> silent;
    while (!stop_) {
      if (!readable(listener_.get())) continue;
      UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::string request = read_request(client.get());
      requests_.push_back(request);
      const std::string answer = answer_(request.substr(0, request.find('\r')));
      if (answer.empty()) {
        silent.push_back(std::move(client));
      } else {
        ::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    }
  }
  // Its head, and as much of its body as the head says.
  std::string read_request(int fd) const {
    std::string request;
    std::array<char, 4096> buffer{};
    while (!stop_ && !is_whole(request)) {
      if (!readable(fd)) continue;
      const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      request.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return request;
  }
  static bool is_whole(const std::string& request) {
    const std::size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t length = request.find("Content-Length: ");
    return length == std::string::npos || request.size() >= end + 4 + std::stoul(request.substr(length + 16));
  }

  std::function<std::string(const std::string&)> answer_;
  test::TempFolder folder_;
  UniqueFd listener_;
  std::atomic<bool> stop_ = false;
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string http(int status, const std::string& body, const std::string& version = "1.41") {
  return "HTTP/1.1 " + std::to_string(status) + " Said\r\nApi-Version: " + version +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

bool is_ping(const std::string& line) {
  return line == "GET /_ping HTTP/1.1";
}

TEST(DockerEngine, SpeaksTheEnginesOwnVersion) {
  for (const char* version : {"1.39", "1.41", "1.52"}) {
    ScriptedServer server([&](const std::string& line) {
      return is_ping(line) ? http(200, "OK", version) : http(200, R"({"Name":"kraken-1"})");
    });
    const auto info = DockerEngine(server.path()).info();
    ASSERT_TRUE(info.ok()) << info.error().what();
    EXPECT_EQ(info->name, "kraken-1");
    EXPECT_TRUE(server.requests().at(1).starts_with("GET /v" + std::string(version) + "/info HTTP/1.1\r\n"));
  }
}

TEST(DockerEngine, AnEngineThatIsTooOldIsNamed) {
  ScriptedServer server([](const std::string&) { return http(200, "OK", "1.38"); });
  const auto info = DockerEngine(server.path()).info();
  ASSERT_FALSE(info.ok());
  EXPECT_EQ(info.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(info.error().what().find("1.38"), std::string::npos);
}

TEST(DockerEngine, WhatIsNoEngineIsNotUsed) {
  for (const std::string& said : {std::string("SSH-2.0-x\r\n"), http(200, "OK", ""), http(200, "OK", "../../x"),
                                  http(500, "starting"), std::string("HTTP/1.1 200 OK\r\n")}) {
    ScriptedServer server([&](const std::string&) { return said; });
    EXPECT_FALSE(DockerEngine(server.path()).info().ok()) << said;
  }
}

TEST(DockerEngine, NobodyAtTheSocketIsToldFromOneWhoIsSilent) {
  const test::TempFolder folder;
  const auto absent = DockerEngine(folder / "nothing.sock").info();
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code(), ErrorCode::kNotFound);

  ScriptedServer server([](const std::string&) { return std::string(); });
  const auto silent = DockerEngine(server.path(), 1s).info();
  ASSERT_FALSE(silent.ok());
  EXPECT_EQ(silent.error().sys_errno(), ETIMEDOUT);
}

TEST(DockerEngine, ARefusalSaysWhatTheEngineSaid) {
  ScriptedServer server([](const std::string& line) {
    return is_ping(line) ? http(200, "OK") : http(503, R"({"message":"This node is already part of a swarm"})");
  });
  const Status status = DockerEngine(server.path()).join_swarm({Ipv4{1}, {Ipv4{2}}, "SWMTKN-1-secret"});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kIo);
  EXPECT_NE(status.error().what().find("already part of a swarm"), std::string::npos);
  EXPECT_EQ(status.error().what().find("SWMTKN"), std::string::npos) << "a token is never repeated";
}

TEST(DockerEngine, ChangesAreAskedForAsTheEngineWantsThem) {
  ScriptedServer server([](const std::string& line) { return http(200, is_ping(line) ? "OK" : "{}"); });
  DockerEngine engine(server.path());
  SwarmNode node;
  node.id = "n1";
  node.version = 11;
  node.spec = Json::Object{{"Role", "worker"}};
  ASSERT_TRUE(engine.update_node(node).ok());
  ASSERT_TRUE(engine.remove_node("n1").ok());
  ASSERT_TRUE(engine.leave_swarm().ok());
  const std::string& update = server.requests().at(1);
  EXPECT_TRUE(update.starts_with("POST /v1.41/nodes/n1/update?version=11 HTTP/1.1\r\n")) << update;
  EXPECT_TRUE(update.ends_with("\r\n\r\n{\"Role\":\"worker\"}")) << update;
  EXPECT_TRUE(server.requests().at(3).starts_with("DELETE /v1.41/nodes/n1?force=1 HTTP/1.1\r\n"));
  EXPECT_TRUE(server.requests().at(5).starts_with("POST /v1.41/swarm/leave?force=1 HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace kraken
