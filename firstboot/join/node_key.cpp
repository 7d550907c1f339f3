#include "join/node_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

// Into memory of one size, that leaves no copies behind.
Result<SecretBytes> read_secret_file(const std::filesystem::path& path) {
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(path, O_RDONLY | O_NOFOLLOW));
  struct stat about = {};
  if (::fstat(fd.get(), &about) != 0) return Error::from_errno(errno, "look at " + path.string());
  if (!S_ISREG(about.st_mode) || (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error(ErrorCode::kConfig, path.string() + " may be read by others than its owner: its keys are not used; " +
                                         "burn this card anew");
  }
  if (about.st_size < 0 || static_cast<std::uint64_t>(about.st_size) > kNodeSecretsMaxSize) {
    return Error(ErrorCode::kCorrupt, path.string() + " is too large");
  }
  SecretBytes text(static_cast<std::size_t>(about.st_size));
  KRAKEN_TRY(read_all_at(fd.get(), 0, text.bytes()).with_context("read " + path.string()));
  return text;
}

}  // namespace

Result<NodeSecrets> read_node_secrets(const std::filesystem::path& root) {
  const auto path = below(root, kNodeSecretsPath);
  KRAKEN_ASSIGN(const SecretBytes text, read_secret_file(path));
  const std::span<const std::byte> bytes = text.view();
  return parse_node_secrets({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).with_context(path.string());
}

Result<SecretBytes> read_join_key(const std::filesystem::path& root) {
  KRAKEN_ASSIGN(NodeSecrets secrets, read_node_secrets(root));
  if (!secrets.join_key) return Error(ErrorCode::kNotFound, "this node has no key for the join broker any more");
  return std::move(*secrets.join_key);
}

}  // namespace kraken
