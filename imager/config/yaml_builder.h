// Builds the Value of one document from the parser's events, within the bounds on depth and number of nodes. After the
// first mistake that makes the tree useless it only swallows the rest.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/problems.h"
#include "config/value.h"

namespace kraken {

class YamlBuilder {
 public:
  using Anchor = std::size_t;  // 0: none
  struct Place {
    int line = 0;
    int column = 0;
  };
  struct Scalar {
    std::string text;
    Value::Style style;
  };

  YamlBuilder(std::string file, Problems& problems) : file_(std::move(file)), problems_(problems) {}

  void start_document(Place place);
  void add_nothing(Place place, Anchor anchor);
  void add_scalar(Place place, Anchor anchor, Scalar scalar);
  void add_alias(Place place, Anchor anchor);
  void open(Place place, Anchor anchor, Value::Kind kind);
  void close();
  void fail(Place place, std::string what);

  // The document. Nothing, and a problem told, when there is none or a mistake was found.
  std::optional<Value> take();

 private:
  struct Key {
    std::string text;
    Origin origin;
  };
  struct Open {
    Value value;
    Anchor anchor = 0;
    std::size_t nodes_before = 0;
    std::optional<Key> key;  // of a map: read, its value not yet
    std::unordered_map<std::string, Origin> known;
  };
  struct Named {
    Value value;
    std::size_t nodes = 0;
    std::size_t depth = 0;
  };

  void add(Value value, Anchor anchor);
  void add_key(const Value& value);
  void add_member(Value value);
  bool count(Place place, std::size_t nodes);

  std::string file_;
  Problems& problems_;
  std::vector<Open> open_;
  std::unordered_map<Anchor, Named> named_;
  std::optional<Value> root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  bool failed_ = false;
};

}  // namespace kraken
