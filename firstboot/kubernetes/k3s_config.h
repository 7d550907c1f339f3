// What k3s has to be told and is known on the node alone: through which interface its nodes reach one another.
#pragma once

#include <string>

#include "base/ipv4.h"
#include "base/result.h"

namespace kraken {

// The text of kK3sInterfaceFile (k3s's documentation, "Configuration File": files of config.yaml.d are read after
// config.yaml, and take precedence). kUnsupported when the interface's name is none to write there.
Result<std::string> k3s_interface_config(Ipv4 address, const std::string& interface);

}  // namespace kraken
