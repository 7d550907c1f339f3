#include "join/broker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "join/client.h"
#include "support/loopback.h"

namespace kraken {
namespace {

using namespace std::chrono_literals;
using test::key_of;
using test::kLoopback;

constexpr int kNodes = 50;

std::string identity_of(int node) {
  return "kraken/c/" + std::to_string(node);
}

// Answers in a thread of its own: with the asker's identity as the program's name.
class RunningBroker {
 public:
  explicit RunningBroker(BrokerLimits limits = generous()) {
    for (int node = 0; node < kNodes; ++node) keys_.push_back(key_of(node));
    test::Listener listener;
    port_ = listener.port();
    limits.between_idle_calls = 20ms;
    broker_.emplace(
        *PskContext::for_server([this](std::string_view identity) { return find(identity); }), std::move(listener.fd),
        limits,
        Broker::Calls{[this](const std::string& identity, std::string_view text) { return answer(identity, text); },
                      [this](auto) { return !stop_; }, [this](std::string_view line) { log(line); }});
    thread_ = std::thread([this] { EXPECT_TRUE(broker_->serve().ok()); });
  }
  ~RunningBroker() {
    stop_ = true;
    thread_.join();
  }

  static BrokerLimits generous() {
    BrokerLimits limits;
    limits.connections = limits.connections_of_one = 64;
    limits.each = limits.all = {1000, 1000};
    return limits;
  }

  std::uint16_t port() const { return port_; }
  int answered() const { return answered_; }
  std::string log_text() {
    const std::scoped_lock lock(mutex_);
    return log_;
  }
  // Until the log has it.
  bool logs(std::string_view text) {
    for (int i = 0; i < 1000; ++i) {
      if (log_text().find(text) != std::string::npos) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  Result<Answer> ask(int node, const SecretBytes& key) const {
    return ask_broker({kLoopback, port_}, {identity_of(node), key.view()}, Question(), Deadline::after(30s));
  }

 private:
  std::optional<std::span<const std::byte>> find(std::string_view identity) const {
    for (int node = 0; node < kNodes; ++node) {
      if (identity_of(node) == identity) return keys_[static_cast<std::size_t>(node)].view();
    }
    return std::nullopt;
  }
  std::string answer(const std::string& identity, std::string_view text) {
    ++answered_;
    Answer answer;
    answer.kind = parse_question(text).ok() ? Answer::Kind::kHello : Answer::Kind::kRefused;
    answer.program = identity;
    answer.reason = "no question";
    return format_answer(answer);
  }
  void log(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    log_ += std::string(line) + "\n";
  }

  std::vector<SecretBytes> keys_;
  std::uint16_t port_ = 0;
  std::optional<Broker> broker_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> answered_ = 0;
  std::mutex mutex_;
  std::string log_;
  std::thread thread_;
};

TEST(BrokerTest, FiftyNodesAtOnceAreAnsweredEachAsItself) {
  const RunningBroker broker;
  std::vector<std::thread> nodes;
  std::atomic<int> right = 0;
  for (int node = 0; node < kNodes; ++node) {
    nodes.emplace_back([&, node] {
      const auto answer = broker.ask(node, key_of(node));
      EXPECT_TRUE(answer.ok()) << answer.error().what();
      right += answer.ok() && answer->program == identity_of(node) ? 1 : 0;
    });
  }
  for (std::thread& node : nodes) node.join();
  EXPECT_EQ(right, kNodes);
}

TEST(BrokerTest, AWrongKeyIsRefusedAndLoggedWithoutIt) {
  RunningBroker broker;
  EXPECT_FALSE(broker.ask(3, key_of(4)).ok());
  EXPECT_TRUE(broker.logs("127.0.0.1 is refused"));
  EXPECT_EQ(broker.answered(), 0);
  EXPECT_TRUE(broker.ask(3, key_of(3)).ok()) << "and others are served as before";
}

TEST(BrokerTest, WhoSaysNothingOrNonsenseIsHungUpOnInTime) {
  BrokerLimits limits = RunningBroker::generous();
  limits.conversation = 300ms;
  RunningBroker broker(limits);
  const UniqueFd silent = test::connect_from(kLoopback, broker.port());
  const UniqueFd noisy = test::connect_from(kLoopback, broker.port());
  EXPECT_GT(::send(noisy.get(), "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 0);
  test::read_all(noisy.get());
  test::read_all(silent.get());
  EXPECT_TRUE(broker.logs("it took too long"));
  EXPECT_TRUE(broker.logs("is refused"));
}

// The channel, and bytes of our own over it.
std::string say(const RunningBroker& broker, std::string_view bytes, bool hang_up) {
  const SecretBytes key = key_of(1);
  UniqueFd fd = test::connect_from(kLoopback, broker.port());
  PskChannel channel = *PskChannel::open(*PskContext::for_client({identity_of(1), key.view()}), std::move(fd));
  EXPECT_TRUE(channel.shake_hands().ok());
  EXPECT_TRUE(channel.send(bytes).ok());
  if (hang_up) channel.say_end();
  std::string answer;
  static_cast<void>(channel.receive(answer, 100'000).ok());
  return answer;
}

TEST(BrokerTest, BrokenMessagesGetNoAnswer) {
  RunningBroker broker;
  EXPECT_EQ(say(broker, std::string("\0\0\0\0", 4), false), "");
  EXPECT_EQ(say(broker, "\xff\xff\xff\xff", false), "") << "more than a question may have";
  EXPECT_EQ(say(broker, frame_message("{\"version\":1").substr(0, 8), true), "") << "cut off";
  EXPECT_EQ(say(broker, std::string("\0\0", 2), true), "") << "cut off";
  EXPECT_EQ(broker.answered(), 0);
  EXPECT_TRUE(broker.logs("in the middle of its question"));
  EXPECT_NE(say(broker, frame_message("no question"), false).find("refused"), std::string::npos);
}

TEST(BrokerTest, OneAddressHasNoMoreThanItsShareOfConnections) {
  BrokerLimits limits = RunningBroker::generous();
  limits.connections_of_one = 2;
  RunningBroker broker(limits);
  const UniqueFd first = test::connect_from(kLoopback, broker.port());
  const UniqueFd second = test::connect_from(kLoopback, broker.port());
  const UniqueFd third = test::connect_from(kLoopback, broker.port());
  EXPECT_EQ(test::read_all(third.get()), "") << "hung up on";
  EXPECT_TRUE(broker.logs("too many connections"));
  const UniqueFd other = test::connect_from(Ipv4{0x7f000005}, broker.port());
  pollfd watched{other.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&watched, 1, 300), 0) << "another address is let in";
}

TEST(BrokerTest, WhoComesTooOftenIsTurnedAwayAndTheLogEnds) {
  BrokerLimits limits = RunningBroker::generous();
  limits.each = {5, 0.001};
  limits.log_lines_a_minute = 8;  // those that are let in and say nothing have theirs as well
  RunningBroker broker(limits);
  for (int i = 0; i < 30; ++i) test::read_all(test::connect_from(kLoopback, broker.port()).get(), 50);
  EXPECT_TRUE(broker.logs("too often"));
  EXPECT_LT(broker.log_text().size(), 1000U) << broker.log_text();
}

TEST(BrokerTest, AClientGivesUpOnWhoeverDoesNotAnswer) {
  const test::Listener deaf;
  const SecretBytes key = key_of(1);
  const auto answer =
      ask_broker({kLoopback, deaf.port()}, {identity_of(1), key.view()}, Question(), Deadline::after(200ms));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().sys_errno(), ETIMEDOUT);
}

}  // namespace
}  // namespace kraken
