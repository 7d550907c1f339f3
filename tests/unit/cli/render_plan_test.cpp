#include "cli/render_plan.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

TEST(PlanText, ShowsWhatOthersWroteWithoutActingOnIt) {
  Edit edit;
  edit.kind = EditKind::kRemove;
  edit.path = "/etc/\033[2Jname\nedits:";
  edit.reasons.push_back({"an overlay's \033]0;title\a", {"over\nlay.yaml", 1, 2}});
  NodePlan plan;
  plan.edits.push_back(edit);
  plan.warnings.push_back("of \033[1m");
  const std::string text = plan_text(plan, 0);
  EXPECT_EQ(text.find_first_of("\033\a"), std::string::npos) << text;
  EXPECT_NE(text.find("remove  /etc/\\x1b[2Jname\\nedits:\n"), std::string::npos) << text;
  EXPECT_NE(text.find("(over\\nlay.yaml:1:2)\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace kraken
