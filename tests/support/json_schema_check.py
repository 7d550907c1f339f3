"""Validates YAML files against a JSON Schema with other people's programs: PyYAML and jsonschema.

usage: json_schema_check.py SCHEMA FILE...   prints "FILE: ok" or "FILE: wrong: ..." a line; exit status 0 either way
"""
import sys

import json

import jsonschema
import yaml


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as far as PyYAML (1.1) reads more than it: no times, no yes and no."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
import re
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"),
                                 list("tTfF"))

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as file:
        errors = list(validator.iter_errors(yaml.load(file, CoreLoader)))
    print(f"{name}: " + ("ok" if not errors else "wrong: " + errors[0].message[:200].replace("\n", " ")))
