#include "join/psk_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <map>
#include <optional>

#include "support/loopback.h"
#include "support/temp_folder.h"

// What OpenSSL asks for the time, in this program: a clock of the test's.
std::optional<time_t> pretended_time;
int times_asked = 0;
extern "C" time_t time(time_t* out) noexcept {
  ++times_asked;
  timespec now = {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const time_t told = pretended_time.value_or(now.tv_sec);
  if (out != nullptr) *out = told;
  return told;
}

namespace kraken {
namespace {

using Progress = PskChannel::Progress;
using test::key_of;

struct Pair {
  UniqueFd client;
  UniqueFd server;
};

Pair socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

PskContext server_context(const std::map<std::string, SecretBytes>& keys) {
  return *PskContext::for_server([&keys](std::string_view identity) -> std::optional<std::span<const std::byte>> {
    const auto found = keys.find(std::string(identity));
    if (found == keys.end()) return std::nullopt;
    return found->second.view();
  });
}

// Both, turn by turn, until both are done or one has failed.
std::pair<Status, Status> shake_hands(PskChannel& client, PskChannel& server) {
  Result<Progress> a = Progress::kWantsToRead;
  Result<Progress> b = Progress::kWantsToRead;
  for (int i = 0; i < 20; ++i) {
    if (a.ok() && *a != Progress::kDone) a = client.shake_hands();
    if (b.ok() && *b != Progress::kDone) b = server.shake_hands();
    if (!b.ok() && a.ok() && *a != Progress::kDone) a = client.shake_hands();
  }
  const auto status = [](const Result<Progress>& r) {
    if (!r.ok()) return Status(r.error());
    return *r == Progress::kDone ? ok_status() : Status(Error(ErrorCode::kIo, "not done"));
  };
  return {status(a), status(b)};
}

class PskChannelTest : public ::testing::Test {
 protected:
  PskChannelTest() {
    keys_["kraken/c/1"] = key_of(1);
    keys_["kraken/c/2"] = key_of(2);
  }

  // A client with that name and that key, and a server that knows keys_.
  void connect(const std::string& identity, const SecretBytes& key) {
    Pair pair = socket_pair();
    client_.emplace(*PskChannel::open(*PskContext::for_client({identity, key.view()}), std::move(pair.client)));
    server_.emplace(*PskChannel::open(server_context(keys_), std::move(pair.server)));
  }

  std::map<std::string, SecretBytes> keys_;
  std::optional<PskChannel> client_;
  std::optional<PskChannel> server_;
};

TEST_F(PskChannelTest, TheServerKnowsWhoItIs) {
  for (const int node : {1, 2}) {
    connect("kraken/c/" + std::to_string(node), key_of(node));
    const auto [client, server] = shake_hands(*client_, *server_);
    ASSERT_TRUE(client.ok()) << client.error().what();
    ASSERT_TRUE(server.ok()) << server.error().what();
    EXPECT_EQ(server_->identity(), "kraken/c/" + std::to_string(node));
  }
}

TEST_F(PskChannelTest, BytesGoBothWaysAndTheEndIsSaid) {
  connect("kraken/c/1", key_of(1));
  ASSERT_TRUE(shake_hands(*client_, *server_).second.ok());
  std::string_view out = "question";
  ASSERT_EQ(*client_->send(out), Progress::kDone);
  std::string in;
  EXPECT_EQ(*server_->receive(in, 8), Progress::kDone);
  EXPECT_EQ(in, "question");
  EXPECT_EQ(*server_->receive(in, 9), Progress::kWantsToRead);
  client_->say_end();
  EXPECT_EQ(*server_->receive(in, 9), Progress::kEnded);
}

TEST_F(PskChannelTest, AnEndThatNobodySaidIsNone) {
  connect("kraken/c/1", key_of(1));
  ASSERT_TRUE(shake_hands(*client_, *server_).second.ok());
  client_.reset();
  std::string in;
  const auto received = server_->receive(in, 9);
  ASSERT_FALSE(received.ok());
  EXPECT_EQ(received.error().code(), ErrorCode::kCorrupt);
}

TEST_F(PskChannelTest, AWrongKeyAnotherNodesKeyAndNobodyAreRefused) {
  const std::array<std::pair<const char*, int>, 4> strangers = {
      {{"kraken/c/1", 9}, {"kraken/c/1", 2}, {"kraken/c/3", 1}, {"", 1}}};
  for (const auto& [identity, key] : strangers) {
    connect(identity, key_of(key));
    const auto [client, server] = shake_hands(*client_, *server_);
    EXPECT_FALSE(client.ok()) << identity;
    EXPECT_FALSE(server.ok()) << identity;
  }
}

// Turn by turn, each at its own time.
bool shakes_hands_at(PskChannel& client, time_t client_time, PskChannel& server, time_t server_time) {
  Result<Progress> a = Progress::kWantsToRead;
  Result<Progress> b = Progress::kWantsToRead;
  for (int i = 0; i < 5; ++i) {
    pretended_time = client_time;
    if (a.ok() && *a != Progress::kDone) a = client.shake_hands();
    pretended_time = server_time;
    if (b.ok() && *b != Progress::kDone) b = server.shake_hands();
  }
  pretended_time.reset();
  return a.ok() && b.ok() && *a == Progress::kDone && *b == Progress::kDone;
}

TEST_F(PskChannelTest, NoClockMatters) {
  constexpr time_t k1970 = 0;
  constexpr time_t k2050 = 2'524'608'000;
  times_asked = 0;
  for (const auto& [client, server] : {std::pair(k1970, k1970), {k1970, k2050}, {k2050, k1970}, {k2050, k2050}}) {
    connect("kraken/c/1", key_of(1));
    EXPECT_TRUE(shakes_hands_at(*client_, client, *server_, server)) << client << " " << server;
  }
  EXPECT_GT(times_asked, 0) << "the pretended clock was not looked at: nothing was tried";
}

TEST_F(PskChannelTest, OneContextServesLongerThanASessionWouldLive) {
  const PskContext context = server_context(keys_);
  const SecretBytes key = key_of(1);
  const PskContext mine = *PskContext::for_client({"kraken/c/1", key.view()});
  for (int i = 0; i < 3; ++i) {
    Pair pair = socket_pair();
    PskChannel client = *PskChannel::open(mine, std::move(pair.client));
    PskChannel server = *PskChannel::open(context, std::move(pair.server));
    const time_t now = 1'800'000'000 + i * 100'000;
    EXPECT_TRUE(shakes_hands_at(client, now, server, now)) << i;
  }
}

// Records what a client says, then says it again to a server: the same bytes make no second conversation.
TEST_F(PskChannelTest, AReplayedConversationComesToNothing) {
  connect("kraken/c/1", key_of(1));
  ASSERT_EQ(*client_->shake_hands(), Progress::kWantsToRead);
  std::array<char, 4096> hello{};
  const ssize_t size = ::recv(server_->fd(), hello.data(), hello.size(), MSG_PEEK);
  ASSERT_GT(size, 0);
  ASSERT_TRUE(shake_hands(*client_, *server_).second.ok());
  std::string_view out = "question";
  ASSERT_TRUE(client_->send(out).ok());
  std::array<char, 4096> rest{};
  const ssize_t more = ::recv(server_->fd(), rest.data(), rest.size(), MSG_PEEK);
  ASSERT_GT(more, 0);

  Pair pair = socket_pair();
  PskChannel server = *PskChannel::open(server_context(keys_), std::move(pair.server));
  ASSERT_EQ(::send(pair.client.get(), hello.data(), static_cast<std::size_t>(size), 0), size);
  ASSERT_EQ(*server.shake_hands(), Progress::kWantsToRead) << "its key is right; what follows cannot be";
  ASSERT_EQ(::send(pair.client.get(), rest.data(), static_cast<std::size_t>(more), 0), more);
  EXPECT_FALSE(server.shake_hands().ok());
}

TEST_F(PskChannelTest, AServerThatShowsACertificateInsteadIsRefused) {
  const test::TempFolder folder;
  const std::string pem = (folder / "server.pem").string();
  ASSERT_EQ(test::run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout " +
                      pem + " -out " + pem + ".crt 2>&1")
                .status,
            0);
  const test::Listener finder;
  const std::uint16_t port = finder.port();
  test::run("sh -c 'timeout 20 openssl s_server -quiet -tls1_3 -accept 127.0.0.2:" + std::to_string(port) + " -key " +
            pem + " -cert " + pem + ".crt >/dev/null 2>&1 &'");
  UniqueFd fd;
  for (int i = 0; i < 200 && !fd.valid(); ++i) {
    UniqueFd tried(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(0x7f000002);
    if (::connect(tried.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0) fd = std::move(tried);
    if (!fd.valid()) ::usleep(50'000);
  }
  ASSERT_TRUE(fd.valid());
  const SecretBytes key = key_of(1);
  PskChannel client = *PskChannel::open(*PskContext::for_client({"kraken/c/1", key.view()}), std::move(fd));
  EXPECT_FALSE(client.shake_hands().ok()) << "who does not have the key is nobody, whatever it shows";
}

}  // namespace
}  // namespace kraken
