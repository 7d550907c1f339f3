// Names: what is stored reads back as written, here and in mtools; what FAT cannot hold is refused.
#include <gtest/gtest.h>

#include "block/memory.h"
#include "fs/fat/fat_editor.h"
#include "fs/fat/name_text.h"
#include "fs/fat/short_name.h"
#include "support/fat_disk.h"

namespace kraken {
namespace {

using test::FatDisk;

constexpr std::int64_t kClock = 1732320000;

std::string short_text(const fat::ShortName& name) {
  return {name.begin(), name.end()};
}

std::string alias_of(std::u16string_view name, const std::set<fat::ShortName>& taken = {}) {
  const auto alias = fat::make_alias(name, taken);
  return alias.ok() ? short_text(*alias) : alias.error().what();
}

TEST(FatNames, ReadBackAsWritten) {
  const std::vector<std::string> names = {"config.txt",
                                          "CONFIG.BAK",
                                          "kernel8.img",
                                          "Readme.TXT",
                                          "README.md",
                                          "ssh",
                                          ".hidden",
                                          "two.dots.txt",
                                          "bcm2710-rpi-3-b-plus.dtb",
                                          "with blank",
                                          "plus+comma,semi;equal=[x]",
                                          "thirteen-char",
                                          "exactly-twenty-six-letters",
                                          "gr\u00fc\u00df dich.txt",
                                          "\u00c9T\u00c9.TXT",
                                          "\u65e5\u672c\u8a9e.txt",
                                          "\U0001f40d.py",
                                          std::string(255, 'x'),
                                          "~weird$%'-_@`!(){}^#&"};
  FatDisk disk("-F 32 -s 1", 40 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  for (const std::string& name : names) {
    const Status written = (*opened)->write_file("/" + name, MemoryStore(name), {});
    ASSERT_TRUE(written.ok()) << written.error().what();
  }
  std::vector<std::string> listed;
  const auto entries = (*opened)->list("/");
  ASSERT_TRUE(entries.ok());
  for (const DirEntry& entry : *entries) listed.push_back(entry.name);
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(listed, sorted);
  for (const std::string& name : names) EXPECT_EQ(*(*opened)->read_file("/" + name, 1000), name);
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  EXPECT_EQ(disk.fsck().status, 0) << disk.fsck().output;
  std::map<std::string, std::string> expected;
  // mtools 4.0 reads names in UCS-2: the snake is the one that it cannot show.
  for (const std::string& name : names) expected[name] = name;
  expected.erase("\U0001f40d.py");
  auto tree = disk.tree();
  std::erase_if(tree, [&](const auto& file) { return file.second == "\U0001f40d.py"; });
  EXPECT_EQ(tree, expected);
}

TEST(FatNames, ReadsWhatMtoolsNames) {
  FatDisk disk("-F 16 -s 1", 8 * kMiB);
  const std::vector<std::string> names = {"UPPER.TXT", "lower.txt",       "Mixed.Txt", "low.TXT",
                                          "UP.txt",    "a long name.txt", ".dot",      "noext",
                                          "a.b.c",     "\u00fcber.txt",   "\u00dc.TXT"};
  for (const std::string& name : names) disk.put(name, name);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  for (const std::string& name : names) EXPECT_EQ(*(*opened)->read_file("/" + name, 100), name);
  std::set<std::string> listed;
  const auto entries = (*opened)->list("/");
  for (const DirEntry& entry : *entries) listed.insert(entry.name);
  EXPECT_EQ(listed, std::set<std::string>(names.begin(), names.end()));
}

TEST(FatNames, AreFoundInAnyCaseAndByAlias) {
  FatDisk disk("-F 32 -s 1", 2 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  ASSERT_TRUE(fat.write_file("/Stra\u00dfe und \u00c4rger.txt", MemoryStore("1"), {}).ok());
  EXPECT_EQ(*fat.read_file("/stra\u00dfe UND \u00e4rger.TXT", 1), "1");
  EXPECT_EQ(*fat.read_file("/STRA_E~1.TXT", 1), "1");
  ASSERT_TRUE(fat.write_file("/STRA\u00dfE UND \u00c4RGER.TXT", MemoryStore("2"), {}).ok());
  ASSERT_EQ(fat.list("/")->size(), 1U);
  EXPECT_EQ(fat.list("/")->front().name, "Stra\u00dfe und \u00c4rger.txt");
  EXPECT_EQ(*fat.read_file("/stra_e~1.txt", 1), "2");
}

TEST(FatNames, FoldCapitalsOfTheScriptsThatNamesAreWrittenIn) {
  EXPECT_EQ(fat::fold_case(u"\u043f\u0440\u0438\u0432\u0435\u0442 \u0451"),
            u"\u041f\u0420\u0418\u0412\u0415\u0422 \u0401");
  EXPECT_EQ(fat::fold_case(u"\u03b1\u03c9"), u"\u0391\u03a9");
  EXPECT_EQ(fat::fold_case(u"\u0101\u0151\u0177"), u"\u0100\u0150\u0176");  // the capital is even
  EXPECT_EQ(fat::fold_case(u"\u0142\u0148\u017e"), u"\u0141\u0147\u017d");  // the capital is odd
  EXPECT_EQ(fat::fold_case(u"\u0100\u0141\u0178\u00f7\u0131"), u"\u0100\u0141\u0178\u00f7\u0131");
}

// fatgen103, DIR_Name[0]: E5 would mean "deleted".
TEST(FatNames, MayBeginWithTheLetterThatMarksWhatIsDeleted) {
  fat::ShortName name{};
  std::ranges::copy(std::string_view("\x05"
                                     "LTO    TXT"),
                    name.begin());
  EXPECT_EQ(fat::read_short_name(name, 0), u"\u00d5LTO.TXT");
}

TEST(FatNames, NameBeatsAlias) {
  FatDisk disk("-F 32 -s 1", 2 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  FsEditor& fat = **opened;
  ASSERT_TRUE(fat.write_file("/longer name one", MemoryStore("1"), {}).ok());  // LONGER~1
  ASSERT_TRUE(fat.write_file("/LONGER~2", MemoryStore("2"), {}).ok());         // takes the next alias away
  ASSERT_TRUE(fat.write_file("/longer name two", MemoryStore("3"), {}).ok());  // LONGER~3
  EXPECT_EQ(*fat.read_file("/LONGER~1", 1), "1");
  EXPECT_EQ(*fat.read_file("/longer~2", 1), "2");
  EXPECT_EQ(*fat.read_file("/LONGER~3", 1), "3");
  ASSERT_TRUE(fat.close().ok());
  disk.save();
  EXPECT_EQ(disk.fsck().status, 0) << disk.fsck().output;
}

TEST(FatNames, RefusesWhatFatCannotHold) {
  FatDisk disk("-F 32 -s 1", 2 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  const std::vector<std::string> names = {"a:b",
                                          "a*b",
                                          "a?b",
                                          "a\"b",
                                          "a<b",
                                          "a>b",
                                          "a|b",
                                          "a\\b",
                                          "a\tb",
                                          "a\x01",
                                          "dot.",
                                          "blank ",
                                          "...",
                                          "....txt.",
                                          "\xff",
                                          "\xc0\xaf",
                                          "\xe0\x81\x81",
                                          "\xf0\x80\x81\x81",
                                          "\xed\xa0\x80",
                                          "cut\xe2\x82",
                                          "\xf4\x90\x80\x80",
                                          std::string(256, 'x'),
                                          std::string("nul\0x", 5)};
  for (const std::string& name : names) {
    EXPECT_EQ((*opened)->write_file("/" + name, MemoryStore("x"), {}).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ((*opened)->make_folder("/" + name, {}).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ((*opened)->stat("/" + name).error().code(), ErrorCode::kNotFound);
  }
  EXPECT_TRUE((*opened)->list("/")->empty());
}

TEST(FatNames, HaveAliasesAsTheSpecificationMakesThem) {
  EXPECT_EQ(alias_of(u"longfilename.text"), "LONGFI~1TEX");
  EXPECT_EQ(alias_of(u"a b.c d"), "AB~1    CD ");
  EXPECT_EQ(alias_of(u".bashrc"), "BASHRC~1   ");
  EXPECT_EQ(alias_of(u"two.dots.txt"), "TWODOT~1TXT");
  EXPECT_EQ(alias_of(u"x+y"), "X_Y~1      ");
  EXPECT_EQ(alias_of(u" .x"), "_~1     X  ");
  std::set<fat::ShortName> taken;
  for (int i = 0; i < 10; ++i) taken.insert(*fat::make_alias(u"longfilename", taken));
  EXPECT_EQ(alias_of(u"longfilename", taken), "LONGF~11   ");
}

// The sum of "FOO     BAR" by hand: fatgen103's ChkSum(), which rotates right and adds.
TEST(FatNames, ChecksumMatchesTheSpecification) {
  fat::ShortName name{};
  std::ranges::copy(std::string_view("FOO     BAR"), name.begin());
  unsigned sum = 0;
  for (const std::uint8_t c : name) sum = ((((sum & 1) != 0 ? 0x80U : 0U) + (sum >> 1)) + c) & 0xff;
  EXPECT_EQ(fat::short_name_checksum(name), sum);
}

TEST(FatNames, ThousandsOfAliasesStayApart) {
  FatDisk disk("-F 32 -s 1", 40 * kMiB);
  auto opened = open_fat(disk.store(), kClock);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->make_folder("/many", {}).ok());
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE((*opened)->write_file("/many/a rather long name " + std::to_string(i), MemoryStore("x"), {}).ok());
  }
  ASSERT_TRUE((*opened)->close().ok());
  disk.save();
  EXPECT_EQ(disk.fsck().status, 0) << disk.fsck().output;
  EXPECT_EQ(disk.tree().size(), 301U);
}

}  // namespace
}  // namespace kraken
