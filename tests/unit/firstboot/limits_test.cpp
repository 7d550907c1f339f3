// systemd ends a unit after its TimeoutStartSec: never before the program has ended itself.
#include "run/limits.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "run/command.h"

namespace kraken {
namespace {

std::string text_of(const std::string& unit) {
  std::ifstream in(std::string(KRAKEN_SOURCE_DIR) + "/firstboot/" + unit);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::uint64_t timeout_of(const std::string& unit) {
  for (const std::string& line : split(text_of(unit), '\n')) {
    constexpr std::string_view kKey = "TimeoutStartSec=";
    if (line.starts_with(kKey)) return parse_u64(line.substr(kKey.size())).value_or(0);
  }
  return 0;
}

bool says(const std::string& unit, std::chrono::seconds time) {
  return text_of(unit).find("after " + std::to_string(time.count()) + " s") != std::string::npos;
}

struct UnitCase {
  const char* unit;
  std::chrono::seconds end;
};

TEST(Limits, TheUnitsGiveTheProgramItsTime) {
  const UnitCase cases[] = {{"kraken-firstboot.service", kEndOfEarlyRun},
                            {"kraken-network.service", kEndOfNetworkRun},
                            {"kraken-cluster.service", kEndOfClusterRun}};
  for (const UnitCase& c : cases) {
    EXPECT_GT(timeout_of(c.unit), static_cast<std::uint64_t>(c.end.count())) << c.unit;
    EXPECT_TRUE(says(c.unit, c.end)) << c.unit;
  }
  EXPECT_TRUE(says("kraken-cluster.service", RunOptions{}.time_for_steps + kTimeForClusterSteps));
}

TEST(Limits, AStepThatIsBegunAtTheLastMomentCanEnd) {
  EXPECT_GE(kEndOfClusterRun,
            RunOptions{}.time_for_steps + kTimeForClusterSteps + kTimeForMeasuring + kLongestKubeadmStep);
}

TEST(Limits, TheUnitsStartAgainUnlessThatIsUseless) {
  for (const char* unit : {"kraken-network.service", "kraken-cluster.service"}) {
    EXPECT_NE(text_of(unit).find("\nRestart=on-failure\n"), std::string::npos) << unit;
    EXPECT_NE(text_of(unit).find("\nRestartPreventExitStatus=" + std::to_string(kExitStuck) + "\n"), std::string::npos)
        << unit;
  }
}

TEST(Limits, TheClustersUnitComesAfterTheEngines) {
  EXPECT_NE(text_of("kraken-cluster.service").find("\nAfter=kraken-network.service docker.service containerd.service"),
            std::string::npos);
}

}  // namespace
}  // namespace kraken
