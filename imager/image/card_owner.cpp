#include "image/card_owner.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "block/read_only_store.h"
#include "block/window.h"
#include "cluster/ssh_host_keys.h"
#include "contract/node_record.h"
#include "disk/partition_table.h"
#include "fs/ext4/ext4_editor.h"
#include "fs/image_tree.h"
#include "json/json.h"

namespace kraken {

namespace {

constexpr std::string_view kMarkFormat = "kraken-update";
constexpr Bytes kMarkSize = 4 * kKiB;
constexpr Bytes kMaxKeyFile = 4 * kKiB;
constexpr std::uint32_t kMaxNodeId = 65535;

std::string text_at(const Json& document, std::string_view object, std::string_view key) {
  const Json* part = document.find(object);
  const Json* value = part == nullptr ? nullptr : part->find(key);
  return value == nullptr || value->as_string() == nullptr ? "" : *value->as_string();
}

// Names are other people's bytes, on their way to a terminal: nothing but what could be a name passes.
bool is_name(const std::string& name) {
  return is_plain_word(name, "-.", 253);
}

// Of the record no more is read than who the node is, so that cards of other versions are known too.
Result<CardNode> parse_owner(std::string_view text, std::string_view format) {
  KRAKEN_ASSIGN(const Json document, parse_json(text));
  const Json* kind = document.find("format");
  if (kind == nullptr || kind->as_string() == nullptr || *kind->as_string() != format) {
    return Error(ErrorCode::kCorrupt, "it is no " + std::string(format) + " file");
  }
  CardNode node;
  node.cluster = text_at(document, "cluster", "name");
  node.name = text_at(document, "node", "name");
  node.host_key = text_at(document, "node", "host_key");
  const Json* part = document.find("node");
  const Json* id = part == nullptr ? nullptr : part->find("id");
  if (id == nullptr || id->as_int() == nullptr || *id->as_int() < 1 || *id->as_int() > kMaxNodeId ||
      !is_name(node.cluster) || !is_name(node.name)) {
    return Error(ErrorCode::kCorrupt, "it does not say which node this is");
  }
  node.id = static_cast<std::uint32_t>(*id->as_int());
  return node;
}

// "ssh-ed25519 AAAA... root@kraken-3" without its comment.
std::string key_of(std::string_view file) {
  const std::size_t kind = file.find(' ');
  if (kind == std::string_view::npos) return "";
  return std::string(file.substr(0, file.find_first_of(" \n", kind + 1)));
}

Result<CardNode> read_volume(const BlockSource& volume) {
  ReadOnlyStore store(volume);
  KRAKEN_ASSIGN(const auto editor, open_ext4_to_look(store));
  ImageTree tree(*editor, nullptr, "");
  KRAKEN_ASSIGN(const std::string record, tree.read_file(kNodeRecordPath, kNodeRecordMaxSize));
  auto node = parse_owner(record, kNodeRecordFormat).with_context(kNodeRecordPath);
  if (!node.ok()) return node;
  KRAKEN_ASSIGN(const std::string key, tree.read_file(std::string(kSshHostKeyPath) + ".pub", kMaxKeyFile));
  node->host_key = key_of(key);
  return node;
}

// The first partition that holds a node. Some are no ext file systems, or hold no record: that is no failure.
Result<CardNode> search(const BlockSource& card, const PartitionTable& table) {
  std::optional<Error> damaged;
  for (const Partition& partition : table.partitions) {
    const auto window = SourceWindow::open(card, partition.start, partition.size);
    if (!window.ok()) continue;
    auto node = read_volume(*window);
    if (node.ok() || node.error().code() == ErrorCode::kIo) return node;
    const bool is_other = node.error().code() == ErrorCode::kUnsupported || node.error().code() == ErrorCode::kNotFound;
    if (!is_other && !damaged) damaged = node.error().with_context("partition " + std::to_string(partition.number));
  }
  if (damaged) return damaged->recode(ErrorCode::kCorrupt);
  return Error(ErrorCode::kNotFound, "no node of any cluster was found on it");
}

std::optional<CardNode> read_mark(const BlockSource& card) {
  std::array<std::byte, kMarkSize> bytes{};
  if (card.size() < kUpdateMarkPlace + kMarkSize || !card.read(kUpdateMarkPlace, bytes).ok()) return std::nullopt;
  const std::string_view text = as_text(bytes);
  const auto node = parse_owner(text.substr(0, text.find('\0')), kMarkFormat);
  return node.ok() ? std::optional(*node) : std::nullopt;
}

Error foreign(const std::string& why) {
  return Error(ErrorCode::kTargetRefused, why);
}

}  // namespace

std::vector<std::byte> format_update_mark(const CardNode& node) {
  Json json = Json::object();
  json.set("format", kMarkFormat);
  json.set("cluster", Json::Object{{"name", node.cluster}});
  json.set("node", Json::Object{{"id", std::int64_t{node.id}}, {"name", node.name}, {"host_key", node.host_key}});
  const std::string text = format_json_line(json);
  std::vector<std::byte> bytes(kMarkSize);
  std::ranges::copy(as_bytes(std::string_view(text).substr(0, kMarkSize - 1)), bytes.begin());
  return bytes;
}

Result<CardNode> find_card_node(const BlockSource& card, const BlockSource& image) {
  const auto table = read_partition_table(card);
  if (!table.ok() && table.error().code() == ErrorCode::kIo) return table.error();
  if (!table.ok()) return table.error().recode(ErrorCode::kCorrupt);
  if (table->kind != TableKind::kNone) return search(card, *table);
  if (const auto marked = read_mark(card)) return *marked;
  KRAKEN_ASSIGN(const PartitionTable wanted, read_partition_table(image));
  return search(card, wanted);
}

Status check_owner(const CardNode& found, const std::string& cluster, const ClusterSecrets& secrets) {
  const std::string node = "node " + std::to_string(found.id) + " (" + found.name + ")";
  if (found.cluster != cluster) return foreign("it holds " + node + " of the cluster " + found.cluster);
  KRAKEN_ASSIGN(const SshHostKey key, derive_ssh_host_key(secrets, {cluster, found.id, found.name}));
  if (key.public_key == found.host_key) return ok_status();
  return foreign("it holds " + node + " of a cluster that is called " + cluster +
                 " too, but has other secrets (its SSH host key is another one)");
}

}  // namespace kraken
