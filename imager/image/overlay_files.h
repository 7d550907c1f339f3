// The files of one overlay folder (overlays/NAME/{rootfs,boot}) as they are meant to lie in the image: owners and modes
// from overlay.yaml, templates rendered. Sorted by path, so that the order of the local folder does not matter.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "block/block_source.h"
#include "config/reader.h"
#include "fs/fs_editor.h"
#include "image/template.h"

namespace kraken {

struct OverlayFile {
  std::string path;  // in the image: what lies in boot/ is below the image's boot folder
  NodeType type = NodeType::kFile;
  NodeAttributes attributes;
  std::shared_ptr<const BlockSource> content;  // of a file
  std::string target;                          // of a link
  Origin origin;                               // the rule, or the overlay's name in the profile
  std::filesystem::path local;                 // the file here
  std::string warning;                         // for the user: what of it does not come along; or empty
};

// kConfig for an entry that is neither file, folder nor link, for a template that cannot be rendered, and for a rule
// that matches no file. A file without a rule is root's, 0755 where its owner may execute it and 0644 elsewhere; 0700
// and 0600 where neither group nor others may read it here (a folder: enter it either). Of extended attributes user.*
// and security.capability come along.
Result<std::vector<OverlayFile>> read_overlay_files(const OverlayDescription& overlay, const Origin& named_at,
                                                    const std::string& boot_folder, const TemplateValues& values);

}  // namespace kraken
