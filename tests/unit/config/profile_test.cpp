#include <gtest/gtest.h>

#include "config/reader.h"
#include "support/config_files.h"

namespace kraken {
namespace {

using test::changed;
using test::ConfigFiles;

std::string error_of(const ConfigFiles& files) {
  const auto cluster = read_cluster(files.cluster(), {});
  return cluster.ok() ? "(no error)" : cluster.error().what();
}

std::vector<std::string> texts(const std::vector<Sourced<std::string>>& list) {
  std::vector<std::string> result;
  for (const auto& entry : list) result.push_back(entry.value);
  return result;
}

TEST(Profile, InheritsOverridesAndAppends) {
  const ConfigFiles files;
  const auto cluster = read_cluster(files.cluster(), {});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  const Profile& big = cluster->find_node(1)->profile;
  EXPECT_EQ(big.name, "big");
  EXPECT_EQ(big.description.value, "") << "a description is about one profile";
  EXPECT_EQ(big.role.value, Role::kManager);
  EXPECT_EQ(big.card_min_size.value, 29 * kGiB);
  EXPECT_FALSE(big.root_size.value.bytes);
  EXPECT_EQ(big.root_size.origin.text(), (files.path() / "profiles/worker.yaml:3:36").string());
  EXPECT_EQ(big.nic.primary.value, NicPrimary::kUsbGigabit);
  EXPECT_EQ(std::get<bool>(big.tuning.at("rps").value), false);
  EXPECT_EQ(big.tuning.at("rps").origin.text(), (files.path() / "profiles/big.yaml:4:15").string());
  EXPECT_EQ(std::get<std::int64_t>(big.tuning.at("tx_queue_length").value), 2000);
  EXPECT_EQ(std::get<bool>(big.tuning.at("swap_off").value), false);
  EXPECT_EQ(big.tuning.count("eee_off"), 0U);
  EXPECT_EQ(texts(big.overlays), (std::vector<std::string>{"host", "extra"}));
  EXPECT_EQ(texts(big.config_txt), (std::vector<std::string>{"gpu_mem=16", "dtparam=act_led_trigger=heartbeat"}));
  EXPECT_EQ(texts(big.cmdline_add), (std::vector<std::string>{"cgroup_enable=memory", "splash"}));
  EXPECT_EQ(texts(big.cmdline_remove), (std::vector<std::string>{"quiet"}));
}

TEST(Profile, HasDefaultsWhenItSaysNothing) {
  const ConfigFiles files;
  files.put("profiles/worker.yaml", "role: worker\n");
  files.put("profiles/big.yaml", "role: manager\nnic: {primary: onboard}\n");
  const auto cluster = read_cluster(files.cluster(), {});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  const Profile& worker = cluster->find_node(2)->profile;
  EXPECT_EQ(worker.nic.primary.value, NicPrimary::kUsbGigabit);
  EXPECT_TRUE(worker.nic.primary.origin.is_default());
  EXPECT_FALSE(worker.card_min_size.value);
  const Profile& big = cluster->find_node(1)->profile;
  EXPECT_EQ(big.nic.fallback.value, NicFallback::kNone) << "nothing is left to fall back to";
  EXPECT_EQ(big.nic.mode.value, NicMode::kSingle);
}

TEST(Profile, RemovesByKey) {
  const ConfigFiles files;
  files.put("profiles/big.yaml", "extends: worker\nrole: manager\nboot: {cmdline: {remove: [cgroup_enable]}}\n");
  const auto cluster = read_cluster(files.cluster(), {});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(texts(cluster->find_node(1)->profile.cmdline_add), (std::vector<std::string>{"quiet"}));
  EXPECT_EQ(texts(cluster->find_node(1)->profile.cmdline_remove),
            (std::vector<std::string>{"splash", "cgroup_enable"}));
}

struct Mistake {
  const char* name;
  const char* from;
  const char* to;
  const char* error;
};

class WrongProfile : public testing::TestWithParam<Mistake> {};

TEST_P(WrongProfile, IsToldWithItsPlace) {
  const ConfigFiles files;
  files.put("profiles/worker.yaml", changed(test::kWorker, GetParam().from, GetParam().to));
  const std::string error = error_of(files);
  EXPECT_NE(error.find(files.path().string() + "/profiles/worker.yaml:" + GetParam().error), std::string::npos)
      << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 0) << error;
}

constexpr Mistake kMistakes[] = {
    {"tuning_name", "rps:", "rsp:", "5:10: unknown key \"rsp\" in tuning; did you mean \"rps\"?"},
    {"tuning_value", "rps: true", "rps: 3", "5:15: tuning.rps: expected true or false, found \"3\""},
    {"queue_true", "tx_queue_length: 2000", "tx_queue_length: true",
     "5:38: tuning.tx_queue_length: expected false or a whole number from 1 to 100000, found \"true\""},
    {"queue_negative", "tx_queue_length: 2000", "tx_queue_length: -1",
     "5:38: tuning.tx_queue_length: expected false or"},
    {"role", "role: worker", "role: master", "2:7: role: expected one of manager, worker, found \"master\""},
    {"size", "14GiB", "14Gib", "3:18: card.min_size: expected a size like 512MiB"},
    {"root_size", "fill", "full", "3:36: card.root_size: expected fill or a size"},
    {"root_over_card", "fill", "14500MiB",
     "3:36: card.root_size: 14.1 GiB do not fit on a card of card.min_size (14 GiB"},
    {"root_of_the_whole_card", "fill", "14GiB",
     "3:36: card.root_size: 14 GiB do not fit on a card of card.min_size (14 GiB"},
    {"nic", "usb-gigabit", "usb", "4:16: nic.primary: expected one of usb-gigabit, onboard, auto, found \"usb\""},
    {"nic_fallback", "primary: usb-gigabit", "primary: onboard",
     "4:35: nic.fallback: the onboard interface is the primary one already"},
    {"nic_mode", "fallback: onboard", "fallback: none", "4:51: nic.mode: failover needs a fallback"},
    {"missing_overlay", "[host]", "[hosts]",
     "6:12: there is no overlay \"hosts\"; did you mean \"host\"?; there are: extra, host"},
    {"overlay_path", "[host]", "[../host]", "6:12: overlays[0]: expected a name of letters"},
    {"cmdline_blank", "quiet", "'a b'", "8:41: boot.cmdline.add[1]: expected a word of cmdline.txt"},
    {"cmdline_newline", "quiet", "\"a\\nb\"", "8:41: boot.cmdline.add[1]: expected a word of cmdline.txt"},
    {"cmdline_root", "quiet", "root=/dev/sda", "8:41: boot.cmdline.add[1]: expected a word of cmdline.txt"},
    {"cmdline_init", "[splash]", "[init]", "8:58: boot.cmdline.remove[0]: expected a word of cmdline.txt"},
    {"cmdline_both", "[splash]", "[quiet]", "8:41: boot.cmdline.add: \"quiet\" is also removed, at "},
    {"config_section", "\"gpu_mem=16\"", "\"[pi4]\"", "9:12: boot.config[0]: expected a line of config.txt"},
    {"config_newline", "\"gpu_mem=16\"", "\"gpu_mem=16\\n[pi4]\"",
     "9:12: boot.config[0]: expected a line of config.txt"},
    {"config_cmdline", "\"gpu_mem=16\"", "cmdline=x.txt", "9:12: boot.config[0]: expected a line of config.txt"},
    {"extends_unknown", "description", "extends: wroker\ndescription",
     "1:10: there is no profile \"wroker\"; did you mean \"worker\"?"},
    {"extends_itself", "description", "extends: worker\ndescription",
     "1:10: extends goes round in a circle: worker -> worker"},
    {"not_yaml", "role: worker", "role: [", "4:1: not YAML: end of sequence flow not found"},
};

INSTANTIATE_TEST_SUITE_P(All, WrongProfile, testing::ValuesIn(kMistakes),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(Profile, ShowsTheCircleOfExtends) {
  const ConfigFiles files;
  files.put("profiles/worker.yaml", "extends: mid\n");
  files.put("profiles/mid.yaml", "extends: big\n");
  EXPECT_EQ(error_of(files), (files.path() / "profiles/big.yaml").string() +
                                 ":1:10: extends goes round in a circle: worker -> mid -> big -> worker; take one "
                                 "extends out");
}

TEST(Profile, FollowsNoEndlessChain) {
  const ConfigFiles files;
  for (int i = 0; i < 40; ++i) {
    files.put("profiles/p" + std::to_string(i) + ".yaml", "extends: p" + std::to_string(i + 1) + "\n");
  }
  files.put("profiles/p40.yaml", "role: manager\n");
  files.put("cluster.yaml", changed(test::kCluster, "profile: big", "profile: p0"));
  EXPECT_NE(error_of(files).find("extends goes deeper than 16 files"), std::string::npos) << error_of(files);
}

TEST(Overlay, IsReadWithItsRules) {
  const ConfigFiles files;
  files.put("overlays/host/overlay.yaml",
            "description: d\nfiles:\n"
            "  - {path: 'rootfs/etc/*', template: true, mode: \"4755\", owner: 1000, group: root}\n"
            "  - {path: rootfs/etc/motd}\n");
  const auto overlay = read_overlay({"host", {}}, {files.path() / "none", files.path() / "overlays"});
  ASSERT_TRUE(overlay.ok()) << overlay.error().what();
  EXPECT_EQ(overlay->folder, files.path() / "overlays/host");
  EXPECT_EQ(overlay->description, "d");
  ASSERT_EQ(overlay->rules.size(), 2U);
  EXPECT_EQ(overlay->rules[0].mode, 04755U);
  EXPECT_EQ(overlay->rules[0].uid, 1000U);
  EXPECT_EQ(overlay->rules[0].gid, 0U);
  EXPECT_TRUE(overlay->rules[0].is_template);
  EXPECT_FALSE(overlay->rules[1].mode);
  EXPECT_FALSE(overlay->rules[1].uid);
  EXPECT_EQ(overlay->rules[1].origin.line, 4);
}

TEST(Overlay, HasNothingThatWouldBeIgnored) {
  const ConfigFiles files;
  files.put("overlays/host/README.md", "what it is for\n");
  files.put("overlays/host/.git/config", "");
  EXPECT_EQ(error_of(files), "(no error)");
  files.put("overlays/host/bot/config.txt", "");
  EXPECT_NE(error_of(files).find("worker.yaml:6:12: the overlay \"host\" has \"bot\""), std::string::npos)
      << error_of(files);
  EXPECT_NE(error_of(files).find("did you mean \"boot\"?"), std::string::npos) << error_of(files);
  std::filesystem::remove_all(files.path() / "overlays/host/bot");
  files.put("overlays/host/overlay.yml", "");
  EXPECT_NE(error_of(files).find("did you mean \"overlay.yaml\"?"), std::string::npos) << error_of(files);
  std::filesystem::remove(files.path() / "overlays/host/overlay.yml");
  files.put("overlays/host/etc/motd", "");
  EXPECT_NE(error_of(files).find("has \"etc\""), std::string::npos) << error_of(files);
}

TEST(Overlay, TellsMistakes) {
  const ConfigFiles files;
  const auto error = [&](const std::string& rule) {
    files.put("overlays/host/overlay.yaml", "files:\n  - " + rule + "\n");
    return error_of(files);
  };
  EXPECT_NE(
      error("{path: rootfs/etc/motd, mode: 0644}").find("overlay.yaml:2:35: files[0].mode: expected a mode in octal"),
      std::string::npos);
  EXPECT_NE(error("{path: rootfs/etc/motd, mode: \"0844\"}").find("found \"0844\""), std::string::npos);
  EXPECT_NE(error("{path: rootfs/etc/mott}").find("has no file \"rootfs/etc/mott\"; did you mean \"rootfs/etc/motd\"?"),
            std::string::npos);
  EXPECT_NE(error("{path: rootfs/../motd}").find("has . or .. in it"), std::string::npos);
  EXPECT_NE(error("{path: /etc/motd}").find("expected a path like rootfs/etc/motd"), std::string::npos);
  EXPECT_NE(error("{path: rootfs/etc/motd, owner: pi}").find("files[0].owner: expected root or a whole number"),
            std::string::npos);
  EXPECT_NE(error("{path: rootfs/etc/motd, owner: 4294967295}").find("files[0].owner: expected root"),
            std::string::npos);
  std::filesystem::remove_all(files.path() / "overlays/host/rootfs");
  EXPECT_NE(error_of(files).find("has neither a folder rootfs nor a folder boot"), std::string::npos);
}

}  // namespace
}  // namespace kraken
