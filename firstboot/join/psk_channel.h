// One end of a TLS 1.3 connection (RFC 8446) on which both know each other by a pre-shared key alone, so that it needs
// no certificate and no clock: the cipher suite TLS_AES_128_GCM_SHA256, keys exchanged anew in every connection, no
// tickets, no early data. A connection that came about in another way is refused.
//
// Nothing here waits: the descriptor does not block, and whoever drives this waits for what it wants. The only includer
// of OpenSSL's TLS. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "base/unique_fd.h"

namespace kraken {

inline constexpr std::size_t kPskSize = 32;

// Both are copied, and wiped afterwards.
struct PskClient {
  std::string identity;
  std::span<const std::byte> key;
};

// The key of an identity; nothing when it is nobody's. The view must stay valid while there are channels.
using PskFinder = std::function<std::optional<std::span<const std::byte>>(std::string_view identity)>;

// Settings that the channels of a server, or of a client, have in common. OpenSSL writes with write(2): SIGPIPE is
// ignored in this process from then on.
class PskContext {
 public:
  // kInternal when OpenSSL refuses, which it has no reason to.
  static Result<PskContext> for_server(PskFinder finder);
  static Result<PskContext> for_client(const PskClient& client);

  struct Shared;

 private:
  friend class PskChannel;
  explicit PskContext(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;
};

class PskChannel {
 public:
  enum class Progress {
    kDone,
    kWantsToRead,   // again when the descriptor can be read from
    kWantsToWrite,  // again when it can be written to
    kEnded,         // the peer has said that nothing more comes
  };

  // `fd` is a connected TCP socket that does not block, which is this channel's from now on.
  static Result<PskChannel> open(const PskContext& context, UniqueFd fd);

  int fd() const { return fd_.get(); }
  // Of the peer of a server, once shaking hands is done: proved by its key.
  const std::string& identity() const;

  // Called again until it is done. kCorrupt when the peer has another key, is nobody, or speaks something else.
  Result<Progress> shake_hands();
  // What is there, appended, until `into` has `limit` bytes. An end without the peer's saying so is kCorrupt: somebody
  // may have cut it off.
  Result<Progress> receive(std::string& into, std::size_t limit);
  // Takes away from `data` what has been sent. Called again with the same rest.
  Result<Progress> send(std::string_view& data);
  // Says that nothing more comes, as far as that can be done without waiting.
  void say_end();

 private:
  struct State;
  struct FreeState {
    void operator()(State* state) const;
  };

  PskChannel(UniqueFd fd, std::unique_ptr<State, FreeState> state) : fd_(std::move(fd)), state_(std::move(state)) {}
  Result<Progress> outcome(int result, std::string_view doing);

  UniqueFd fd_;
  std::unique_ptr<State, FreeState> state_;  // uses fd_
};

}  // namespace kraken
