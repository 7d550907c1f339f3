// A node whose manager's swarm is there, with fakes for both; what differs is the test's to say.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "contract/node_secrets.h"
#include "facts/swarm_facts.h"
#include "plan/step.h"
#include "steps/registry.h"
#include "support/fake_broker.h"
#include "support/fake_engine.h"
#include "support/fake_system.h"
#include "support/node_records.h"
#include "support/temp_folder.h"
#include "support/who.h"

namespace kraken::test {

inline NodeRecord record_of(Who who) {
  NodeRecord record = sample_record();
  record.hosts[1].role = "manager";
  record.join->managers = {record.hosts[0].address, record.hosts[1].address};
  const RecordHost& host = record.hosts[static_cast<std::size_t>(who)];
  record.node = {host.id, host.name, host.role, host.role, {{"disk", "sd"}}};
  record.network.address = host.address;
  return record;
}

class SwarmNodeTest : public ::testing::Test {
 protected:
  SwarmNodeTest() { be(Who::kWorker); }

  void be(Who who) {
    record_ = record_of(who);
    manager_id_ = swarm_.add("kraken-1", true);
    broker_.answers = [this](Ipv4 /*manager*/, const Question& question) { return answer(question); };
    const auto path = below(folder_.path(), kNodeSecretsPath);
    std::filesystem::create_directories(path.parent_path());
    NodeSecrets secrets;
    secrets.join_key = SecretBytes(kJoinKeySize);
    const SecretBytes text = format_node_secrets(secrets);
    EXPECT_TRUE(write_file_atomically(path, as_text(text.view()), 0600).ok());
    std::filesystem::create_directories(below(folder_.path(), "/usr/bin"));
    std::ofstream(below(folder_.path(), "/usr/bin/dockerd")) << "";
  }
  static std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  Result<Answer> answer(const Question& question) {
    using Kind = Answer::Kind;
    Answer answer;
    answer.time = manager_clock_;
    answer.kind = said_;
    answer.reason = "the swarm is not up yet";
    if (said_ != Kind::kToken) return answer;
    if (question.kind == Question::Kind::kReport) answer.kind = Kind::kTaken;
    if (swarm_.find(question.swarm_node) != nullptr && answer.kind == Kind::kToken) answer.kind = Kind::kMember;
    answer.swarm = swarm_.id;
    answer.token = record_.node.role == "manager" ? swarm_.document().manager_token : swarm_.document().worker_token;
    answer.managers = {record_.join->managers.front()};
    return answer;
  }

  Facts facts() {
    Facts facts;
    facts.clock = system_.now();
    facts.swarm = gather_swarm(folder_.path(), engine_);
    return facts;
  }
  Check check(const char* name = "swarm") { return step(name).check(facts(), record_); }
  Status apply(const char* name = "swarm") { return step(name).apply(facts(), record_, system_); }
  const Step& step(std::string_view name) {
    steps_ = cluster_steps({engine_, broker_, ports_, folder_.path()});
    return **std::ranges::find(steps_, name, [](const auto& s) { return s->name(); });
  }
  void settle(const std::string& node, bool reported = false) {
    ASSERT_TRUE(system_.make_folder(kStateFolder).ok());
    const std::string text = format_settled_swarm({swarm_.id, node, "", reported});
    ASSERT_TRUE(system_.replace_file(kSettledSwarmPath, text, FileMode::kPublic).ok());
  }
  bool did(const std::string& call) { return std::ranges::find(engine_.calls, call) != engine_.calls.end(); }

  TempFolder folder_;
  NodeRecord record_;
  FakeSwarm swarm_;
  FakeEngine engine_{"kraken-3", &swarm_};
  FakeBroker broker_;
  FakePorts ports_;
  FakeSystem system_{folder_.path(), kNow};
  std::string manager_id_;
  UnixTime manager_clock_ = kNow;
  Answer::Kind said_ = Answer::Kind::kToken;
  Steps steps_;
};

}  // namespace kraken::test
