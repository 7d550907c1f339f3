#include "burn/receipt.h"

#include <array>
#include <cstdio>

#include "sys/clock.h"
#include "sys/files.h"

namespace kraken {

namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

std::string octal_mode(std::uint32_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777U));
  return text.data();
}

Json edit_json(const ReceiptEdit& edit) {
  Json json = Json::object();
  json.set("path", edit.path);
  json.set("size", edit.size);
  json.set("mode", octal_mode(edit.mode));
  const bool is_secret = edit.secrecy == EditSecrecy::kSecret;
  json.set("secret", is_secret);
  if (!is_secret) json.set("sha256", text_or_null(edit.sha256));
  return json;
}

Json base_json(const Receipt& receipt) {
  Json json = Json::object();
  json.set("name", receipt.base_name);
  json.set("sha256", receipt.base_sha256);
  json.set("file_sha256", text_or_null(receipt.base_file_sha256));
  return json;
}

Json image_json(const BurnReport& burn) {
  Json json = Json::object();
  json.set("size", burn.image_size);
  json.set("sha256", burn.image_sha256);
  json.set("written_sha256", burn.sha256_written);
  return json;
}

Json target_json(const Receipt& receipt) {
  Json json = Json::object();
  json.set("kind", receipt.target_kind == TargetKind::kFile ? "file" : "device");
  json.set("name", receipt.target_name);
  json.set("model", text_or_null(receipt.target_model));
  json.set("serial", text_or_null(receipt.target_serial));
  return json;
}

Json verification_json(const Receipt& receipt) {
  Json json = Json::object();
  const bool read_back = receipt.verify == VerifyMode::kReadBack;
  json.set("method", read_back ? "read-back" : "none");
  json.set("result", read_back ? "identical" : "not verified");
  json.set("bytes", receipt.burn.verified);
  json.set("seconds", receipt.burn.seconds_verify);
  return json;
}

}  // namespace

Json receipt_json(const Receipt& receipt) {
  Json node = Json::object();
  node.set("id", receipt.node_id);
  node.set("name", receipt.node_name);
  Json writing = Json::object();
  writing.set("bytes", receipt.burn.written);
  writing.set("seconds", receipt.burn.seconds_write);
  writing.set("compared_bytes", receipt.burn.compared);
  writing.set("early_bytes", receipt.burn.early);
  Json edits = Json::array();
  for (const auto& edit : receipt.edits) edits.push_back(edit_json(edit));

  Json json = Json::object();
  json.set("format", kReceiptFormat);
  json.set("version", kReceiptVersion);
  json.set("tool", receipt.tool);
  json.set("node", std::move(node));
  json.set("cluster", receipt.cluster);
  json.set("base", base_json(receipt));
  json.set("image", image_json(receipt.burn));
  json.set("target", target_json(receipt));
  json.set("started", format_utc(receipt.started));
  json.set("finished", format_utc(receipt.finished));
  json.set("written", std::move(writing));
  json.set("verification", verification_json(receipt));
  json.set("edits", std::move(edits));
  return json;
}

Status write_receipt(const Receipt& receipt, const std::filesystem::path& path) {
  return write_file_atomically(path, format_json(receipt_json(receipt)), 0600).with_context("receipt");
}

}  // namespace kraken
