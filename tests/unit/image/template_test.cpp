#include "image/template.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

const TemplateValues kValues = {{"node.name", "kraken-3"}, {"node.id", "3"}};

TEST(Template, PutsValuesIn) {
  const auto text = render_template("I am {{ node.name }}, number {{node.id}}.\n{ {", kValues, "motd");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "I am kraken-3, number 3.\n{ {");
}

TEST(Template, NamesThePlaceAndTheNearestVariable) {
  const auto text = render_template("one\ntwo {{ node.nmae }}", kValues, "motd");
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code(), ErrorCode::kConfig);
  EXPECT_NE(text.error().what().find("motd:2:5"), std::string::npos) << text.error().what();
  EXPECT_NE(text.error().what().find("did you mean \"node.name\""), std::string::npos) << text.error().what();
}

TEST(Template, WantsItsEnd) {
  const auto text = render_template("{{ node.name", kValues, "motd");
  ASSERT_FALSE(text.ok());
  EXPECT_NE(text.error().what().find("motd:1:1"), std::string::npos) << text.error().what();
}

}  // namespace
}  // namespace kraken
