#include "join/psk_channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace kraken {

namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, FreeSession>;

constexpr const char* kCipherSuite = "TLS_AES_128_GCM_SHA256";
constexpr std::array<unsigned char, 2> kCipherSuiteNumber = {0x13, 0x01};  // RFC 8446, appendix B.4
constexpr std::size_t kLongestIdentity = 256;

Error tls_error(std::string_view doing) {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  if (code != 0) ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return Error(ErrorCode::kCorrupt, std::string(doing) + ": " + (code == 0 ? "TLS failed" : text.data()));
}

Error refused_by_library(std::string_view what) {
  ERR_clear_error();
  return Error(ErrorCode::kInternal, "OpenSSL refuses " + std::string(what));
}

// Made anew every time: a session that is kept grows too old for OpenSSL within minutes, by a clock that may jump.
Session make_session(SSL* ssl, std::span<const std::byte> key) {
  Session session(SSL_SESSION_new());
  const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, kCipherSuiteNumber.data());
  if (!session || cipher == nullptr) return nullptr;
  const bool filled =
      SSL_SESSION_set1_master_key(session.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size()) == 1 &&
      SSL_SESSION_set_cipher(session.get(), cipher) == 1 &&
      SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) == 1;
  return filled ? std::move(session) : nullptr;
}

}  // namespace

struct PskContext::Shared {
  std::unique_ptr<SSL_CTX, FreeContext> context;
  PskFinder finder;      // a server's
  std::string identity;  // a client's, as is the key
  SecretBytes key;
};

struct PskChannel::State {
  std::shared_ptr<PskContext::Shared> shared;
  SSL* ssl = nullptr;
  std::string identity;
};

void PskChannel::FreeState::operator()(State* state) const {
  SSL_free(state->ssl);
  delete state;
}

namespace {

// OpenSSL's callbacks: no exception may leave them, and none can come from these but for lack of memory.
struct Callbacks {
  // What SSL_get_app_data() gives is the channel's State, as two pointers to what a callback needs of it.
  struct View {
    PskContext::Shared* shared;
    std::string* identity;
  };

  static View* view_of(SSL* ssl) { return static_cast<View*>(SSL_get_app_data(ssl)); }

  // The last one that is asked for is the one whose proof is looked at next.
  static int find(SSL* ssl, const unsigned char* identity, std::size_t length, SSL_SESSION** found) {
    *found = nullptr;
    View* view = view_of(ssl);
    view->identity->clear();
    if (length > kLongestIdentity) return 1;
    const std::string_view name(reinterpret_cast<const char*>(identity), length);
    const auto key = view->shared->finder(name);
    if (!key) return 1;  // no such key: OpenSSL goes on without, and fails for want of a certificate
    *found = make_session(ssl, *key).release();
    if (*found == nullptr) return 0;
    *view->identity = name;
    return 1;
  }

  static int use(SSL* ssl, const EVP_MD* digest, const unsigned char** identity, std::size_t* length,
                 SSL_SESSION** used) {
    *used = nullptr;
    *identity = nullptr;
    *length = 0;
    View* view = view_of(ssl);
    Session session = make_session(ssl, view->shared->key.view());
    if (!session) return 0;
    // After the server has asked for another group, the digest is settled.
    if (digest != nullptr && SSL_CIPHER_get_handshake_digest(SSL_SESSION_get0_cipher(session.get())) != digest)
      return 1;
    *identity = reinterpret_cast<const unsigned char*>(view->shared->identity.data());
    *length = view->shared->identity.size();
    *used = session.release();
    return 1;
  }
};

bool set_common(SSL_CTX* context) {
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // With nothing to verify a certificate by, every certificate is refused: a peer without the key is nobody.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(context, kCipherSuite) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1 &&
         SSL_CTX_set_max_early_data(context, 0) == 1;
}

Result<std::shared_ptr<PskContext::Shared>> make_shared_context(const SSL_METHOD* method) {
  ::signal(SIGPIPE, SIG_IGN);
  auto shared = std::make_shared<PskContext::Shared>();
  shared->context.reset(SSL_CTX_new(method));
  if (!shared->context || !set_common(shared->context.get())) return refused_by_library("the settings of TLS");
  return shared;
}

}  // namespace

