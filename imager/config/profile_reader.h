// A profile's Value (checked, with what it extends merged in) to a Profile.
#pragma once

#include <string>

#include "config/library.h"
#include "config/model.h"
#include "config/problems.h"

namespace kraken {

// Profiles: lists are appended, and a word that a child removes from cmdline.txt undoes the parent's adding of it, and
// the other way round.
LibraryKind profile_kind();

// Never fails: what is wrong is told to `problems` and left at its default.
Profile profile_from(const Sourced<std::string>& name, const Value& value, Problems& problems);

}  // namespace kraken
