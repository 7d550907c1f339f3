#include "config/profile_reader.h"

#include <algorithm>

#include "config/check.h"
#include "config/definitions.h"
#include "config/words.h"

namespace kraken {

namespace {

template <typename E>
void read_word(const std::optional<View>& view, Sourced<E>& target) {
  if (!view) return;
  if (const auto value = from_word<E>(view->text())) target = {*value, view->origin()};
}

bool removes(std::string_view removed, std::string_view word) {
  return word == removed || (removed.find('=') == std::string_view::npos && word.substr(0, word.find('=')) == removed);
}

const Value* cmdline_list(const Value& profile, std::string_view list) {
  const Value* const boot = profile.find("boot");
  const Value* const cmdline = boot == nullptr ? nullptr : boot->find("cmdline");
  return cmdline == nullptr ? nullptr : cmdline->find(list);
}

Value* cmdline_list(Value& profile, std::string_view list) {
  Value* const boot = profile.find("boot");
  Value* const cmdline = boot == nullptr ? nullptr : boot->find("cmdline");
  return cmdline == nullptr ? nullptr : cmdline->find(list);
}

void child_undoes_parent(Value& parent, const Value& child) {
  Value* const added = cmdline_list(parent, "add");
  Value* const removed = cmdline_list(parent, "remove");
  const Value* const child_added = cmdline_list(child, "add");
  const Value* const child_removed = cmdline_list(child, "remove");
  if (added != nullptr && child_removed != nullptr) {
    std::erase_if(added->items, [&](const Value& word) {
      return std::ranges::any_of(child_removed->items, [&](const Value& key) { return removes(key.text, word.text); });
    });
  }
  if (removed != nullptr && child_added != nullptr) {
    std::erase_if(removed->items, [&](const Value& key) {
      return std::ranges::any_of(child_added->items, [&](const Value& word) { return removes(key.text, word.text); });
    });
  }
}

void read_card(const View& view, Profile& profile) {
  if (const auto least = view.find("card", "min_size")) profile.card_min_size = {least->bytes(), least->origin()};
  if (const auto root = view.find("card", "root_size")) {
    profile.root_size.origin = root->origin();
    if (root->text() != "fill") profile.root_size.value.bytes = root->bytes();
  }
}

void read_tuning(const View& view, Profile& profile) {
  const auto tuning = view.find("tuning");
  if (!tuning) return;
  for (const auto& [name, setting] : tuning->members()) {
    auto& target = profile.tuning[name];
    target.origin = setting.origin();
    if (setting.is_bool()) {
      target.value = setting.flag();
    } else {
      target.value = static_cast<std::int64_t>(setting.integer());  // the tables' ranges are far below 2^63
    }
  }
}

void read_boot(const View& view, Profile& profile) {
  const auto boot = view.find("boot");
  if (!boot) return;
  if (const auto add = boot->find("cmdline", "add")) profile.cmdline_add = add->sourced_texts();
  if (const auto remove = boot->find("cmdline", "remove")) profile.cmdline_remove = remove->sourced_texts();
  if (const auto lines = boot->find("config")) profile.config_txt = lines->sourced_texts();
}

void check_contradictions(const Profile& profile, Problems& problems) {
  for (const auto& word : profile.cmdline_add) {
    for (const auto& key : profile.cmdline_remove) {
      if (!removes(key.value, word.value)) continue;
      problems.add(word.origin,
                   "boot.cmdline.add: " + in_quotes(word.value) + " is also removed, at " + key.origin.text());
    }
  }
  const auto& primary = profile.nic.primary;
  const auto& fallback = profile.nic.fallback;
  // Defaults never contradict: only what was written is held against the profile.
  if (primary.value == NicPrimary::kOnboard && fallback.value == NicFallback::kOnboard &&
      !fallback.origin.is_default()) {
    problems.add(fallback.origin, "nic.fallback: the onboard interface is the primary one already; write none");
  }
  if (profile.nic.mode.value == NicMode::kFailover && !profile.nic.mode.origin.is_default() &&
      fallback.value == NicFallback::kNone) {
    problems.add(profile.nic.mode.origin,
                 "nic.mode: failover needs a fallback, and nic.fallback is none; write single");
  }
}

void settle_nic(NicPolicy& nic) {
  if (nic.primary.value == NicPrimary::kOnboard && nic.fallback.origin.is_default())
    nic.fallback.value = NicFallback::kNone;
  if (nic.fallback.value == NicFallback::kNone && nic.mode.origin.is_default()) nic.mode.value = NicMode::kSingle;
}

void check_sizes(const Profile& profile, Problems& problems) {
  const auto& root = profile.root_size;
  const auto& least = profile.card_min_size;
  if (!root.value.bytes || !least.value || *root.value.bytes < *least.value) return;
  problems.add(root.origin, "card.root_size: " + human_bytes(*root.value.bytes) +
                                " do not fit on a card of card.min_size (" + human_bytes(*least.value) + ", " +
                                least.origin.text() + ")");
}

}  // namespace

LibraryKind profile_kind() {
  return {"profile", &profile_definition(), ListMerge::kAppend, child_undoes_parent};
}

Profile profile_from(const Sourced<std::string>& name, const Value& value, Problems& problems) {
  Profile profile;
  profile.name = name.value;
  profile.origin = value.origin;
  const auto view = View::of(value, profile_definition());
  if (!view) return profile;
  if (const auto text = view->find("description")) profile.description = text->sourced_text();
  read_word(view->find("role"), profile.role);
  read_card(*view, profile);
  read_word(view->find("nic", "primary"), profile.nic.primary);
  read_word(view->find("nic", "fallback"), profile.nic.fallback);
  read_word(view->find("nic", "mode"), profile.nic.mode);
  if (const auto measure = view->find("nic", "measure")) profile.nic.measure = {measure->flag(), measure->origin()};
  read_tuning(*view, profile);
  if (const auto overlays = view->find("overlays")) profile.overlays = overlays->sourced_texts();
  read_boot(*view, profile);
  settle_nic(profile.nic);
  check_contradictions(profile, problems);
  check_sizes(profile, problems);
  return profile;
}

}  // namespace kraken