Result<PskContext> PskContext::for_server(PskFinder finder) {
  KRAKEN_ASSIGN(auto shared, make_shared_context(TLS_server_method()));
  shared->finder = std::move(finder);
  SSL_CTX_set_verify(shared->context.get(), SSL_VERIFY_NONE, nullptr);  // no certificate is asked for either
  SSL_CTX_set_psk_find_session_callback(shared->context.get(), &Callbacks::find);
  return PskContext(std::move(shared));
}

Result<PskContext> PskContext::for_client(const PskClient& client) {
  KRAKEN_ASSIGN(auto shared, make_shared_context(TLS_client_method()));
  shared->identity = client.identity;
  shared->key = SecretBytes(client.key);
  SSL_CTX_set_psk_use_session_callback(shared->context.get(), &Callbacks::use);
  return PskContext(std::move(shared));
}

Result<PskChannel> PskChannel::open(const PskContext& context, UniqueFd fd) {
  const auto& shared = context.shared_;
  std::unique_ptr<State, FreeState> state(new State{shared, SSL_new(shared->context.get()), {}});
  if (state->ssl == nullptr || SSL_set_fd(state->ssl, fd.get()) != 1) return refused_by_library("a connection");
  if (shared->finder) {
    SSL_set_accept_state(state->ssl);
  } else {
    SSL_set_connect_state(state->ssl);
  }
  return PskChannel(std::move(fd), std::move(state));
}

const std::string& PskChannel::identity() const {
  return state_->identity;
}

Result<PskChannel::Progress> PskChannel::outcome(int result, std::string_view doing) {
  const int saved = errno;
  switch (SSL_get_error(state_->ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::kWantsToRead;
    case SSL_ERROR_WANT_WRITE:
      return Progress::kWantsToWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Progress::kEnded;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      if (saved != 0) return Error::from_errno(saved, doing);
      return Error(ErrorCode::kCorrupt, std::string(doing) + ": the peer hung up");
    default:
      return tls_error(doing);
  }
}

Result<PskChannel::Progress> PskChannel::shake_hands() {
  ERR_clear_error();
  errno = 0;
  Callbacks::View view{state_->shared.get(), &state_->identity};
  SSL_set_app_data(state_->ssl, &view);
  const int result = SSL_do_handshake(state_->ssl);
  SSL_set_app_data(state_->ssl, nullptr);
  if (result != 1) return outcome(result, "shake hands");
  // That the key was used is what makes the peer who it says it is.
  if (SSL_session_reused(state_->ssl) != 1) {
    return Error(ErrorCode::kCorrupt, "shake hands: the peer did not use the key");
  }
  return Progress::kDone;
}

Result<PskChannel::Progress> PskChannel::receive(std::string& into, std::size_t limit) {
  std::array<char, 4096> buffer;
  while (into.size() < limit) {
    ERR_clear_error();
    errno = 0;
    const std::size_t wanted = std::min(buffer.size(), limit - into.size());
    const int got = SSL_read(state_->ssl, buffer.data(), static_cast<int>(wanted));
    if (got <= 0) {
      cleanse(std::as_writable_bytes(std::span(buffer)));
      return outcome(got, "receive");
    }
    into.append(buffer.data(), static_cast<std::size_t>(got));
  }
  cleanse(std::as_writable_bytes(std::span(buffer)));
  return Progress::kDone;
}

Result<PskChannel::Progress> PskChannel::send(std::string_view& data) {
  while (!data.empty()) {
    ERR_clear_error();
    errno = 0;
    const std::size_t piece = std::min(data.size(), std::size_t{16384});
    const int sent = SSL_write(state_->ssl, data.data(), static_cast<int>(piece));
    if (sent <= 0) return outcome(sent, "send");
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
  return Progress::kDone;
}

void PskChannel::say_end() {
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(state_->ssl));
}

}  // namespace kraken
