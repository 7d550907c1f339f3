#include "net/eee.h"

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/unique_fd.h"

namespace kraken {

namespace {

Status ethtool(const std::string& link, ethtool_eee& eee) {
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Error::from_errno(errno, "open a socket");
  ifreq request = {};
  link.copy(request.ifr_name, std::min(link.size(), sizeof request.ifr_name - 1));
  request.ifr_data = &eee;
  if (::ioctl(fd.get(), SIOCETHTOOL, &request) == 0) return ok_status();
  const int saved = errno;
  const Error error = Error::from_errno(saved, "EEE of " + link);
  switch (error.sys_errno()) {
    case EOPNOTSUPP:
      return error.recode(ErrorCode::kUnsupported);
    case ENODEV:
      return error.recode(ErrorCode::kNotFound);
    default:
      return error;
  }
}

}  // namespace

Result<std::optional<bool>> read_eee(const std::string& link) {
  ethtool_eee eee = {};
  eee.cmd = ETHTOOL_GEEE;
  if (const Status status = ethtool(link, eee); !status.ok()) {
    if (status.error().code() == ErrorCode::kUnsupported) return std::optional<bool>();
    return status.error();
  }
  return std::optional(eee.eee_enabled != 0);
}

Status write_eee(const std::string& link, bool enabled) {
  // What is not to change must be written back as it is.
  ethtool_eee eee = {};
  eee.cmd = ETHTOOL_GEEE;
  KRAKEN_TRY(ethtool(link, eee));
  eee.cmd = ETHTOOL_SEEE;
  eee.eee_enabled = enabled ? 1 : 0;
  return ethtool(link, eee);
}

}  // namespace kraken
