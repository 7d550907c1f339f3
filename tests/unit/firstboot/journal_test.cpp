#include "journal/journal.h"

#include <gtest/gtest.h>

#include "support/fake_system.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

Journal sample() {
  Journal journal;
  journal.note_done("clock-floor");
  for (int i = 0; i < 7; ++i) journal.note_failed("hostname");
  journal.note_impossible("grow-root");
  return journal;
}

TEST(Journal, ComesBackAsItWasWritten) {
  const auto parsed = parse_journal(format_journal(sample()));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(*parsed, sample());
}

// Version 1 has always been without it, and still is while no step is under way.
TEST(Journal, SaysThatAStepWasBegunOnlyWhileItIsUnderWay) {
  Journal journal = sample();
  const std::string at_rest = format_journal(journal);
  journal.note_begun("hostname");
  const auto parsed = parse_journal(format_journal(journal));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(*parsed, journal);
  EXPECT_NE(journal, sample());
  journal.note_ended("hostname");
  EXPECT_EQ(format_journal(journal), at_rest);
  EXPECT_EQ(at_rest.find("begun"), std::string::npos);
}

TEST(Journal, CountsATryThatWasCutOffAsAFailure) {
  const test::TempFolder folder;
  test::FakeSystem system(folder.path(), 0);
  std::vector<int> waits;
  for (int i = 0; i < 7; ++i) {
    LoadedJournal loaded = load_journal(folder.path());
    EXPECT_EQ(loaded.cut_off, std::vector<std::string>(i == 0 ? 0 : 1, "network"));
    const JournalEntry* entry = loaded.journal.find("network");
    waits.push_back(entry == nullptr ? 0 : entry->wait);
    loaded.journal.note_begun("network");
    ASSERT_TRUE(save_journal(loaded.journal, loaded.text, system).ok());
  }
  EXPECT_EQ(waits, (std::vector<int>{0, 0, 0, 0, 0, 1, 2}));
}

TEST(Journal, RefusesEveryTruncation) {
  const std::string text = format_journal(sample());
  for (std::size_t size = 0; size <= text.rfind('}'); ++size) EXPECT_FALSE(parse_journal(text.substr(0, size)).ok());
}

TEST(Journal, RefusesWhatIsNotExactlyAJournal) {
  const auto with = [](const std::string& steps) {
    return "{\"format\":\"kraken-journal\",\"version\":1,\"steps\":[" + steps + "]}";
  };
  ASSERT_TRUE(parse_journal(with(R"({"name":"a","state":"done","failures":0,"wait":0})")).ok());
  for (const char* step : {
           R"(1)",
           R"({"name":"a"})",
           R"({"name":"a","state":"done","failures":-1,"wait":0})",
           R"({"name":"a","state":"done","failures":0,"wait":17})",
           R"({"name":"a","state":"done","failures":99999999999,"wait":0})",
           R"({"name":"../a","state":"done","failures":0,"wait":0})",
           R"({"name":"a","state":"perhaps","failures":0,"wait":0})",
           R"({"name":"a","state":"done","failures":0,"wait":0,"more":1})",
           R"({"name":"a","state":"done","failures":0,"wait":0,"begun":1})",
           R"({"name":"a","state":"done","failures":0,"begun":true})",
           R"({"name":"a","state":"done","failures":0,"wait":0},{"name":"a","state":"done","failures":0,"wait":0})",
       }) {
    const auto parsed = parse_journal(with(step));
    ASSERT_FALSE(parsed.ok()) << step;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_EQ(parse_journal(R"({"format":"kraken-journal","version":2,"steps":[]})").error().code(),
            ErrorCode::kUnsupported);
  EXPECT_FALSE(parse_journal(R"({"format":"kraken-node","version":1,"steps":[]})").ok());
}

TEST(Journal, WaitsLongerWithEveryFailureUpToABound) {
  Journal journal;
  std::vector<int> waits;
  for (int i = 0; i < 12; ++i) {
    journal.note_failed("hostname");
    waits.push_back(journal.find("hostname")->wait);
  }
  EXPECT_EQ(waits, (std::vector<int>{0, 0, 0, 0, 1, 2, 4, 8, 16, 16, 16, 16}));
  journal.note_waited("hostname");
  EXPECT_EQ(journal.find("hostname")->wait, 15);
  journal.note_done("hostname");
  EXPECT_EQ(journal.find("hostname")->failures, 0);
  EXPECT_EQ(journal.find("hostname")->wait, 0);
}

TEST(Journal, IsWrittenOnlyWhenItDiffersFromTheDisk) {
  const test::TempFolder folder;
  test::FakeSystem system(folder.path(), 0);
  std::string on_disk;
  ASSERT_TRUE(save_journal(sample(), on_disk, system).ok());
  EXPECT_EQ(system.changes(),
            (std::vector<std::string>{"folder /var/lib/kraken", "write /var/lib/kraken/journal.json"}));
  ASSERT_TRUE(save_journal(sample(), on_disk, system).ok());
  EXPECT_EQ(system.changes().size(), 2U);

  const LoadedJournal loaded = load_journal(folder.path());
  EXPECT_EQ(loaded.journal, sample());
  EXPECT_EQ(loaded.text, on_disk);
  EXPECT_FALSE(loaded.note);
}

TEST(Journal, IsStartedAnewWithANoteUnlessThereWasNone) {
  const test::TempFolder folder;
  EXPECT_FALSE(load_journal(folder.path()).note);
  std::filesystem::create_directories(below(folder.path(), kJournalPath));  // a folder in its place
  EXPECT_TRUE(load_journal(folder.path()).note);
  std::filesystem::remove_all(below(folder.path(), kJournalPath));
  std::ofstream(below(folder.path(), kJournalPath)) << std::string(kJournalMaxSize + 1, ' ');
  EXPECT_TRUE(load_journal(folder.path()).note);
}

}  // namespace
}  // namespace kraken
