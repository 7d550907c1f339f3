// `kraken-firstboot measure` and `measure-server`: what the link between two nodes carries. Changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

// "93.4 Mbit/s to 192.168.3.11, 93.9 Mbit/s from it". kInvalidArgument when `peer` is no address; kIo when nobody could
// be measured with there.
Result<std::string> measure_command(std::string_view peer);

// Serves until others have measured often enough or ten minutes are over; as kraken-measure.service, until nobody came
// for a minute.
Result<std::string> measure_server_command();

}  // namespace kraken
