// The join broker's connections: a TLS channel for each, one question, one answer, all in one thread. Whoever knocks
// can use up no more than its share: connections, bytes and time are bounded for each and in total, and what is refused
// is logged, without secrets and not without end.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <string>

#include "base/ipv4.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "join/psk_channel.h"
#include "join/rate_limit.h"

namespace kraken {

struct BrokerLimits {
  std::size_t connections = 64;
  std::size_t connections_of_one = 4;  // address
  Rate each{20, 0.5};
  Rate all{200, 20};
  std::chrono::milliseconds conversation{15'000};  // from the first byte to the last
  std::chrono::milliseconds between_idle_calls{5'000};
  int log_lines_a_minute = 60;
};

class Broker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Calls {
    // Whose key, proved, and the question; the answer, without its frame.
    std::function<std::string(const std::string& identity, std::string_view question)> answer;
    // Now and then, with how long nobody was there: whether to go on.
    std::function<bool(std::chrono::steady_clock::duration idle)> go_on;
    std::function<void(std::string_view)> log;
  };

  // `listener` does listen, on TCP over IPv4.
  Broker(PskContext context, UniqueFd listener, BrokerLimits limits, Calls calls);

  // Until go_on() says no. kIo when the listening socket fails.
  Status serve();

 private:
  struct Connection {
    enum class Stage { kHandshake, kHead, kQuestion, kAnswer, kGoodbye };
    PskChannel channel;
    Ipv4 from;
    Time deadline;
    Stage stage = Stage::kHandshake;
    short wants = 0;  // poll(2)'s
    std::string input;
    std::string output;
    std::string_view unsent;  // of output
  };
  using Connections = std::list<Connection>;

  Status wait_for_events();
  void accept_all();
  void welcome(UniqueFd fd, Ipv4 from);
  void drive_all();
  bool drive(Connection& connection);
  Result<bool> advance(Connection& connection);
  Result<PskChannel::Progress> step(Connection& connection);
  Status finish_stage(Connection& connection);
  void log(std::string_view line);

  PskContext context_;
  UniqueFd listener_;
  BrokerLimits limits_;
  Calls calls_;
  RateLimit rate_;
  RateLimit log_rate_;
  Connections connections_;
  Time last_seen_;
};

}  // namespace kraken
