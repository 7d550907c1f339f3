#include "image/node_image.h"

#include <algorithm>

#include "image/apply.h"
#include "image/hidden_edits.h"
#include "image/opened_image.h"
#include "image/plan_node.h"

namespace kraken {

namespace {

std::string name_of(const ClusterConfig& cluster) {
  if (const auto* file = std::get_if<FileBase>(&cluster.base.value)) return file->file.string();
  return std::get<NamedBase>(cluster.base.value).name;
}

Error for_base(const Error& error, const ClusterConfig& cluster) {
  switch (error.code()) {
    case ErrorCode::kBaseImage:
    case ErrorCode::kCorrupt:
    case ErrorCode::kUnsupported:
    case ErrorCode::kNoSpace:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
      return error.with_context("base image " + name_of(cluster)).recode(ErrorCode::kBaseImage);
    default:
      return error;
  }
}

Result<NodeImage> make(const CachedBase& base, const NodeInputs& inputs, const ImageSize& size) {
  KRAKEN_ASSIGN(const auto opened, OpenedImage::open(base.image, size.bytes, inputs.clock));
  NodeImage result;
  KRAKEN_ASSIGN(result.plan, plan_node(*opened, inputs, size));
  KRAKEN_TRY(apply_edits(result.plan.edits, opened->tree()));
  KRAKEN_TRY(refuse_hidden_edits(result.plan.edits, opened->os(), opened->tree()));
  KRAKEN_TRY(opened->close_file_systems());
  const TablePlan& table = result.plan.table;
  KRAKEN_TRY(opened->edit_table({table.new_disk_id, TableEdit::Resize{table.root_partition, table.new_root_size}}));
  result.image = opened->take_overlay();
  return result;
}

}  // namespace

ImageSize default_image_size(const NodeConfig& node, Bytes base_size) {
  const auto& minimum = node.profile.card_min_size;
  const Bytes wanted = std::max(base_size, minimum.value.value_or(0));
  if (node.card_size.value) {
    // A card sold as 32 GB has 31.3 or 31.9: the image must fit on all of them.
    constexpr Bytes kPercent = 95;
    const Bytes card = *node.card_size.value / 100 * kPercent;
    return {round_down(std::max(card, wanted), kMiB), node.card_size.origin};
  }
  if (wanted > base_size) return {wanted, minimum.origin};
  return {base_size, {}};
}

Status check_image_size(const ImageSize& size, const NodeConfig& node, Bytes base_size) {
  if (size.bytes < base_size) {
    return Error(ErrorCode::kInvalidArgument, size.origin.text() + ": " + human_bytes(size.bytes) +
                                                  " do not hold the base image of " + human_bytes(base_size));
  }
  const auto& minimum = node.profile.card_min_size;
  if (minimum.value && size.bytes < *minimum.value) {
    return Error(ErrorCode::kConfig, size.origin.text() + ": " + human_bytes(size.bytes) + " are less than the " +
                                         human_bytes(*minimum.value) + " that the profile " + node.profile.name +
                                         " asks of a card (" + minimum.origin.text() + ")");
  }
  return ok_status();
}

Result<NodeImage> make_node_image(const CachedBase& base, const NodeInputs& inputs, const ImageSize& size) {
  KRAKEN_TRY(check_image_size(size, *inputs.node, base.size));
  auto image = make(base, inputs, size);
  if (!image.ok()) return for_base(image.error(), *inputs.cluster);
  return image;
}

}  // namespace kraken
