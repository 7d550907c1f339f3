// Join brokers that answer what the test says, and remember what they were asked.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "join/client.h"
#include "join/connect.h"

namespace kraken::test {

class FakeBroker final : public JoinBroker {
 public:
  std::function<Result<Answer>(Ipv4 manager, const Question& question)> answers;
  std::vector<std::pair<Ipv4, Question>> asked;

  Result<Answer> ask(const NodeRecord& /*record*/, Ipv4 manager, const Question& question) override {
    asked.emplace_back(manager, question);
    if (answers) return answers(manager, question);
    return Error(ErrorCode::kIo, "connect: Connection refused");
  }
};

// Ports at which somebody listens when the test says so, and not otherwise.
class FakePorts final : public PortProbe {
 public:
  std::function<bool(const TcpAddress& peer)> listens;
  int knocks = 0;

  Status knock(const TcpAddress& peer) override {
    ++knocks;
    if (listens && listens(peer)) return ok_status();
    return Error(ErrorCode::kIo, "connect: Connection refused");
  }
};

}  // namespace kraken::test
