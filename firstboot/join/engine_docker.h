// The Docker Engine itself, asked over its unix socket: no program of Docker's is run. The version of the API is the
// engine's own, which it says in answer to /_ping: what is asked here has been the same since 1.39 (Docker 18.09), and
// engines of today refuse versions that are much older than theirs.
#pragma once

#include <filesystem>

#include "join/engine.h"
#include "join/engine_documents.h"
#include "join/engine_socket.h"

namespace kraken {

inline constexpr const char* kEngineSocket = "/run/docker.sock";
// DefaultAddrPool and SubnetSize came with it.
inline constexpr ApiVersion kOldestEngineApi{1, 39};

class DockerEngine final : public Engine {
 public:
  // `patience` is for what it should say at once; joining takes its time.
  explicit DockerEngine(std::filesystem::path socket, std::chrono::seconds patience = std::chrono::seconds(20))
      : socket_(std::move(socket)), patience_(patience) {}

  Result<EngineInfo> info() override;
  Status init_swarm(const SwarmInit& init) override;
  Status join_swarm(const SwarmJoin& join) override;
  Status leave_swarm() override;
  Result<Swarm> swarm() override;
  Result<std::vector<SwarmNode>> nodes() override;
  Status update_node(const SwarmNode& node) override;
  Status remove_node(const std::string& id) override;

 private:
  // `request` without the version in its target.
  Result<std::string> ask(HttpRequest request, std::chrono::seconds patience) const;
  Result<ApiVersion> ask_version() const;

  std::filesystem::path socket_;
  std::chrono::seconds patience_;
};

}  // namespace kraken
