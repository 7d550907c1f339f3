#include "join/broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "join/protocol.h"

namespace kraken {

namespace {

using Clock = std::chrono::steady_clock;
using Progress = PskChannel::Progress;

// Nobody who waits in the queue is kept waiting by those who are accepted.
constexpr int kMostAcceptedAtOnce = 64;

Rate log_rate(int lines_a_minute) {
  return {static_cast<double>(lines_a_minute), lines_a_minute / 60.0};
}

bool set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

}  // namespace

Broker::Broker(PskContext context, UniqueFd listener, BrokerLimits limits, Calls calls)
    : context_(std::move(context)),
      listener_(std::move(listener)),
      limits_(limits),
      calls_(std::move(calls)),
      rate_(limits.each, limits.all, Clock::now()),
      log_rate_(log_rate(limits.log_lines_a_minute), log_rate(limits.log_lines_a_minute), Clock::now()),
      last_seen_(Clock::now()) {}

void Broker::log(std::string_view line) {
  if (log_rate_.admit(Ipv4{}, Clock::now())) calls_.log(line);
}

Status Broker::serve() {
  if (!set_nonblocking(listener_.get())) return Error::from_errno(errno, "the broker's socket");
  Time next_call = Clock::now() + limits_.between_idle_calls;
  while (true) {
    KRAKEN_TRY(wait_for_events());
    accept_all();
    drive_all();
    if (!connections_.empty()) last_seen_ = Clock::now();
    if (Clock::now() < next_call) continue;
    if (!calls_.go_on(Clock::now() - last_seen_)) return ok_status();
    next_call = Clock::now() + limits_.between_idle_calls;
  }
}

Status Broker::wait_for_events() {
  std::vector<pollfd> watched = {{listener_.get(), POLLIN, 0}};
  for (const Connection& connection : connections_) watched.push_back({connection.channel.fd(), connection.wants, 0});
  constexpr int kTick = 250;
  if (::poll(watched.data(), watched.size(), kTick) < 0 && errno != EINTR) return Error::from_errno(errno, "poll");
  if ((watched.front().revents & (POLLERR | POLLNVAL)) != 0) {
    return Error(ErrorCode::kIo, "the broker's socket does not listen any more");
  }
  return ok_status();
}

void Broker::accept_all() {
  for (int i = 0; i < kMostAcceptedAtOnce; ++i) {
    sockaddr_in from = {};
    socklen_t size = sizeof(from);
    UniqueFd fd(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd.valid()) return;
    if (from.sin_family == AF_INET) welcome(std::move(fd), Ipv4{ntohl(from.sin_addr.s_addr)});
  }
}

void Broker::welcome(UniqueFd fd, Ipv4 from) {
  const std::string who = format_ipv4(from);
  const Time now = Clock::now();
  if (!rate_.admit(from, now)) return log(who + " is turned away: it comes too often, or too many do");
  const auto of_one = std::ranges::count(connections_, from, &Connection::from);
  if (connections_.size() >= limits_.connections || std::cmp_greater_equal(of_one, limits_.connections_of_one)) {
    return log(who + " is turned away: there are too many connections");
  }
  auto channel = PskChannel::open(context_, std::move(fd));
  if (!channel.ok()) return log(who + ": " + channel.error().what());
  connections_.push_back({std::move(*channel), from, now + limits_.conversation, {}, POLLIN, {}, {}, {}});
}

void Broker::drive_all() {
  for (auto connection = connections_.begin(); connection != connections_.end();) {
    connection = drive(*connection) ? std::next(connection) : connections_.erase(connection);
  }
}

// False when it is over.
bool Broker::drive(Connection& connection) {
  const std::string who = format_ipv4(connection.from);
  if (Clock::now() > connection.deadline) {
    if (connection.stage != Connection::Stage::kGoodbye) log(who + " is turned away: it took too long");
    return false;
  }
  const auto goes_on = advance(connection);
  if (goes_on.ok()) return *goes_on;
  // A peer that hangs up after its answer has what it wanted.
  if (connection.stage != Connection::Stage::kGoodbye) log(who + " is refused: " + goes_on.error().what());
  return false;
}

// As far as it goes without waiting. False when it has come to its end.
Result<bool> Broker::advance(Connection& connection) {
  while (true) {
    KRAKEN_ASSIGN(const Progress progress, step(connection));
    if (progress == Progress::kWantsToRead || progress == Progress::kWantsToWrite) {
      connection.wants = progress == Progress::kWantsToRead ? POLLIN : POLLOUT;
      return true;
    }
    if (connection.stage == Connection::Stage::kGoodbye) return false;
    if (progress == Progress::kEnded) return Error(ErrorCode::kCorrupt, "it hung up in the middle of its question");
    KRAKEN_TRY(finish_stage(connection));
  }
}

Result<Progress> Broker::step(Connection& connection) {
  using Stage = Connection::Stage;
  switch (connection.stage) {
    case Stage::kHandshake:
      return connection.channel.shake_hands();
    case Stage::kHead:
      return connection.channel.receive(connection.input, kFrameHead);
    case Stage::kQuestion: {
      KRAKEN_ASSIGN(const std::size_t size, framed_size(connection.input, kMaxQuestion));
      return connection.channel.receive(connection.input, kFrameHead + size);
    }
    case Stage::kAnswer:
      return connection.channel.send(connection.unsent);
    case Stage::kGoodbye:
      break;
  }
  // Whatever more is said ends it: one question was to be asked.
  connection.input.clear();
  return connection.channel.receive(connection.input, 1);
}

Status Broker::finish_stage(Connection& connection) {
  using Stage = Connection::Stage;
  if (connection.stage == Stage::kHandshake) {
    connection.stage = Stage::kHead;
  } else if (connection.stage == Stage::kHead) {
    KRAKEN_TRY(framed_size(connection.input, kMaxQuestion));
    connection.stage = Stage::kQuestion;
  } else if (connection.stage == Stage::kQuestion) {
    const std::string_view question = std::string_view(connection.input).substr(kFrameHead);
    std::string answer = calls_.answer(connection.channel.identity(), question);
    connection.output = frame_message(answer);
    cleanse(answer);
    connection.unsent = connection.output;
    connection.stage = Stage::kAnswer;
  } else {
    cleanse(connection.output);
    connection.channel.say_end();
    connection.stage = Stage::kGoodbye;
  }
  return ok_status();
}

}  // namespace kraken
