// Whether systemd would start a unit at boot, by the files of a tree alone: no systemd runs there yet, or a wrong one.
#pragma once

#include <array>
#include <string_view>

#include "stack/root_tree.h"

namespace kraken {

// systemd.unit(5), "Unit File Load Path" of the system manager: the first that has an entry decides.
inline constexpr std::array<std::string_view, 9> kUnitFolders = {
    "/etc/systemd/system.control", "/run/systemd/generator.early", "/etc/systemd/system",
    "/run/systemd/system",         "/run/systemd/generator",       "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",     "/lib/systemd/system",          "/run/systemd/generator.late"};

// A unit that is there, is not masked, and is wanted or required by another one. Which one is not asked: all that
// enable a network service are reached at every boot. An alias (dbus-org.freedesktop.network1.service) starts a unit
// when somebody calls it, and does not count.
bool is_enabled(const RootTree& tree, std::string_view unit);

// There, and not masked: a generator can still start it.
bool is_startable(const RootTree& tree, std::string_view unit);

}  // namespace kraken
