// The receipt of a burn: what was written where, from which base, with which edits, and how it was verified. It holds
// no secret: an edit that carries one is named, but neither its content nor its hash (a hash of a short secret is a
// secret).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "burn/writer.h"
#include "json/json.h"

namespace kraken {

enum class TargetKind { kFile, kDevice };

enum class EditSecrecy { kPublic, kSecret };

// One file, link or folder that the image has and its base has not, or has otherwise.
struct ReceiptEdit {
  std::string path;    // inside the image, absolute
  std::string sha256;  // of the content, in hex; empty for what has none. Never shown for a secret
  Bytes size = 0;
  std::uint32_t mode = 0;  // permission bits; shown as four octal digits
  EditSecrecy secrecy = EditSecrecy::kPublic;
};

struct Receipt {
  std::string tool;  // "kraken-image 0.1.0"
  int node_id = 0;
  std::string node_name;
  std::string cluster;
  std::string base_name;
  std::string base_sha256;       // of the decoded image
  std::string base_file_sha256;  // of the file as it was given; empty when unknown
  TargetKind target_kind = TargetKind::kFile;
  std::string target_name;
  std::string target_model;   // a device's vendor and model; empty for a file
  std::string target_serial;  // a card's CID or a disk's serial number; empty when unknown
  BurnReport burn;
  VerifyMode verify = VerifyMode::kReadBack;
  std::chrono::sys_seconds started;
  std::chrono::sys_seconds finished;
  std::vector<ReceiptEdit> edits;
};

inline constexpr std::string_view kReceiptFormat = "kraken-receipt";
inline constexpr int kReceiptVersion = 1;

Json receipt_json(const Receipt& receipt);

// Replaces the file as a whole, mode 0600. Fails as write_file_atomically does; folders of the path must exist.
Status write_receipt(const Receipt& receipt, const std::filesystem::path& path);

}  // namespace kraken
