// Inside tuning/: a setting's desired state, as the list of what is not yet so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/node_record.h"
#include "tuning/tuning_facts.h"

namespace kraken {

struct Change {
  enum class Kind {
    kFile,         // `target` lasts with `value` as its content
    kBootFile,     // the same on the boot partition
    kRemoveFile,   // `target`
    kLoadModule,   // `target`
    kKernelFile,   // `target` of the running kernel gets `value`
    kQueueLength,  // of `link`
    kQueueing,     // of `link`
    kEeeOff,       // of `link`
    kSwapOff,      // `target`
    kRunTune,      // by systemd, once this boot has come far enough
  };
  Kind kind = Kind::kFile;
  std::string target;
  std::string value;
  int link = 0;
  std::string why;

  bool lasting() const { return kind == Kind::kFile || kind == Kind::kBootFile || kind == Kind::kRemoveFile; }
};

struct OwnFile {
  std::string path;
  std::string content;
};

// With changes it is needed; without, it is unavailable, waits for a reboot, or is done.
struct Wanted {
  std::vector<Change> changes;     // in the order in which they are to be made
  std::string unavailable;         // why it cannot be had; "" when it can
  std::string reboot;              // why the next boot must come first; "" when it need not
  std::string done;                // what is so when nothing is missing
  std::vector<OwnFile> own_files;  // nobody else's: gone when the setting is switched off

  void want_file(const TuningFacts& facts, std::string path, std::string content);
  // The same, and the file is this setting's alone.
  void want_own_file(const TuningFacts& facts, std::string path, std::string content);
  // Has a value now, and it is another one.
  void want_value(const TuningFacts& facts, const std::string& kernel_file, const std::string& value);
  // The unit and the rule that run `kraken-firstboot tune` at boot and when an adapter is plugged in.
  void want_retuning(const TuningFacts& facts);
};

struct Request {
  const NodeRecord& record;
  std::uint32_t number = 0;  // of a setting that has one
};

using MakeWanted = Wanted (*)(const TuningFacts& facts, const Request& request);

Wanted want_receive_buffers(const TuningFacts& facts, const Request& request);
Wanted want_fair_queue_bbr(const TuningFacts& facts, const Request& request);
Wanted want_ip_forward(const TuningFacts& facts, const Request& request);
Wanted want_bridge_netfilter(const TuningFacts& facts, const Request& request);
Wanted want_rps(const TuningFacts& facts, const Request& request);
Wanted want_tx_queue_length(const TuningFacts& facts, const Request& request);
Wanted want_usb_autosuspend_off(const TuningFacts& facts, const Request& request);
Wanted want_eee_off(const TuningFacts& facts, const Request& request);
Wanted want_performance_governor(const TuningFacts& facts, const Request& request);
Wanted want_memory_cgroup(const TuningFacts& facts, const Request& request);
Wanted want_swap_off(const TuningFacts& facts, const Request& request);

}  // namespace kraken
