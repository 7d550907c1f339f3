#include "cli/ask_passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/text.h"
#include "base/unique_fd.h"
#include "cli/render.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr int kTries = 3;
constexpr const char* kTerminal = "/dev/tty";

Error config_error(const std::string& what) {
  return {ErrorCode::kConfig, what};
}

// While it lives, what is typed is not shown.
class HiddenTyping {
 public:
  explicit HiddenTyping(int fd) : fd_(fd), is_terminal_(::tcgetattr(fd, &before_) == 0) {
    if (!is_terminal_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL | ICANON | ISIG;
    // TCSAFLUSH: what was typed before the question is no answer to it.
    is_hidden_ = ::tcsetattr(fd, TCSAFLUSH, &hidden) == 0;
  }
  ~HiddenTyping() {
    if (is_hidden_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;

  bool is_hidden() const { return is_hidden_; }

 private:
  int fd_;
  termios before_ = {};
  bool is_terminal_;
  bool is_hidden_ = false;
};

// A terminal gives whole lines, each with one read().
Result<SecretBytes> read_line(int fd) {
  SecretBytes buffer(kMaxPassphrase + 2);
  const ssize_t got = ::read(fd, buffer.bytes().data(), buffer.size());
  if (got < 0 && errno == EINTR) return Error(ErrorCode::kInterrupted, "interrupted while a passphrase was asked for");
  if (got < 0) return Error::from_errno(errno, "read the passphrase from the terminal").recode(ErrorCode::kConfig);
  const auto line = buffer.view().first(static_cast<std::size_t>(got));
  const auto end = std::ranges::find(line, std::byte{'\n'});
  const auto length = static_cast<std::size_t>(end - line.begin());
  if (length == 0) return config_error("no passphrase was given");
  if (length > kMaxPassphrase) return config_error("this is longer than any passphrase");
  return SecretBytes(line.first(length));
}

Result<SecretBytes> ask_on_terminal(const std::string& question) {
  const UniqueFd terminal(::open(kTerminal, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.valid()) {
    return config_error(
        "a passphrase is needed, and there is no terminal to ask for it: name a file that has it with "
        "--passphrase-file FILE");
  }
  const HiddenTyping hidden(terminal.get());
  if (!hidden.is_hidden()) return config_error("the terminal would show the passphrase: use --passphrase-file FILE");
  KRAKEN_TRY(write_all(terminal.get(), as_bytes(question)).recode(ErrorCode::kConfig));
  return read_line(terminal.get());
}

}  // namespace

AskPassphrase passphrase_from(const PassphraseFile& file) {
  if (file) {
    return [file = *file](const std::filesystem::path& secret, int wrong_ones) -> Result<SecretBytes> {
      if (wrong_ones == 0) return read_passphrase_file(file).with_context("--passphrase-file");
      return config_error(secret.string() + ": the passphrase in " + file.string() +
                          " does not open it: it is another one, or the secret's file was changed");
    };
  }
  return [](const std::filesystem::path& secret, int wrong_ones) -> Result<SecretBytes> {
    if (wrong_ones == kTries) {
      return config_error(secret.string() +
                          ": none of these passphrases opens it: they are others, or the file was "
                          "changed; put it back from your backup then");
    }
    const std::string again = wrong_ones == 0 ? "" : "That one does not open it. ";
    return ask_on_terminal(again + "Passphrase of " + secret.string() + ": ").with_context(secret.string());
  };
}

void warn_of_unused(const PassphraseFile& file, const SecretsFolder& folder) {
  if (!file || folder.passphrase()) return;
  print_warning("--passphrase-file " + file->string() + " was not used: the secrets in " + folder.path().string() +
                " are not encrypted (kraken-image secrets passphrase does that)");
}

Result<SecretBytes> new_passphrase(const PassphraseFile& file, const char* option) {
  if (file) {
    KRAKEN_ASSIGN(SecretBytes passphrase, read_passphrase_file(*file).with_context(option));
    KRAKEN_TRY(check_new_passphrase(passphrase.view()).with_context(file->string()));
    return passphrase;
  }
  KRAKEN_ASSIGN(SecretBytes first, ask_on_terminal("New passphrase for the cluster's secrets: "));
  KRAKEN_TRY(check_new_passphrase(first.view()));
  KRAKEN_ASSIGN(const SecretBytes second, ask_on_terminal("Once more: "));
  if (std::ranges::equal(first.view(), second.view())) return first;
  return config_error("the two passphrases differ: nothing was changed");
}

}  // namespace kraken
