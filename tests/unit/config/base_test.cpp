#include <gtest/gtest.h>

#include "config/reader.h"
#include "support/config_files.h"

namespace kraken {
namespace {

using test::changed;
using test::ConfigFiles;

Result<BaseDescription> read_base(const ConfigFiles& files, const std::string& name) {
  return read_base_description(name, files.path(), {});
}

TEST(Base, ThatIsBuilt) {
  const ConfigFiles files;
  const auto base = read_base(files, "tiny");
  ASSERT_TRUE(base.ok()) << base.error().what();
  EXPECT_EQ(base->name, "tiny");
  EXPECT_EQ(base->architecture, "arm64");
  EXPECT_EQ(base->file, files.path() / "profiles/bases/tiny.yaml");
  const auto& build = std::get<BaseBuild>(base->how);
  EXPECT_EQ(build.suite, "bookworm");
  EXPECT_EQ(build.components, std::vector<std::string>{"main"});
  EXPECT_EQ(build.boot_size, 64 * kMiB);
  EXPECT_EQ(build.clock, 1'767'225'600) << "date -u -d 2026-01-01T00:00:00Z +%s";
}

TEST(Base, ThatExtendsAnother) {
  const ConfigFiles files;
  files.put("profiles/bases/b.yaml",
            "name: b\ndescription: d\nextends: tiny\nbuild: {root_size: 1GiB, add_packages: [docker.io, udev]}\n");
  files.put("profiles/bases/c.yaml", "name: c\ndescription: d\nextends: b\nbuild: {add_packages: [k3s-x]}\n");
  files.put("profiles/bases/d.yaml",
            "name: d\ndescription: d\nextends: c\nbuild: {packages: [one], components: [main, contrib]}\n");
  const auto packages = [&](const std::string& name) {
    const auto base = read_base(files, name);
    return base.ok() ? std::get<BaseBuild>(base->how).packages : std::vector<std::string>{base.error().what()};
  };
  EXPECT_EQ(packages("b"), (std::vector<std::string>{"udev", "docker.io"}));
  EXPECT_EQ(packages("c"), (std::vector<std::string>{"udev", "docker.io", "k3s-x"}));
  EXPECT_EQ(packages("d"), std::vector<std::string>{"one"});
  const auto base = read_base(files, "b");
  EXPECT_EQ(std::get<BaseBuild>(base->how).root_size, kGiB);
  EXPECT_EQ(base->description, "d");
}

TEST(Base, ThatIsDownloaded) {
  const ConfigFiles files;
  const std::string digest(64, 'C');
  files.put("profiles/bases/r.yaml",
            "name: r\ndescription: d\narchitecture: armhf\ndownload: {url: 'https://x.org/a.xz', sha256: " + digest +
                ", image_size: 3GiB, source: page}\n");
  const auto base = read_base(files, "r");
  ASSERT_TRUE(base.ok()) << base.error().what();
  const auto& download = std::get<BaseDownload>(base->how);
  EXPECT_EQ(download.sha256, std::string(64, 'c'));
  EXPECT_FALSE(download.image_sha256);
  EXPECT_EQ(download.image_size, 3 * kGiB);
}

TEST(Base, ThatIsNotKnownNamesTheKnown) {
  const ConfigFiles files;
  for (const std::string name : {"tinny", "../bases/tiny", "", "tiny\n"}) {
    const auto base = read_base(files, name);
    ASSERT_FALSE(base.ok());
    EXPECT_EQ(base.error().code(), ErrorCode::kNotFound);
    EXPECT_NE(base.error().what().find("there are: tiny"), std::string::npos) << base.error().what();
  }
}

struct Mistake {
  const char* name;
  const char* from;
  const char* to;
  const char* error;
};

class WrongBase : public testing::TestWithParam<Mistake> {};

TEST_P(WrongBase, IsToldWithItsPlace) {
  const ConfigFiles files;
  files.put("profiles/bases/tiny.yaml", changed(test::kTinyBase, GetParam().from, GetParam().to));
  const auto base = read_base(files, "tiny");
  ASSERT_FALSE(base.ok());
  EXPECT_EQ(base.error().code(), ErrorCode::kConfig);
  EXPECT_NE(base.error().what().find(std::string("tiny.yaml:") + GetParam().error), std::string::npos)
      << base.error().what();
  EXPECT_FALSE(read_cluster(files.cluster(), {}).ok()) << "a cluster on it is wrong as well";
}

constexpr Mistake kMistakes[] = {
    {"other_name", "name: tiny", "name: tinny", "1:7: name: expected \"tiny\", the file's own name"},
    {"no_architecture", "architecture: arm64\n", "", "1:1: the base: the key \"architecture\" is missing"},
    {"architecture", "arm64", "amd64", "3:15: architecture: expected one of arm64, armhf"},
    {"both",
     "build:", "download: {url: 'http://x', source: s}\nbuild:", "1:1: only one of build, download may be given"},
    {"neither",
     "build:\n  suite: bookworm\n  packages: [udev]\n  boot_size: 64MiB\n  root_size: 512MiB\n  clock: "
     "2026-01-01T00:00:00Z\n",
     "", "1:1: expected one of build and download, found neither"},
    {"no_suite", "  suite: bookworm\n", "", "5:3: build: the key \"suite\" is missing"},
    {"no_day", "2026-01-01", "2026-02-30", "9:10: build.clock: \"2026-02-30T00:00:00Z\" is no time of the calendar"},
    {"no_hour", "T00:", "T24:", "9:10: build.clock: \"2026-01-01T24:00:00Z\" is no time of the calendar"},
    {"before_fat", "2026-01-01", "1979-12-31", "9:10: build.clock: \"1979-12-31T00:00:00Z\" is out of what FAT holds"},
    {"after_fat", "2026-01-01", "2108-01-01", "9:10: build.clock: \"2108-01-01T00:00:00Z\" is out of what FAT holds"},
    {"package", "[udev]", "[Udev]", "6:14: build.packages[0]: expected a Debian package's name"},
    {"option_as_package", "[udev]", "['--yes']", "6:14: build.packages[0]: expected a Debian package's name"},
    {"option_as_suite", "suite: bookworm", "suite: --x", "5:10: build.suite: expected a release's name"},
    {"no_digest",
     "build:\n  suite: bookworm\n  packages: [udev]\n  boot_size: 64MiB\n  root_size: 512MiB\n  clock: "
     "2026-01-01T00:00:00Z\n",
     "download: {url: 'https://x', source: y}\n", "4:11: download: give sha256"},
    {"file_url",
     "build:\n  suite: bookworm\n  packages: [udev]\n  boot_size: 64MiB\n  root_size: 512MiB\n  clock: "
     "2026-01-01T00:00:00Z\n",
     "download: {url: 'file:///etc/passwd', source: y, sha256: 'x'}\n",
     "4:17: download.url: expected an http or https address"},
};

INSTANTIATE_TEST_SUITE_P(All, WrongBase, testing::ValuesIn(kMistakes),
                         [](const auto& given) { return std::string(given.param.name); });

}  // namespace
}  // namespace kraken
