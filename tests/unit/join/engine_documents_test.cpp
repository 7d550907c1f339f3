#include "join/engine_documents.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

// Of Docker 20.10.24, shortened.
constexpr std::string_view kInfo =
    R"({"ID":"AB:CD","Containers":0,"Name":"kraken-1","ServerVersion":"20.10.24+dfsg1","LiveRestoreEnabled":false,
        "MemTotal":966791168,"CgroupDriver":"systemd","Swarm":{"NodeID":"abc123","NodeAddr":"10.0.0.1","LocalNodeState":"active",
        "ControlAvailable":true,"Error":"","RemoteManagers":[{"NodeID":"abc123","Addr":"10.0.0.1:2377"}]}})";
constexpr std::string_view kNode =
    R"({"ID":"n1","Version":{"Index":11},"Spec":{"Labels":{"a":"b"},"Role":"worker","Availability":"drain"},
        "Description":{"Hostname":"kraken-2"},"Status":{"State":"down","Addr":"10.0.0.2"}})";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  changed.replace(changed.find(from), from.size(), to);
  return changed;
}

TEST(EngineDocuments, InfoIsRead) {
  const auto info = parse_engine_info(kInfo);
  ASSERT_TRUE(info.ok()) << info.error().what();
  EXPECT_EQ(*info,
            (EngineInfo{"kraken-1", "20.10.24+dfsg1", SwarmState::kActive, "", "abc123", true, false, "systemd"}));
  EXPECT_EQ(parse_engine_info(replaced(kInfo, "\"systemd\"", "\"x\\n\""))->cgroup_driver, "");
  EXPECT_EQ(parse_engine_info("{}")->swarm, SwarmState::kInactive);
  EXPECT_EQ(parse_engine_info(replaced(kInfo, "\"active\"", "\"pending\""))->swarm, SwarmState::kPending);
  EXPECT_EQ(parse_engine_info(replaced(kInfo, "\"active\"", "\"locked\""))->swarm, SwarmState::kLocked);
}

TEST(EngineDocuments, WhatIsNoInfoIsRefused) {
  for (const std::string& text :
       {std::string("[]"), std::string("{"), std::string(""), replaced(kInfo, "\"active\"", "\"dancing\""),
        replaced(kInfo, "abc123", "../../containers"), replaced(kInfo, "abc123", "a b")}) {
    EXPECT_FALSE(parse_engine_info(text).ok()) << text;
  }
}

TEST(EngineDocuments, NodesAreReadAndKeepWhatThisProgramDoesNotKnow) {
  const auto nodes = parse_swarm_nodes("[" + std::string(kNode) + "]");
  ASSERT_TRUE(nodes.ok()) << nodes.error().what();
  SwarmNode node = nodes->front();
  EXPECT_EQ(node.id, "n1");
  EXPECT_EQ(node.version, 11U);
  EXPECT_EQ(node.host_name, "kraken-2");
  EXPECT_EQ(node.state, "down");
  EXPECT_FALSE(node.is_manager);
  EXPECT_TRUE(add_labels(node, {{"disk", "sd"}}));
  EXPECT_FALSE(add_labels(node, {{"a", "b"}}));
  EXPECT_EQ(format_node_spec(node), R"({"Labels":{"a":"b","disk":"sd"},"Role":"worker","Availability":"drain"})");
  demote(node);
  EXPECT_NE(format_node_spec(node).find(R"("Role":"worker")"), std::string::npos);
}

TEST(EngineDocuments, AManagerIsKnownByItsRoleAndByItsPartInTheRaft) {
  const std::string by_role = replaced(kNode, "\"worker\"", "\"manager\"");
  const std::string by_raft = replaced(kNode, "\"Status\"", "\"ManagerStatus\":{\"Addr\":\"x\"},\"Status\"");
  for (const std::string& text : {by_role, by_raft}) {
    EXPECT_TRUE(parse_swarm_nodes("[" + text + "]")->front().is_manager) << text;
  }
}

TEST(EngineDocuments, TheSwarmsTokensAreRead) {
  const auto swarm = parse_swarm(
      R"({"ID":"s1","Spec":{"Labels":{"kraken.cluster":"kraken"}},"JoinTokens":{"Worker":"SWMTKN-1-w","Manager":"SWMTKN-1-m"}})");
  ASSERT_TRUE(swarm.ok());
  EXPECT_EQ(swarm->cluster, "kraken");
  EXPECT_EQ(swarm->worker_token, "SWMTKN-1-w");
  EXPECT_EQ(swarm->manager_token, "SWMTKN-1-m");
  EXPECT_FALSE(parse_swarm(R"({"ID":"s1"})").ok());
  EXPECT_FALSE(parse_swarm(R"({"ID":"s1","JoinTokens":{"Worker":"x","Manager":"\n"}})").ok());
}

TEST(EngineDocuments, WhatTheEngineIsAskedWith) {
  const SwarmInit init{"kraken", *parse_ipv4("10.0.0.1"), {*parse_ipv4_subnet("10.200.0.0/16")}, 24, 3650};
  EXPECT_EQ(format_swarm_init(init),
            R"({"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"10.0.0.1:2377","DataPathAddr":"10.0.0.1",)"
            R"("DefaultAddrPool":["10.200.0.0/16"],"SubnetSize":24,"Spec":{"Name":"default",)"
            R"("Labels":{"kraken.cluster":"kraken"},"CAConfig":{"NodeCertExpiry":315360000000000000},)"
            R"("EncryptionConfig":{"AutoLockManagers":false}}})");
  const SwarmJoin join{*parse_ipv4("10.0.0.2"), {*parse_ipv4("10.0.0.1")}, "SWMTKN-1-w"};
  EXPECT_EQ(format_swarm_join(join),
            R"({"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"10.0.0.2:2377","DataPathAddr":"10.0.0.2",)"
            R"("RemoteAddrs":["10.0.0.1:2377"],"JoinToken":"SWMTKN-1-w"})");
}

TEST(EngineDocuments, VersionsAreComparedByNumber) {
  EXPECT_LT(*parse_api_version("1.9"), *parse_api_version("1.41"));
  EXPECT_EQ(format_api_version(*parse_api_version("1.41")), "1.41");
  for (const std::string_view text : {"", "1", "1.", ".1", "1.x", "v1.41", "1.41/../x", "1.99999999"}) {
    EXPECT_FALSE(parse_api_version(text)) << text;
  }
}

TEST(EngineDocuments, AnErrorsMessageIsOneLineWithoutATokenInIt) {
  EXPECT_EQ(engine_message({503, "", R"({"message":"already\npart"})"}), "status 503: already part");
  EXPECT_EQ(engine_message({400, "", R"({"message":"invalid token SWMTKN-1-secret"})"}), "status 400: invalid token ");
  EXPECT_EQ(engine_message({500, "", "\xff\x01text"}), "status 500:   text");
  EXPECT_EQ(engine_message({404, "", ""}), "status 404");
}

}  // namespace
}  // namespace kraken
