#include "kubernetes/runtime_config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_folder.h"

namespace kraken {
namespace {

// What containerd itself makes of the file.
std::string dump(const std::string& config) {
  const test::TempFolder folder;
  std::ofstream(folder / "config.toml", std::ios::binary) << config;
  const test::Ran ran = test::run("containerd --config " + (folder / "config.toml").string() + " config dump 2>&1");
  EXPECT_EQ(ran.status, 0) << ran.output << config;
  return ran.output;
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

// As the packages bring them, and as people write them.
constexpr const char* kDebian =
    "version = 2\n\n[plugins]\n  [plugins.\"io.containerd.grpc.v1.cri\"]\n"
    "    [plugins.\"io.containerd.grpc.v1.cri\".cni]\n      bin_dir = \"/usr/lib/cni\"\n"
    "      conf_dir = \"/etc/cni/net.d\"\n  [plugins.\"io.containerd.internal.v1.opt\"]\n"
    "    path = \"/var/lib/containerd\"\n";
constexpr const char* kDockers =
    "#   Copyright\ndisabled_plugins = [\"cri\"]\n\n#root = \"/var/lib/containerd\"\n#[grpc]\n#  uid = 0\n";
constexpr const char* kSwitchedOff =
    "version = 2\ndisabled_plugins = [\n  \"io.containerd.grpc.v1.cri\",\n  \"io.containerd.snapshotter.v1.btrfs\" ]\n"
    "[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc]\n  runtime_type = 'io.containerd.runc.v2'\n"
    "  [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]\n    SystemdCgroup = false # why\n"
    "    BinaryName = \"/usr/bin/runc\"\n";
constexpr const char* kWithoutKey =
    "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
    "  runtime_type = \"io.containerd.runc.v2\"\n"
    "  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n    BinaryName = \"/usr/bin/runc\"\n";
constexpr const char* kNamedFirst = "version = 1\n[plugins]\n  [plugins.cri]\n    enable_tls_streaming = false\n";
constexpr const char* kFirstFormat = "[plugins.cri]\n  stream_server_port = \"0\"\n";

TEST(ContainerdConfig, EveryFileGetsTheDriverAndContainerdReadsIt) {
  for (const std::string text : {"", kDebian, kDockers, kSwitchedOff, kWithoutKey, kNamedFirst, kFirstFormat}) {
    EXPECT_FALSE(has_systemd_cgroup(text)) << text;
    const std::string wanted = wanted_containerd_config(text, CgroupDriver::kSystemd);
    EXPECT_TRUE(has_systemd_cgroup(wanted)) << wanted;
    EXPECT_EQ(wanted_containerd_config(wanted, CgroupDriver::kSystemd), wanted) << "nothing is missing then";
    const std::string made_of_it = dump(wanted);
    EXPECT_TRUE(says(made_of_it, "SystemdCgroup = true")) << text << "\n->\n" << made_of_it;
    EXPECT_FALSE(says(made_of_it, "SystemdCgroup = false")) << text;
    EXPECT_TRUE(says(made_of_it, "runtime_type = \"io.containerd.runc.v2\"")) << text;
    EXPECT_FALSE(says(made_of_it, "disabled_plugins = [\"cri\"")) << text;
  }
}

TEST(ContainerdConfig, WhatElseIsInItStays) {
  EXPECT_TRUE(says(dump(wanted_containerd_config(kDebian, CgroupDriver::kSystemd)), "bin_dir = \"/usr/lib/cni\""));
  const std::string switched_on = dump(wanted_containerd_config(kSwitchedOff, CgroupDriver::kSystemd));
  EXPECT_TRUE(says(switched_on, "disabled_plugins = [\"io.containerd.snapshotter.v1.btrfs\"]")) << switched_on;
  EXPECT_TRUE(says(switched_on, "BinaryName = \"/usr/bin/runc\""));
}

TEST(ContainerdConfig, WithoutCgroup2OnlyTheInterfaceIsSwitchedOn) {
  for (const std::string text : {"", kDebian, kWithoutKey, "disabled_plugins = []\n"}) {
    EXPECT_EQ(wanted_containerd_config(text, CgroupDriver::kAsItIs), text);
  }
  EXPECT_TRUE(says(wanted_containerd_config(kDockers, CgroupDriver::kAsItIs), "disabled_plugins = []\n"));
}

TEST(ContainerdConfig, TheThirdFormatHasAnotherName) {
  const std::string wanted = wanted_containerd_config("version = 3\n", CgroupDriver::kSystemd);
  EXPECT_TRUE(says(wanted, "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]")) << wanted;
  EXPECT_TRUE(has_systemd_cgroup(wanted));
}

TEST(ContainerdConfig, TornTextsAreSurvived) {
  for (const std::string text : {"[", "disabled_plugins = [\"cri\"", "version =", "[plugins.\"io", "\"", "]=["}) {
    EXPECT_TRUE(has_systemd_cgroup(wanted_containerd_config(text, CgroupDriver::kSystemd))) << text;
  }
}

TEST(DockerConfig, GetsTheDriverAndKeepsTheRest) {
  EXPECT_TRUE(says(*docker_config_with_systemd(""), "\"native.cgroupdriver=systemd\""));
  const auto merged = docker_config_with_systemd(
      R"({"log-driver": "local", "exec-opts": ["native.cgroupdriver=cgroupfs", "other=1"], "mtu": 1400})");
  ASSERT_TRUE(merged.ok());
  EXPECT_TRUE(says(*merged, "\"log-driver\": \"local\""));
  EXPECT_TRUE(says(*merged, "\"other=1\""));
  EXPECT_FALSE(says(*merged, "cgroupfs"));
  EXPECT_EQ(*docker_config_with_systemd(*merged), *merged);
}

TEST(DockerConfig, WhatCannotBeUnderstoodIsLeftAlone) {
  for (const char* text : {"[]", "{", "{\"exec-opts\": \"x\"}", "{\"exec-opts\": [1]}", "nonsense"}) {
    EXPECT_FALSE(docker_config_with_systemd(text).ok()) << text;
  }
}

}  // namespace
}  // namespace kraken
