// Inside measure/: one test of libiperf, as client or as server, to be run in a ConfinedChild. Writes to `out`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken {

// The first line of what a client wrote; what follows is iperf3's JSON, or the reason.
inline constexpr std::string_view kReport = "report";
inline constexpr std::string_view kFailed = "failed";

// What a server writes when it cannot listen; otherwise it is silent.
inline constexpr std::string_view kCannotListen = "cannot listen: ";

enum class Direction { kSend, kReceive };

struct ClientSession {
  std::string peer;
  std::uint16_t port = 0;
  std::string source;  // "": the kernel's choice
  int seconds = 0;
  Direction direction = Direction::kSend;
};

struct ServerSession {
  std::string address;
  std::uint16_t port = 0;
};

bool has_iperf();
void run_iperf_client(const ClientSession& session, int out);
void run_iperf_server(const ServerSession& session, int out);

}  // namespace kraken
