#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "config/utf8.h"
#include "config/yaml_builder.h"
#include "sys/files.h"

namespace kraken {

namespace {

// yaml-cpp tells events; the tree is built from them rather than taken from its own nodes, because those lose keys that
// are given twice and share the nodes of aliases, so that walking a small file may take for ever.
class Events : public YAML::EventHandler {
 public:
  explicit Events(YamlBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override { builder_.start_document(place(mark)); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.add_nothing(place(mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder_.add_alias(place(mark), anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_tag(mark, tag);
    builder_.add_scalar(place(mark), anchor, {text, tag == "?" ? Value::Style::kPlain : Value::Style::kQuoted});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    check_tag(mark, tag);
    builder_.open(place(mark), anchor, Value::Kind::kList);
  }
  void OnSequenceEnd() override { builder_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    check_tag(mark, tag);
    builder_.open(place(mark), anchor, Value::Kind::kMap);
  }
  void OnMapEnd() override { builder_.close(); }

  static YamlBuilder::Place place(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

 private:
  // "?" is yaml-cpp's word for a plain node without a tag, "!" for a quoted one.
  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    builder_.fail(place(mark), "YAML tags (!...) are not used in this file; take the tag " + in_quotes(tag) + " out");
  }

  YamlBuilder& builder_;
};

Origin origin_of_offset(std::string_view text, std::size_t offset, const std::string& name) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n');
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {name, static_cast<int>(line) + 1, static_cast<int>(offset - start) + 1};
}

bool is_text(std::string_view text, const std::string& name, Problems& problems) {
  if (text.size() > kMaxYamlSize) {
    problems.add({name, 1, 1}, "larger than the " + human_bytes(kMaxYamlSize) + " that are allowed");
    return false;
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    problems.add(origin_of_offset(text, nul, name), "a NUL byte: the file must be UTF-8 text");
    return false;
  }
  if (const auto broken = find_broken_utf8(text)) {
    problems.add(origin_of_offset(text, *broken, name), "not UTF-8: save the file in that encoding");
    return false;
  }
  return true;
}

std::string_view line_of(std::string_view text, int number) {
  for (int line = 0; line < number && !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text.substr(0, text.find('\n'));
}

void add_parse_error(std::string_view text, const std::string& name, Problems& problems,
                     const YAML::ParserException& error) {
  if (error.mark.is_null()) {
    problems.add({name, 1, 1}, "not YAML: " + error.msg);
    return;
  }
  std::string what = "not YAML: " + error.msg;
  const std::string_view line = line_of(text, error.mark.line);
  const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
  if (indent.find('\t') != std::string_view::npos) what += "; indent with spaces, YAML allows no tabs there";
  problems.add({name, error.mark.line + 1, error.mark.column + 1}, std::move(what));
}

void run_parser(std::string_view text, YamlBuilder& builder) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  Events events(builder);
  // The second call finds a second document, or what makes the rest of the text no YAML. There is no third: on some
  // broken texts yaml-cpp 0.7 hands out empty documents without end.
  if (parser.HandleNextDocument(events)) parser.HandleNextDocument(events);
}

}  // namespace

std::optional<Value> parse_yaml(std::string_view text, const std::string& name, Problems& problems) {
  if (!is_text(text, name, problems)) return std::nullopt;
  const std::size_t before = problems.count();
  YamlBuilder builder(name, problems);
  try {
    run_parser(text, builder);
  } catch (const YAML::ParserException& error) {
    add_parse_error(text, name, problems, error);
  } catch (const std::exception& error) {
    problems.add({name, 1, 1}, std::string("cannot be read as YAML: ") + error.what());
  }
  if (problems.count() > before || problems.full()) return std::nullopt;
  return builder.take();
}

std::optional<Value> read_yaml(const std::filesystem::path& file, Problems& problems) {
  std::error_code failed;
  const auto status = std::filesystem::status(file, failed);
  // Opening a FIFO would wait for ever.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    problems.add({file.string(), 1, 1}, "not a regular file; name a YAML file");
    return std::nullopt;
  }
  const auto text = read_whole_file(file, kMaxYamlSize);
  if (!text.ok()) {
    problems.add(text.error());
    return std::nullopt;
  }
  return parse_yaml(*text, file.string(), problems);
}

}  // namespace kraken
