#include "plan/plan.h"

#include <gtest/gtest.h>

#include "contract/hosts_file.h"
#include "nic/switch_rule.h"
#include "steps/registry.h"
#include "support/node_records.h"
#include "system/utc.h"

namespace kraken {
namespace {

using test::sample_record;

// A node on which everything is as the record says.
Facts finished() {
  const NodeRecord record = sample_record();
  Facts facts;
  facts.clock = record.build.clock;
  facts.timesync_stamp = record.build.clock;
  facts.kernel_host_name = record.node.name;
  facts.hostname_file = {TextFile::State::kPresent, record.node.name + "\n", ""};
  facts.hosts_file = {TextFile::State::kPresent, managed_hosts("", record), ""};
  facts.switch_rule = {TextFile::State::kPresent, switch_rule(), ""};
  facts.switch_unit = {TextFile::State::kPresent, std::string(switch_unit()), ""};
  facts.root.fs_type = "ext4";
  facts.root.device = "mmcblk0p2";
  facts.root.partition_size = 32 * kGiB;
  facts.root.ext4 = Ext4Geometry{.blocks = 8 * 1024 * 1024,
                                 .block_size = 4096,
                                 .blocks_per_group = 32768,
                                 .inode_table_blocks = 512,
                                 .descriptors_per_block = 128,
                                 .reserved_descriptor_blocks = 1024,
                                 .sparse_super = true};
  return facts;
}

struct Row {
  const char* what;
  const char* step;
  Action action;
  const char* reason;  // a part of it
  void (*change)(Facts&, NodeRecord&, Journal&);
};

const Row kRows[] = {
    {"finished", "clock-floor", Action::kNothing, "not behind 2026-11-18T11:06:40Z",
     [](Facts&, NodeRecord&, Journal&) {}},
    {"finished", "hostname", Action::kNothing, "knows 3 nodes", [](Facts&, NodeRecord&, Journal&) {}},
    {"finished", "grow-root", Action::kNothing, "fills mmcblk0p2", [](Facts&, NodeRecord&, Journal&) {}},
    {"clock behind", "clock-floor", Action::kApplyThisBoot, "is behind",
     [](Facts& f, NodeRecord&, Journal&) { f.clock -= 1; }},
    {"stamp behind", "clock-floor", Action::kApply, "timesyncd",
     [](Facts& f, NodeRecord&, Journal&) { *f.timesync_stamp -= 1; }},
    {"no timesyncd", "clock-floor", Action::kNothing, "",
     [](Facts& f, NodeRecord&, Journal&) { f.timesync_stamp.reset(); }},
    {"other name", "hostname", Action::kApply, "/etc/hostname is not kraken-3",
     [](Facts& f, NodeRecord&, Journal&) { f.hostname_file.content = "raspberrypi\n"; }},
    {"no name", "hostname", Action::kApply, "/etc/hostname",
     [](Facts& f, NodeRecord&, Journal&) { f.hostname_file = {}; }},
    {"no hosts", "hostname", Action::kApply, "/etc/hosts lacks",
     [](Facts& f, NodeRecord&, Journal&) { f.hosts_file = {}; }},
    {"unreadable hosts", "hostname", Action::kImpossible, "too large",
     [](Facts& f, NodeRecord&, Journal&) {
       f.hosts_file = {TextFile::State::kUnreadable, "", "too large"};
     }},
    {"one more node", "hostname", Action::kApply, "/etc/hosts lacks",
     [](Facts&, NodeRecord& r, Journal&) {
       r.hosts.push_back({"kraken-4", {0xc0a8030e}, "worker"});
     }},
    {"kernel lags", "hostname", Action::kApplyThisBoot, "running system",
     [](Facts& f, NodeRecord&, Journal&) { f.kernel_host_name = "raspberrypi"; }},
    {"small root", "grow-root", Action::kApply, "4 GiB of 32 GiB",
     [](Facts& f, NodeRecord&, Journal&) { f.root.ext4->blocks = 1024 * 1024; }},
    {"small root, not wanted", "grow-root", Action::kNothing, "switched off",
     [](Facts& f, NodeRecord& r, Journal&) {
       f.root.ext4->blocks = 1024 * 1024;
       r.grow_root = false;
     }},
    {"small root, read-only", "grow-root", Action::kImpossible, "read-only",
     [](Facts& f, NodeRecord&, Journal&) {
       f.root.ext4->blocks = 1024 * 1024;
       f.root.read_only = true;
     }},
    {"full root, read-only", "grow-root", Action::kNothing, "fills",
     [](Facts& f, NodeRecord&, Journal&) { f.root.read_only = true; }},
    {"small root with errors", "grow-root", Action::kImpossible, "e2fsck -f on /dev/mmcblk0p2",
     [](Facts& f, NodeRecord&, Journal&) {
       f.root.ext4->blocks = 1024 * 1024;
       f.root.ext4->has_errors = true;
     }},
    {"root over the partition", "grow-root", Action::kImpossible, "larger than its partition",
     [](Facts& f, NodeRecord&, Journal&) { f.root.partition_size = 31 * kGiB; }},
    {"root of another kind", "grow-root", Action::kImpossible, "btrfs",
     [](Facts& f, NodeRecord&, Journal&) { f.root.fs_type = "btrfs"; }},
    {"unknown root", "grow-root", Action::kImpossible, "not known: no such device",
     [](Facts& f, NodeRecord&, Journal&) {
       f.root.ext4.reset();
       f.root.problem = "no such device";
     }},
    {"finished", "adapter-rule", Action::kNothing, "switched whenever", [](Facts&, NodeRecord&, Journal&) {}},
    {"no rule", "adapter-rule", Action::kApply, "would stay one",
     [](Facts& f, NodeRecord&, Journal&) { f.switch_rule = {}; }},
    {"no unit", "adapter-rule", Action::kApply, "would stay one",
     [](Facts& f, NodeRecord&, Journal&) { f.switch_unit = {}; }},
    {"an older version's rule", "adapter-rule", Action::kApply, "would stay one",
     [](Facts& f, NodeRecord&, Journal&) { f.switch_rule.content += "#"; }},
    {"no adapter is used", "adapter-rule", Action::kNothing, "",
     [](Facts& f, NodeRecord& r, Journal&) {
       r.nic.primary = "onboard";
       f.switch_rule = {};
     }},
    {"journal says done", "grow-root", Action::kApply, "4 GiB",
     [](Facts& f, NodeRecord&, Journal& j) {
       f.root.ext4->blocks = 1024 * 1024;
       j.note_done("grow-root");
     }},
    {"journal says impossible", "grow-root", Action::kNothing, "",
     [](Facts&, NodeRecord&, Journal& j) { j.note_impossible("grow-root"); }},
    {"failed four times", "grow-root", Action::kApply, "",
     [](Facts& f, NodeRecord&, Journal& j) {
       f.root.ext4->blocks = 1024 * 1024;
       for (int i = 0; i < 4; ++i) j.note_failed("grow-root");
     }},
    {"failed five times", "grow-root", Action::kWait, "failed 5 times in succession or more",
     [](Facts& f, NodeRecord&, Journal& j) {
       f.root.ext4->blocks = 1024 * 1024;
       for (int i = 0; i < 5; ++i) j.note_failed("grow-root");
     }},
    {"failed often, now done", "grow-root", Action::kNothing, "",
     [](Facts&, NodeRecord&, Journal& j) {
       for (int i = 0; i < 9; ++i) j.note_failed("grow-root");
     }},
};

TEST(Plan, FollowsFromFactsRecordAndJournal) {
  const Steps steps = early_steps();
  for (const Row& row : kRows) {
    Facts facts = finished();
    NodeRecord record = sample_record();
    Journal journal;
    row.change(facts, record, journal);
    for (const PlannedStep& planned : make_plan(steps, facts, record, journal)) {
      const bool about_this = planned.step->name() == row.step;
      if (about_this) {
        EXPECT_EQ(to_word(planned.action), to_word(row.action)) << row.what << ": " << planned.reason;
        EXPECT_NE(planned.reason.find(row.reason), std::string::npos) << row.what << ": " << planned.reason;
      } else {
        EXPECT_EQ(to_word(planned.action), to_word(Action::kNothing)) << row.what << ": " << planned.reason;
      }
    }
  }
}

TEST(Plan, KeepsTheOrderOfTheSteps) {
  const Steps steps = early_steps();
  std::vector<std::string> names;
  for (const PlannedStep& planned : make_plan(steps, finished(), sample_record(), {})) {
    names.emplace_back(planned.step->name());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"clock-floor", "hostname", "grow-root", "adapter-rule"}));
}

TEST(Utc, IsWrittenAsIso8601) {
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(951782400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(format_utc(2147483648), "2038-01-19T03:14:08Z");
  EXPECT_EQ(format_utc(253402300799), "9999-12-31T23:59:59Z");
}

}  // namespace
}  // namespace kraken
