// A node of a cluster that kubeadm makes, with containerd on cgroup v2 and fakes for all that it asks; what differs is
// the test's to say.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "contract/node_pki.h"
#include "contract/node_secrets.h"
#include "facts/facts.h"
#include "run/first_boot.h"
#include "steps/registry.h"
#include "support/fake_broker.h"
#include "support/fake_engine.h"
#include "support/fake_kubeadm.h"
#include "support/fake_network.h"
#include "support/fake_system.h"
#include "support/node_records.h"
#include "support/temp_folder.h"
#include "support/who.h"

namespace kraken::test {

inline NodeRecord kubeadm_record_of(Who who) {
  NodeRecord record = kubeadm_record();
  record.hosts[1].role = "manager";
  record.join->managers = {record.hosts[0].address, record.hosts[1].address};
  record.join->kubeadm->ca_hash = cluster_authority().hash;
  const RecordHost& host = record.hosts[static_cast<std::size_t>(who)];
  record.node = {host.id, host.name, host.role, host.role, {{"disk", "sd"}}};
  record.network.address = host.address;
  return record;
}

class KubeadmNode {
 public:
  explicit KubeadmNode(Who who = Who::kWorker) : record(kubeadm_record_of(who)), kubeadm(folder.path()) {
    kubeadm.attach(system);
    kubeadm.is_manager = record.node.role == kManagerRole;
    for (const char* program : {"kubeadm", "kubelet", "kubectl", "containerd"}) {
      kubeadm.put("/usr/bin/" + std::string(program), "");
    }
    kubeadm.put("/proc/meminfo", "MemTotal:         929876 kB\nMemFree: 1 kB\n");
    kubeadm.put("/sys/devices/system/cpu/online", "0-3\n");
    kubeadm.put("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
    kubeadm.put("/proc/self/mountinfo", "31 24 179:1 / /boot/firmware rw,relatime - vfat /dev/mmcblk0p1 rw\n");
    kubeadm.put(kNodeRecordPath, format_node_record(record));
    std::filesystem::create_directories(below(folder.path(), "/boot/firmware"));
    start();
    put_secrets();
    if (kubeadm.is_manager) put_authorities();
    broker.answers = [this](Ipv4 /*manager*/, const Question& question) -> Result<Answer> {
      Answer answer;
      answer.kind = question.kind == Question::Kind::kReport ? Answer::Kind::kTaken : Answer::Kind::kTime;
      answer.time = manager_clock;
      return answer;
    };
    ports.listens = [this](const TcpAddress& peer) { return plane_is_up && peer.address == record.hosts[0].address; };
    plane_is_up = who != Who::kFirst;
  }

  // What systemd does at boot.
  void start() const { kubeadm.put("/run/containerd/containerd.sock", ""); }
  void reboot() const {
    std::filesystem::remove_all(below(folder.path(), "/run"));
    start();
  }
  void put_secrets() const {
    NodeSecrets secrets;
    secrets.join_key = SecretBytes(kJoinKeySize);
    secrets.bootstrap_token = token_of(record.node.id);
    for (const RecordHost& host : record.hosts) {
      if (kubeadm.is_manager && host.id != record.node.id) secrets.bootstrap_tokens.emplace(host.id, token_of(host.id));
    }
    const SecretBytes text = format_node_secrets(secrets);
    EXPECT_TRUE(write_file_atomically(below(folder.path(), kNodeSecretsPath), as_text(text.view()), 0600).ok());
  }
  void put_authorities() const {
    for (const NodePkiFile& file : kNodePkiFiles) {
      const bool is_ca = file.name == "ca.crt";
      kubeadm.put(std::string(kNodePkiFolder) + "/" + std::string(file.name),
                  is_ca ? cluster_authority().certificate : "secret of " + std::string(file.name));
    }
  }
  static SecretBytes token_of(std::uint32_t node) {
    const std::string text = "abcde" + std::string(1, static_cast<char>('a' + node)) + ".0123456789abcdef";
    return SecretBytes(as_bytes(text));
  }

  Steps steps() { return cluster_steps({engine, broker, ports, folder.path()}); }
  Facts facts() {
    Facts facts;
    facts.clock = system.now();
    facts.kubernetes = gather_kubernetes(folder.path(), record, system, &engine);
    return facts;
  }
  Check check(std::string_view name = "kubernetes") {
    const Steps all = steps();
    return find(all, name).check(facts(), record);
  }
  Status apply(std::string_view name = "kubernetes") {
    const Steps all = steps();
    return find(all, name).apply(facts(), record, system);
  }
  static const Step& find(const Steps& steps, std::string_view name) {
    return **std::ranges::find(steps, name, [](const auto& step) { return step->name(); });
  }
  // The last run of a boot.
  Outcome boot() {
    const Steps all = steps();
    FakeNetwork network;
    FirstBoot first_boot({.root = folder.path(), .record = below(folder.path(), kNodeRecordPath)},
                         {system, network, nullptr, &engine}, all);
    return first_boot.run();
  }
  void settle(SettledKubernetes::State state) const {
    kubeadm.put(kSettledKubernetesPath, format_settled_kubernetes({state, cluster_authority().hash, "", false, false}));
  }
  std::optional<SettledKubernetes> settled() const { return read_settled_kubernetes(folder.path()); }

  TempFolder folder;
  NodeRecord record;
  FakeKubeadm kubeadm;
  FakeSystem system{folder.path(), kNow};
  FakeEngine engine{"kraken-3"};
  FakeBroker broker;
  FakePorts ports;
  UnixTime manager_clock = kNow;
  bool plane_is_up = true;
};

}  // namespace kraken::test
