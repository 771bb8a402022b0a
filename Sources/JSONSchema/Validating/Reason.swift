import Bytes
import JSON

/// Why a value is not what a schema asks for, as the validator that API Gateway uses (json-schema-validator) words it:
/// `$context.error.validationErrorString` is made of these.
enum Reason {
  case additionalItems(Int, Int)
  case additionalProperties([String])
  case allOf(Int, Int)
  case anyOf(Int)
  case dependency(String, [String], [String])
  case enumeration(JSONNode, [Constant])
  case maxItems(Int, Int)
  case minItems(Int, Int)
  case maxLength(JSONNode, Int, Int)
  case minLength(JSONNode, Int, Int)
  case maxProperties(Int, Int)
  case minProperties(Int, Int)
  case maximum(ExactNumber, JSONNode)
  case minimum(ExactNumber, JSONNode)
  case exclusiveMaximum(ExactNumber)
  case exclusiveMinimum(ExactNumber)
  case multipleOf(JSONNode, ExactNumber)
  case not
  case oneOf(Int, Int)
  case pattern(String, JSONNode)
  case required([String])
  case type(TypeSet, TypeSet)
  case uniqueItems
  case format(Format.Flaw, JSONNode)

  /// How many reasons one document is given.
  static let mostReasons = 100
  /// What a message shows of one value of the document at most, in characters: it may be 10 MB long.
  static let longestValue = 500

  var text: String {
    switch self {
    case .additionalItems(let allowed, let found):
      "schema only allows \(allowed) elements in array but instance has \(found) elements"
    case .additionalProperties(let names):
      "object instance has properties which are not allowed by the schema: \(Self.list(names))"
    case .allOf(let matched, let count):
      "instance failed to match all required schemas (matched only \(matched) out of \(count))"
    case .anyOf(let count): "instance failed to match at least one required schema among \(count)"
    case .dependency(let name, let required, let missing):
      "property \"\(Self.cut(name))\" of object has missing property dependencies (schema requires "
        + "\(Self.list(required)); missing: \(Self.list(missing)))"
    case .enumeration(let value, let values):
      "instance value (\(Self.json(value))) not found in enum (possible values: \(Self.list(values)))"
    case .maxItems(let most, let count):
      "array is too long: must have at most \(most) elements but instance has \(count) elements"
    case .minItems(let least, let count):
      "array is too short: must have at least \(least) elements but instance has \(count) elements"
    case .maxLength(let value, let length, let most):
      "string \"\(Self.contents(value))\" is too long (length: \(length), maximum allowed: \(most))"
    case .minLength(let value, let length, let least):
      "string \"\(Self.contents(value))\" is too short (length: \(length), required minimum: \(least))"
    case .maxProperties(let count, let most):
      "object has too many properties (found \(count) but schema requires at most \(most))"
    case .minProperties(let count, let least):
      "object has too few properties (found \(count) but schema requires at least \(least))"
    case .maximum(let bound, let value):
      "numeric instance is greater than the required maximum (maximum: \(bound.shown), found: \(Self.contents(value)))"
    case .minimum(let bound, let value):
      "numeric instance is lower than the required minimum (minimum: \(bound.shown), found: \(Self.contents(value)))"
    case .exclusiveMaximum(let bound):
      "numeric instance is not strictly lower than the required maximum \(bound.shown)"
    case .exclusiveMinimum(let bound):
      "numeric instance is not strictly greater than the required minimum \(bound.shown)"
    case .multipleOf(let value, let divisor):
      "remainder of division is not zero (\(Self.contents(value)) / \(divisor.shown))"
    case .not: "instance matched a schema which it should not have"
    case .oneOf(let matched, let count):
      "instance failed to match exactly one schema (matched \(matched) out of \(count))"
    case .pattern(let pattern, let value):
      "ECMA 262 regex \"\(pattern)\" does not match input string \"\(Self.contents(value))\""
    case .required(let names): "object has missing required properties (\(Self.list(names)))"
    case .type(let found, let allowed):
      "instance type (\(found.names.joined())) does not match any allowed primitive type "
        + "(allowed: \(Self.list(allowed.names)))"
    case .uniqueItems: "array must not contain duplicate elements"
    case .format(let flaw, let value): flaw.text(Self.contents(value))
    }
  }

  /// Names as a JSON array, in alphabetical order.
  private static func list(_ names: [String]) -> String {
    let shown = names.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }.prefix(mostReasons)
    return "[" + shown.map { JSONWriter.quoted(cut($0)) }.joined(separator: ",")
      + (names.count > shown.count ? ",…]" : "]")
  }

  /// The values of an `enum` as a JSON array.
  private static func list(_ values: [Constant]) -> String {
    let shown = values.prefix(mostReasons)
    return "[" + shown.map { cut($0.shown) }.joined(separator: ",") + (values.count > shown.count ? ",…]" : "]")
  }

  private static func contents(_ value: JSONNode) -> String { value.withContents(cut) }

  private static func json(_ value: JSONNode) -> String {
    let out = ByteBuffer()
    JSONWriter.write(value, style: .standard, into: out)
    return cut(out.readable)
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count <= longestValue ? text : String(text.unicodeScalars.prefix(longestValue)) + "…"
  }

  private static func cut(_ bytes: UnsafeRawBufferPointer) -> String {
    guard bytes.count > longestValue else { return bytes.text }
    var end = longestValue
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[..<end]).text + "…"
  }
}

extension ExactNumber {
  var shown: String { String(decoding: text, as: UTF8.self) }
}
