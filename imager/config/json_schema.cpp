#include "config/definitions.h"
#include "config/reader.h"
#include "json/json.h"

namespace kraken {

namespace {

// JSON Schema draft 2020-12: "Validation" section 6 has the keywords used here, "Core" section 10.3 the applicators.
constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

Json schema_of(const Definition& definition);

Json words_array(const std::vector<std::string>& words) {
  Json array = Json::array();
  for (const std::string& word : words) array.push_back(word);
  return array;
}

void add_text(Json& schema, const Definition& definition) {
  schema.set("type", "string");
  if (!definition.words.empty()) {
    schema.set("enum", words_array(definition.words));
    return;
  }
  // minLength counts characters and the reader bytes: alike for what is at least one.
  schema.set("minLength", definition.min);
  schema.set("maxLength", definition.max);
  if (definition.pattern) schema.set("pattern", definition.pattern->text());
}

Json whole_number(const Definition& definition) {
  Json schema = Json::object();
  schema.set("type", "integer");
  schema.set("minimum", definition.min);
  schema.set("maximum", definition.max);
  return schema;
}

Json size_text() {
  Json schema = Json::object();
  schema.set("type", "string");
  schema.set("pattern", kSizePattern);
  return schema;
}

void add_alternatives(Json& schema, std::vector<Json> alternatives) {
  Json array = Json::array();
  for (Json& alternative : alternatives) array.push_back(std::move(alternative));
  schema.set("anyOf", std::move(array));
}

Json constant(Json value) {
  Json schema = Json::object();
  schema.set("const", std::move(value));
  return schema;
}

void add_integer(Json& schema, const Definition& definition) {
  std::vector<Json> alternatives = {whole_number(definition)};
  if (definition.type == ValueType::kIntegerOrFalse) alternatives.push_back(constant(false));
  if (definition.type == ValueType::kSize) alternatives.push_back(size_text());
  for (const std::string& word : definition.words) alternatives.push_back(constant(word));
  add_alternatives(schema, std::move(alternatives));
}

Json required_alone(const std::vector<std::string>& keys) {
  Json schema = Json::object();
  schema.set("required", words_array(keys));
  return schema;
}

void add_object(Json& schema, const Definition& definition) {
  schema.set("type", "object");
  schema.set("additionalProperties", false);
  Json properties = Json::object();
  std::vector<std::string> needed;
  for (const Field& field : definition.fields) {
    properties.set(field.key, schema_of(field.definition));
    if (field.need == Need::kRequired) needed.push_back(field.key);
  }
  schema.set("properties", std::move(properties));
  if (!needed.empty()) schema.set("required", words_array(needed));
  std::vector<Json> alternatives;
  for (const std::string& key : definition.at_least_one) alternatives.push_back(required_alone({key}));
  if (!alternatives.empty()) add_alternatives(schema, std::move(alternatives));
  if (!definition.not_both.empty()) schema.set("not", required_alone(definition.not_both));
}

void add_map(Json& schema, const Definition& definition) {
  schema.set("type", "object");
  schema.set("maxProperties", definition.max);
  schema.set("additionalProperties", schema_of(definition.items.front()));
  if (!definition.pattern) return;
  Json names = Json::object();
  names.set("pattern", definition.pattern->text());
  schema.set("propertyNames", std::move(names));
}

void add_list(Json& schema, const Definition& definition) {
  schema.set("type", "array");
  schema.set("minItems", definition.min);
  schema.set("maxItems", definition.max);
  schema.set("items", schema_of(definition.items.front()));
}

Json schema_of(const Definition& definition) {
  Json schema = Json::object();
  schema.set("description", definition.description);
  switch (definition.type) {
    case ValueType::kText:
      add_text(schema, definition);
      break;
    case ValueType::kBool:
      schema.set("type", "boolean");
      break;
    case ValueType::kInteger:
    case ValueType::kIntegerOrFalse:
    case ValueType::kSize:
      add_integer(schema, definition);
      break;
    case ValueType::kList:
      add_list(schema, definition);
      break;
    case ValueType::kMapOf:
      add_map(schema, definition);
      break;
    case ValueType::kObject:
      add_object(schema, definition);
      break;
    case ValueType::kTextOrObject:
      add_alternatives(schema, {schema_of(definition.items.at(0)), schema_of(definition.items.at(1))});
      break;
  }
  return schema;
}

}  // namespace

const Definition& definition_of(SchemaKind kind) {
  switch (kind) {
    case SchemaKind::kCluster:
      return cluster_definition();
    case SchemaKind::kProfile:
      return profile_definition();
    case SchemaKind::kOverlay:
      return overlay_definition();
    case SchemaKind::kBase:
      return base_definition();
  }
  return cluster_definition();
}

std::string json_schema(SchemaKind kind) {
  Json schema = Json::object();
  schema.set("$schema", kDialect);
  const Json body = schema_of(definition_of(kind));
  for (const auto& [key, value] : *body.as_object()) schema.set(key, value);
  return format_json(schema);
}

}  // namespace kraken
