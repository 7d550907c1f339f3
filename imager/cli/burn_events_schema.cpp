#include "cli/burn_events.h"

namespace kraken {

std::string burn_events_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "one line of kraken-image burn --json",
  "type": "object",
  "required": ["event", "node", "target"],
  "properties": {
    "event": {"enum": ["waiting", "refused", "inserted", "progress", "result", "error", "summary"]},
    "node": {"description": "the node's id", "type": ["integer", "null"]},
    "target": {"description": "the device or the file", "type": ["string", "null"]}
  },
  "oneOf": [
    {"$ref": "#/$defs/waiting"},
    {"$ref": "#/$defs/refused"},
    {"$ref": "#/$defs/inserted"},
    {"$ref": "#/$defs/decoding"},
    {"$ref": "#/$defs/progress"},
    {"$ref": "#/$defs/result"},
    {"$ref": "#/$defs/error"},
    {"$ref": "#/$defs/summary"}
  ],
  "unevaluatedProperties": false,
  "$defs": {
    "bytes": {"type": "integer", "minimum": 0},
    "text_or_null": {"type": ["string", "null"]},
    "status": {"description": "an exit status of kraken-image", "type": "integer", "minimum": 0, "maximum": 6},
    "waiting": {
      "description": "the reader waits for this node's card",
      "properties": {"event": {"const": "waiting"}, "node": {"type": "integer"}, "target": {"type": "string"}}
    },
    "refused": {
      "description": "the card that is in the reader will not do; the reader goes on waiting",
      "required": ["reason"],
      "properties": {
        "event": {"const": "refused"}, "node": {"type": "integer"}, "target": {"type": "string"},
        "reason": {"type": "string"}
      }
    },
    "inserted": {
      "description": "the card that was put in is taken",
      "required": ["size", "model", "serial"],
      "properties": {
        "event": {"const": "inserted"}, "node": {"type": "integer"}, "target": {"type": "string"},
        "size": {"$ref": "#/$defs/bytes"},
        "model": {"$ref": "#/$defs/text_or_null"},
        "serial": {"$ref": "#/$defs/text_or_null"}
      }
    },
    "decoding": {
      "description": "the base is downloaded, decoded or hashed: bytes of its file; total is 0 while that is not known",
      "required": ["phase", "done", "total"],
      "properties": {
        "event": {"const": "progress"}, "node": {"type": "null"}, "target": {"type": "null"},
        "phase": {"const": "decoding"},
        "done": {"$ref": "#/$defs/bytes"},
        "total": {"$ref": "#/$defs/bytes"}
      }
    },
    "progress": {
      "required": ["phase", "done", "total"],
      "properties": {
        "event": {"const": "progress"}, "node": {"type": "integer"}, "target": {"type": "string"},
        "phase": {"enum": ["comparing", "writing", "flushing", "verifying"]},
        "done": {"$ref": "#/$defs/bytes"},
        "total": {"$ref": "#/$defs/bytes"}
      }
    },
    "result": {
      "description": "the card is good",
      "required": ["receipt"],
      "properties": {
        "event": {"const": "result"}, "node": {"type": "integer"}, "target": {"type": "string"},
        "receipt": {"description": "as it lies in its file", "type": "object", "required": ["format", "version"]}
      }
    },
    "error": {
      "description": "the node has no card; of several nodes, as the last line and without a node: none has one",
      "required": ["status", "message"],
      "properties": {
        "event": {"const": "error"},
        "status": {"$ref": "#/$defs/status"},
        "message": {"type": "string"}
      }
    },
    "summary": {
      "description": "the last line of a run of several nodes",
      "required": ["status", "cards"],
      "properties": {
        "event": {"const": "summary"},
        "status": {"$ref": "#/$defs/status"},
        "cards": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["node", "name", "target", "verdict", "message", "bytes", "seconds"],
            "additionalProperties": false,
            "properties": {
              "node": {"type": "integer"},
              "name": {"type": "string"},
              "target": {"$ref": "#/$defs/text_or_null"},
              "verdict": {"enum": ["verified", "written", "failed", "not begun"]},
              "message": {"$ref": "#/$defs/text_or_null"},
              "bytes": {"$ref": "#/$defs/bytes"},
              "seconds": {"type": "number", "minimum": 0}
            }
          }
        }
      }
    }
  }
}
)";
}

}  // namespace kraken
