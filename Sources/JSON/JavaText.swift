import Bytes

/// The text of a value as Java's `toString` has it: what a reference to it renders as in a template.
///
/// Strings stand as they are, numbers as `writeNumber` has them, `null` is the word; an object is a
/// `java.util.LinkedHashMap`, `{name=value, other=value}`; an array is json-smart's `JSONArray`, JSON text in itself and
/// everything in it, with `/` escaped.
public enum JavaText {
  private struct Frame {
    var members: JSONMembers
    var isFirst = true
  }

  /// Works without recursion: nesting costs memory, not stack.
  public static func write(_ node: JSONNode, into buffer: ByteBuffer) {
    guard node.kind == .object else { return write(leaf: node, into: buffer) }
    buffer.write(byte: UInt8(ascii: "{"))
    var frames = [Frame(members: node.members)]
    while var frame = frames.popLast() {
      guard let (name, value) = frame.members.next() else {
        buffer.write(byte: UInt8(ascii: "}"))
        continue
      }
      if !frame.isFirst { buffer.write(", ") }
      frame.isFirst = false
      frames.append(frame)
      name.writeContents(into: buffer)
      buffer.write(byte: UInt8(ascii: "="))
      if value.kind == .object {
        buffer.write(byte: UInt8(ascii: "{"))
        frames.append(Frame(members: value.members))
      } else {
        write(leaf: value, into: buffer)
      }
    }
  }

  private static func write(leaf node: JSONNode, into buffer: ByteBuffer) {
    switch node.kind {
    case .string: node.writeContents(into: buffer)
    case .number: node.writeNumber(into: buffer, asJSON: false)
    case .true: buffer.write("true")
    case .false: buffer.write("false")
    case .null: buffer.write("null")
    case .array: JSONWriter.write(node, style: .smartProtectingSlash, into: buffer)
    case .object: return
    }
  }
}
