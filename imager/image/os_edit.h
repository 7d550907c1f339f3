// One change to an image that its operating system needs so that ours takes effect: a word that leaves cmdline.txt, a
// file or link that goes, a file or link that comes. Data only: whoever makes the image applies it.
#pragma once

#include <string>
#include <vector>

namespace kraken {

struct OsEdit {
  enum class How {
    kRemoveCmdlineWord,  // subject: an entry of CmdlineEdit::remove
    kRemovePath,         // subject: a file or link of the image, not what it points to
    kWriteFile,          // subject: path; content: the file's; root's, 0644; missing folders 0755
    kMakeSymlink,        // subject: path; content: the target; missing folders 0755
  };
  How how = How::kRemovePath;
  std::string subject;
  std::string content;
  std::string why;  // for `plan`: what would happen without it

  friend bool operator==(const OsEdit&, const OsEdit&) = default;
};

using OsEdits = std::vector<OsEdit>;

}  // namespace kraken
