// What the join broker answers: the manager's side of joining, without connections and keys. Looks at the swarm through
// the engine at most every few seconds, however many ask. A node gets the token of its own role, as the manager's
// record has it, and nothing of what it says about itself is believed beyond its own entry in the swarm. Nodes of a
// Kubernetes get in without it: to them it says the time, and takes their reports; of these alone it knows who is in.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/node_record.h"
#include "join/engine.h"
#include "join/protocol.h"
#include "system/system.h"

namespace kraken {

// Below it lies what the nodes have reported, by id: "3.json".
inline constexpr std::string_view kReportsFolder = "/var/lib/kraken/reports";

class JoinDesk {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using LogLine = std::function<void(std::string_view)>;

  // None is owned, and all must outlive it.
  struct Site {
    std::filesystem::path root;
    const NodeRecord& record;
    Engine& engine;
    System& system;
    LogLine log;
  };

  explicit JoinDesk(Site site) : site_(std::move(site)) {}

  // `node` is who asks, by its key: of this cluster, or the workstation (0).
  Answer answer(std::uint32_t node, const Question& question);

  // To who asks for what cannot be understood.
  Answer refuse(std::string reason) const { return say(Answer::Kind::kRefused, std::move(reason)); }

  // Removes what is left of nodes that were burned anew: entries that are down beside one of the same host name that is
  // ready. To be called now and then.
  void tidy();
  // Every node of the cluster, but for this one, has reported; and each of a swarm is ready, and there once.
  bool is_complete();

 private:
  struct View {
    Time taken;
    std::string problem;  // why there is no swarm to join; then the rest is empty
    Swarm swarm;
    std::vector<SwarmNode> nodes;
  };

  Answer decide(std::uint32_t node, const Question& question);
  Answer join(const RecordHost& host, const Question& question);
  Answer take_report(const RecordHost& host, const Question& question);
  Answer nodes();
  Answer report_of(std::uint32_t node);
  Answer reply(Answer::Kind kind) const;
  Answer say(Answer::Kind kind, std::string reason) const;

  const View& view();
  void look();
  Status look_at_swarm(View& view);
  Status set_labels(const RecordHost& host, const Question& question);
  Status keep_report(const RecordHost& host, const std::string& report);
  void forget(const SwarmNode& node);
  const RecordHost* find_host(std::uint32_t node) const;
  bool has_report(std::uint32_t node) const;
  bool is_swarm() const { return site_.record.join && site_.record.join->swarm; }
  std::string state_of(const RecordHost& host);
  bool is_in_itself() const;

  Site site_;
  std::optional<View> view_;
};

}  // namespace kraken
