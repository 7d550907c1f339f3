#include "cli/render_plan.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/render.h"
#include "crypto/digest.h"
#include "disk/partition_table.h"

namespace kraken {

namespace {

std::string octal(std::uint32_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
  return text.data();
}

std::string origin_cell(const Origin& origin) {
  return origin.is_default() ? "" : "(" + origin.text() + ")";
}

std::string owner(const Edit& edit) {
  return std::to_string(edit.attributes.uid) + ":" + std::to_string(edit.attributes.gid);
}

// "file    /etc/hosts  170 bytes, 0644, 0:0", then a line for each reason.
std::string edit_text(const Edit& edit) {
  constexpr std::size_t kWordWidth = 8;
  std::string word = edit_word(edit);
  word.resize(kWordWidth, ' ');
  std::string text = "  " + word + printable(edit.path);
  if (edit.kind == EditKind::kMakeLink) text += " -> " + printable(edit.target);
  if (edit.content) text += "  " + human_bytes(edit.content->size()) + ",";
  if (edit.kind == EditKind::kWriteFile || edit.kind == EditKind::kMakeFolder) {
    text += "  " + octal(edit.attributes.mode) + ", " + owner(edit);
  }
  if (edit.secrecy == Secrecy::kSecret) text += ", secret";
  for (const EditReason& reason : edit.reasons) {
    text += "\n" + std::string(2 + kWordWidth + 2, ' ') + printable(reason.text);
    if (!reason.origin.is_default()) text += "  (" + printable(reason.origin.text()) + ")";
  }
  return text + "\n";
}

Json reasons_json(const std::vector<EditReason>& reasons) {
  Json all = Json::array();
  for (const EditReason& reason : reasons) {
    Json one = Json::object();
    one.set("why", reason.text);
    one.set("origin", reason.origin.text());
    all.push_back(std::move(one));
  }
  return all;
}

Json edit_json(const Edit& edit) {
  Json json = Json::object();
  json.set("action", edit_word(edit));
  json.set("path", edit.path);
  if (edit.content) json.set("size", edit.content->size());
  if (const auto digest = edit_sha256(edit); digest.ok() && !digest->empty()) json.set("sha256", *digest);
  if (edit.kind == EditKind::kMakeLink) json.set("target", edit.target);
  if (edit.kind != EditKind::kRemove) {
    json.set("mode", octal(edit.attributes.mode));
    json.set("uid", std::int64_t{edit.attributes.uid});
    json.set("gid", std::int64_t{edit.attributes.gid});
  }
  json.set("secret", edit.secrecy == Secrecy::kSecret);
  json.set("reasons", reasons_json(edit.reasons));
  return json;
}

Json table_json(const TablePlan& table) {
  Json json = Json::object();
  json.set("old_disk_id", disk_id_text(table.old_disk_id));
  json.set("new_disk_id", disk_id_text(table.new_disk_id));
  json.set("root_partition", table.root_partition);
  json.set("old_root_size", table.old_root_size);
  json.set("new_root_size", table.new_root_size);
  json.set("origin", table.size_reason.origin.text());
  return json;
}

}  // namespace

std::string edit_word(const Edit& edit) {
  switch (edit.kind) {
    case EditKind::kWriteFile:
      return "file";
    case EditKind::kMakeFolder:
      return "folder";
    case EditKind::kMakeLink:
      return "link";
    case EditKind::kRemove:
      return "remove";
  }
  return "";
}

Result<std::string> edit_sha256(const Edit& edit) {
  if (edit.kind != EditKind::kWriteFile || edit.secrecy == Secrecy::kSecret) return std::string();
  Sha256 hash;
  std::vector<std::byte> buffer(kMiB);
  for (Bytes done = 0; done < edit.content->size();) {
    const auto piece = std::span(buffer).first(std::min<Bytes>(buffer.size(), edit.content->size() - done));
    KRAKEN_TRY(edit.content->read(done, piece));
    hash.update(piece);
    done += piece.size();
  }
  return hex_digest(hash.finish());
}

std::string plan_text(const NodePlan& plan, Bytes data) {
  const TablePlan& table = plan.table;
  std::string text = "node " + std::to_string(plan.node_id) + ", " + plan.node_name + ": " + plan.system + "\n";
  text += format_table({
      {"  image", human_bytes(plan.image_size) + ", of which " + human_bytes(data) + " are data",
       origin_cell(plan.image_size_origin)},
      {"  disk id", disk_id_text(table.old_disk_id) + " -> " + disk_id_text(table.new_disk_id),
       "(from cluster, node and base)"},
      {"  partition " + std::to_string(table.root_partition),
       human_bytes(table.old_root_size) + " -> " + human_bytes(table.new_root_size),
       origin_cell(table.size_reason.origin)},
  });
  text += "edits:\n";
  for (const Edit& edit : plan.edits) text += edit_text(edit);
  for (const std::string& warning : plan.warnings) text += "warning: " + printable(warning) + "\n";
  return text;
}

Json plan_json(const NodePlan& plan, Bytes data) {
  Json json = Json::object();
  json.set("format", "kraken-plan");
  json.set("version", 1);
  json.set("node", Json(Json::Object{{"id", Json(std::int64_t{plan.node_id})}, {"name", Json(plan.node_name)}}));
  json.set("system", plan.system);
  json.set("image_size", plan.image_size);
  json.set("image_size_origin", plan.image_size_origin.text());
  json.set("data_size", data);
  json.set("table", table_json(plan.table));
  Json edits = Json::array();
  for (const Edit& edit : plan.edits) edits.push_back(edit_json(edit));
  json.set("edits", std::move(edits));
  Json warnings = Json::array();
  for (const std::string& warning : plan.warnings) warnings.push_back(Json(warning));
  json.set("warnings", std::move(warnings));
  return json;
}

}  // namespace kraken
