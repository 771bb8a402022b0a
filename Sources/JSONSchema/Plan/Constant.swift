import Bytes
import JSON

/// A value of an `enum`, in a form in which a document's values are compared with it without decoding them.
struct Constant: Sendable {
  private let kind: JSONKind
  /// A string's contents; a number's text; `CanonicalJSON` of a container.
  private let bytes: [UInt8]
  /// As JSON, for messages.
  let shown: String

  init(_ node: JSONNode) {
    kind = node.kind
    let buffer = ByteBuffer()
    if kind == .array || kind == .object {
      CanonicalJSON.write(node, into: buffer)
    } else {
      node.writeContents(into: buffer)
    }
    bytes = Array(buffer.readable)
    buffer.clear()
    JSONWriter.write(node, style: .standard, into: buffer)
    shown = buffer.readable.text
  }

  /// - Parameter canonical: gets the canonical form of `value` where that is needed; empty or nil before the first time.
  func equals(_ value: JSONNode, _ canonical: inout ByteBuffer?) -> Bool {
    guard kind == value.kind else { return false }
    return bytes.withUnsafeBytes { bytes in
      switch kind {
      case .null, .false, .true: return true
      case .string: return value.contentsEqual(bytes)
      case .number: return JavaDecimal.compare(value.raw, bytes) == 0
      case .array, .object:
        let form = canonical ?? ByteBuffer()
        canonical = form
        if form.isEmpty { CanonicalJSON.write(value, into: form) }
        return form.readable.elementsEqual(bytes)
      }
    }
  }
}

/// JSON text that is the same for equal values and for no others: members by name, numbers by value, strings with as few
/// escapes as can be (draft 04 § 3.6).
enum CanonicalJSON {
  /// Documents are at most 512 deep, and so is this.
  static func write(_ node: JSONNode, into out: ByteBuffer) {
    switch node.kind {
    case .null: out.write("n")
    case .false: out.write("f")
    case .true: out.write("t")
    case .string: writeText(node, into: out)
    case .number: writeNumber(node.raw, into: out)
    case .array:
      out.write("[")
      for element in node.elements { write(element, into: out) }
      out.write("]")
    case .object:
      out.write("{")
      if node.count > 1 {
        var members = node.members.map { ($0.name.string, $0.name, $0.value) }
        members.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        for (_, name, value) in members {
          writeText(name, into: out)
          write(value, into: out)
        }
      } else {
        for (name, value) in node.members {
          writeText(name, into: out)
          write(value, into: out)
        }
      }
      out.write("}")
    }
  }

  /// With its length in front, so that nothing needs escapes.
  private static func writeText(_ node: JSONNode, into out: ByteBuffer) {
    node.withContents { contents in
      out.write("\"")
      out.write(decimal: contents.count)
      out.write(":")
      out.write(contents)
    }
  }

  /// Sign, digits without zeros at either end, and the power of ten of the last one.
  private static func writeNumber(_ text: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.write("#")
    guard let decimal = Decimal(text), decimal.count > 0 else { return }
    if decimal.isNegative { out.write("-") }
    out.reserve(decimal.count)
    decimal.forEachDigit { out.write(byte: 48 + $0) }
    out.write("e")
    out.write(decimal: decimal.exponent)
  }
}
