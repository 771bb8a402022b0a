/// The schema of schemas (draft 04, core § 6): the one address that is known without having been added.
enum MetaSchema {
  static let address = "http://json-schema.org/draft-04/schema"

  static let text = #"""
    {
      "id": "http://json-schema.org/draft-04/schema#",
      "$schema": "http://json-schema.org/draft-04/schema#",
      "type": "object",
      "definitions": {
        "count": { "type": "integer", "minimum": 0 },
        "names": { "type": "array", "items": { "type": "string" }, "minItems": 1, "uniqueItems": true },
        "type": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
        "schemas": { "type": "array", "minItems": 1, "items": { "$ref": "#" } },
        "schemaMap": { "type": "object", "additionalProperties": { "$ref": "#" } },
        "schemaOrFlag": { "anyOf": [{ "type": "boolean" }, { "$ref": "#" }] }
      },
      "properties": {
        "id": { "type": "string" },
        "$schema": { "type": "string" },
        "title": { "type": "string" },
        "description": { "type": "string" },
        "multipleOf": { "type": "number", "minimum": 0, "exclusiveMinimum": true },
        "maximum": { "type": "number" },
        "exclusiveMaximum": { "type": "boolean" },
        "minimum": { "type": "number" },
        "exclusiveMinimum": { "type": "boolean" },
        "maxLength": { "$ref": "#/definitions/count" },
        "minLength": { "$ref": "#/definitions/count" },
        "pattern": { "type": "string", "format": "regex" },
        "additionalItems": { "$ref": "#/definitions/schemaOrFlag" },
        "items": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/schemas" }] },
        "maxItems": { "$ref": "#/definitions/count" },
        "minItems": { "$ref": "#/definitions/count" },
        "uniqueItems": { "type": "boolean" },
        "maxProperties": { "$ref": "#/definitions/count" },
        "minProperties": { "$ref": "#/definitions/count" },
        "required": { "$ref": "#/definitions/names" },
        "additionalProperties": { "$ref": "#/definitions/schemaOrFlag" },
        "definitions": { "$ref": "#/definitions/schemaMap" },
        "properties": { "$ref": "#/definitions/schemaMap" },
        "patternProperties": { "$ref": "#/definitions/schemaMap" },
        "dependencies": {
          "type": "object",
          "additionalProperties": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/definitions/names" }] }
        },
        "enum": { "type": "array", "minItems": 1, "uniqueItems": true },
        "type": {
          "anyOf": [
            { "$ref": "#/definitions/type" },
            { "type": "array", "items": { "$ref": "#/definitions/type" }, "minItems": 1, "uniqueItems": true }
          ]
        },
        "format": { "type": "string" },
        "allOf": { "$ref": "#/definitions/schemas" },
        "anyOf": { "$ref": "#/definitions/schemas" },
        "oneOf": { "$ref": "#/definitions/schemas" },
        "not": { "$ref": "#" }
      },
      "dependencies": { "exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"] }
    }
    """#
}
