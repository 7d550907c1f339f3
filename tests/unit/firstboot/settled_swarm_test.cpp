#include <gtest/gtest.h>

#include "facts/settled_swarm.h"

namespace kraken {
namespace {

const SettledSwarm kSettled{"swarm1", "node1", "Docker was part of another swarm", true};

std::string with(std::string_view from, std::string_view to) {
  std::string text = format_settled_swarm(kSettled);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(SettledSwarm, ComesBackAsItWasWritten) {
  EXPECT_EQ(*parse_settled_swarm(format_settled_swarm(kSettled)), kSettled);
  const SettledSwarm plain{"s", "n", "", false};
  EXPECT_EQ(*parse_settled_swarm(format_settled_swarm(plain)), plain);
}

TEST(SettledSwarm, WhatIsNoneIsRefused) {
  const std::string good = format_settled_swarm(kSettled);
  for (const std::string& text :
       {std::string(), good.substr(0, good.size() / 2), with("kraken-swarm", "kraken-network"), with("swarm1", ""),
        with("node1", "../node1"), with("true", "1"), with("\"note\"", "\"notes\""),
        with("\"version\": 1", "\"version\": 2")}) {
    EXPECT_FALSE(parse_settled_swarm(text).ok()) << text;
  }
}

}  // namespace
}  // namespace kraken
