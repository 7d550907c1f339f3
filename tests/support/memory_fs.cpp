#include "support/memory_fs.h"

#include <algorithm>

#include "base/text.h"

namespace kraken::test {

namespace {

std::string parent_of(const std::string& key) {
  const auto slash = key.rfind('/');
  return slash == 0 ? "/" : key.substr(0, slash);
}

std::string name_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Error not_found(std::string_view path) {
  return {ErrorCode::kNotFound, std::string(path) + ": does not exist"};
}

}  // namespace

MemoryFs::MemoryFs(Kind kind, std::int64_t clock) : kind_(kind), clock_(clock) {
  nodes_["/"] = Node{"", NodeType::kFolder, "", {0755, 0, 0, {}}, clock};
}

void MemoryFs::fail_on(std::string_view path, Error error) {
  failures_.insert_or_assign(key(path), std::move(error));
}

void MemoryFs::allow(std::string_view path) {
  failures_.erase(key(path));
}

std::string MemoryFs::key(std::string_view path) const {
  std::string key(path);
  if (kind_ == Kind::kFat) std::transform(key.begin(), key.end(), key.begin(), folded);
  return key;
}

// What the interface asks of every path, so that a caller's slip shows with the fake already.
Status MemoryFs::check(std::string_view path) const {
  if (closed_) return Error(ErrorCode::kInternal, std::string(path) + ": the editor is closed");
  const auto wrong =
      Error(ErrorCode::kInvalidArgument, "\"" + std::string(path) + "\" is no path inside a file system");
  if (path.empty() || path.front() != '/' || contains_nul(path)) return wrong;
  if (path != "/") {
    for (const std::string& part : split(path.substr(1), '/')) {
      if (part.empty() || part == "." || part == ".." || part.size() > 255) return wrong;
    }
  }
  const auto failure = failures_.find(key(path));
  return failure == failures_.end() ? ok_status() : Status(failure->second);
}

Result<MemoryFs::Node*> MemoryFs::existing(std::string_view path) {
  KRAKEN_TRY(check(path));
  const auto found = nodes_.find(key(path));
  if (found == nodes_.end()) return not_found(path);
  return &found->second;
}

Status MemoryFs::check_target(std::string_view path) {
  KRAKEN_TRY(check(path));
  const auto there = nodes_.find(key(path));
  if (there != nodes_.end() && there->second.type == NodeType::kFolder) {
    return Error(ErrorCode::kAlreadyExists, std::string(path) + ": is a folder");
  }
  const auto parent = nodes_.find(parent_of(key(path)));
  if (parent == nodes_.end() || parent->second.type != NodeType::kFolder) {
    return Error(ErrorCode::kNotFound, std::string(path) + ": the folder to hold it does not exist");
  }
  return ok_status();
}

void MemoryFs::put(std::string_view path, Node node) {
  node.name = name_of(path);
  node.mtime = clock_;
  if (kind_ == Kind::kFat) node.attributes = {node.type == NodeType::kFolder ? 0755U : 0644U, 0, 0, {}};
  nodes_.insert_or_assign(key(path), std::move(node));
}

void MemoryFs::put_folder(std::string_view path) {
  for (std::size_t slash = path.find('/', 1); slash < path.size(); slash = path.find('/', slash + 1)) {
    const auto parent = path.substr(0, slash);
    if (find(parent) == nullptr) put(parent, {"", NodeType::kFolder, "", {0755, 0, 0, {}}, 0});
  }
  if (find(path) == nullptr) put(path, {"", NodeType::kFolder, "", {0755, 0, 0, {}}, 0});
}

void MemoryFs::put_file(std::string_view path, std::string_view content, const NodeAttributes& attributes) {
  put_folder(parent_of(std::string(path)));
  put(path, {"", NodeType::kFile, std::string(content), attributes, 0});
}

void MemoryFs::put_symlink(std::string_view path, std::string_view target) {
  put_folder(parent_of(std::string(path)));
  put(path, {"", NodeType::kSymlink, std::string(target), {0777, 0, 0, {}}, 0});
}

const MemoryFs::Node* MemoryFs::find(std::string_view path) const {
  const auto found = nodes_.find(key(path));
  return found == nodes_.end() ? nullptr : &found->second;
}

bool MemoryFs::has_children(const std::string& folder_key) const {
  const std::string prefix = folder_key == "/" ? "/" : folder_key + "/";
  const auto next = nodes_.upper_bound(prefix);
  return next != nodes_.end() && next->first.starts_with(prefix);
}

Bytes MemoryFs::used() const {
  Bytes sum = 0;
  for (const auto& [path, node] : nodes_) sum += node.content.size();
  return std::min(sum, capacity_);
}

Result<NodeInfo> MemoryFs::stat(std::string_view path) {
  KRAKEN_ASSIGN(const Node* node, existing(path));
  return NodeInfo{node->type, node->content.size(), node->attributes, node->mtime};
}

Result<std::vector<DirEntry>> MemoryFs::list(std::string_view path) {
  KRAKEN_ASSIGN(const Node* node, existing(path));
  if (node->type != NodeType::kFolder) {
    return Error(ErrorCode::kInvalidArgument, std::string(path) + ": is not a folder");
  }
  std::vector<DirEntry> entries;
  for (const auto& [child, child_node] : nodes_) {
    if (child != "/" && parent_of(child) == key(path)) entries.push_back({child_node.name, child_node.type});
  }
  std::ranges::sort(entries, {}, &DirEntry::name);
  return entries;
}

Result<std::string> MemoryFs::read_file(std::string_view path, Bytes limit) {
  KRAKEN_ASSIGN(const Node* node, existing(path));
  if (node->type != NodeType::kFile) {
    return Error(ErrorCode::kInvalidArgument, std::string(path) + ": is not a file");
  }
  if (node->content.size() > limit) {
    return Error(ErrorCode::kCorrupt, std::string(path) + ": is larger than it can rightly be");
  }
  return node->content;
}

Result<std::string> MemoryFs::read_link(std::string_view path) {
  KRAKEN_ASSIGN(const Node* node, existing(path));
  if (kind_ == Kind::kFat) return Error(ErrorCode::kUnsupported, std::string(path) + ": FAT has no symbolic links");
  if (node->type != NodeType::kSymlink) {
    return Error(ErrorCode::kInvalidArgument, std::string(path) + ": is not a symbolic link");
  }
  return node->content;
}

Status MemoryFs::make_folder(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_TRY(check_target(path));
  if (find(path) != nullptr) return Error(ErrorCode::kAlreadyExists, std::string(path) + ": is there already");
  put(path, {"", NodeType::kFolder, "", attributes, 0});
  return ok_status();
}

Status MemoryFs::write_file(std::string_view path, const BlockSource& content, const NodeAttributes& attributes) {
  KRAKEN_TRY(check_target(path));
  const Node* old = find(path);
  const Bytes freed = old == nullptr ? 0 : old->content.size();
  if (content.size() > capacity_ - used() + freed) {
    return Error(ErrorCode::kNoSpace, std::string(path) + ": the file system is full");
  }
  std::string text(content.size(), '\0');
  KRAKEN_TRY(content.read(0, std::as_writable_bytes(std::span(text))));
  put(path, {"", NodeType::kFile, std::move(text), attributes, 0});
  return ok_status();
}

Status MemoryFs::make_symlink(std::string_view path, std::string_view target, const NodeAttributes& attributes) {
  KRAKEN_TRY(check_target(path));
  if (kind_ == Kind::kFat) return Error(ErrorCode::kUnsupported, std::string(path) + ": FAT has no symbolic links");
  if (target.empty() || contains_nul(target)) {
    return Error(ErrorCode::kInvalidArgument, std::string(path) + ": impossible link target");
  }
  put(path, {"", NodeType::kSymlink, std::string(target), attributes, 0});
  return ok_status();
}

Status MemoryFs::set_attributes(std::string_view path, const NodeAttributes& attributes) {
  KRAKEN_ASSIGN(Node * node, existing(path));
  if (kind_ == Kind::kExt4) node->attributes = attributes;
  return ok_status();
}

Status MemoryFs::remove(std::string_view path) {
  KRAKEN_ASSIGN(const Node* node, existing(path));
  if (path == "/") return Error(ErrorCode::kInvalidArgument, "/: the root cannot be removed");
  if (node->type == NodeType::kFolder && has_children(key(path))) {
    return Error(ErrorCode::kInvalidArgument, std::string(path) + ": the folder is not empty");
  }
  nodes_.erase(key(path));
  return ok_status();
}

Status MemoryFs::close() {
  if (closed_) return Error(ErrorCode::kInternal, "close: the editor is closed already");
  closed_ = true;
  return ok_status();
}

}  // namespace kraken::test
