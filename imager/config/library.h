// A library is the folders of one kind of file that can extend another of its kind: profiles, or base descriptions. It
// finds files by name (the first folder that has it wins), checks each, and merges parents into children.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/definition.h"
#include "config/problems.h"
#include "config/value.h"

namespace kraken {

struct LibraryKind {
  std::string noun;  // "profile"
  const Definition* definition;
  ListMerge lists;
  // What a child changes in its parent's lists before both are merged; null: nothing.
  void (*before_merge)(Value& parent, const Value& child);
};

class Library {
 public:
  struct Entry {
    std::filesystem::path file;
    Value value;  // checked, with what it extends merged in; no key `extends`
  };

  // `problems` must outlive the library.
  Library(LibraryKind kind, std::vector<std::filesystem::path> folders, Problems& problems)
      : kind_(std::move(kind)), folders_(std::move(folders)), problems_(problems) {}

  // Null when there is no such file or it has a mistake; the problem is told, once. Lives as long as the library.
  const Entry* find(const Sourced<std::string>& name);

  bool has(const std::string& name) const { return find_file(name).has_value(); }
  // Names of all files in the folders, sorted.
  std::vector<std::string> known() const;
  // "there is no profile "x"; did you mean ...", with the names that there are.
  std::string not_known(const std::string& name) const;

 private:
  std::optional<std::filesystem::path> find_file(const std::string& name) const;
  std::optional<Entry> load(const Sourced<std::string>& name);
  bool extend(Entry& entry);
  bool may_descend(const Sourced<std::string>& name);

  LibraryKind kind_;
  std::vector<std::filesystem::path> folders_;
  Problems& problems_;
  std::map<std::string, std::optional<Entry>> entries_;
  std::vector<std::string> chain_;  // what is being loaded, outermost first
};

}  // namespace kraken
