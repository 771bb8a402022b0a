import Bytes

/// JSON text without white space.
public enum JSONWriter {
  /// Where the writer is inside a container.
  private struct Frame {
    /// The next element, or the next member's name.
    var next: UnsafeMutablePointer<TapeEntry>
    let end: UnsafeMutablePointer<TapeEntry>
    let isObject: Bool
    var isFirst = true
  }

  /// Writes a value and everything in it, a repeated name once. Works without recursion: nesting costs memory, not stack.
  public static func write(_ node: JSONNode, style: JSONStyle, into buffer: ByteBuffer) {
    guard node.kind.isContainer else { return write(scalar: node, style: style, into: buffer) }
    let text = node.text
    var frames: [Frame] = []
    var frame = open(node, into: buffer)
    while true {
      guard frame.next < frame.end else {
        buffer.write(byte: frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        guard let outer = frames.popLast() else { return }
        frame = outer
        continue
      }
      var value = frame.next
      if frame.isObject {
        let name = frame.next
        frame.next += 1
        frame.next += Int(frame.next.pointee.span)
        if name.pointee.flags & TapeEntry.isSuperseded != 0 { continue }
        if !frame.isFirst { buffer.write(byte: UInt8(ascii: ",")) }
        write(scalar: JSONNode(entry: name, text: text), style: style, into: buffer)
        buffer.write(byte: UInt8(ascii: ":"))
        value = name + Int(name.pointee.span)
      } else {
        frame.next += Int(frame.next.pointee.span)
        if !frame.isFirst { buffer.write(byte: UInt8(ascii: ",")) }
      }
      frame.isFirst = false
      let child = JSONNode(entry: value, text: text)
      if child.kind.isContainer {
        frames.append(frame)
        frame = open(child, into: buffer)
      } else {
        write(scalar: child, style: style, into: buffer)
      }
    }
  }

  private static func open(_ container: JSONNode, into buffer: ByteBuffer) -> Frame {
    let isObject = container.kind == .object
    if isObject && !container.isSettled { container.settle() }
    buffer.write(byte: isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    let entry = container.entry
    return Frame(next: entry + 1, end: container.contentsEnd, isObject: isObject)
  }

  /// Writes a value that has no others in it; nothing for a container.
  @inline(__always) static func write(scalar node: JSONNode, style: JSONStyle, into buffer: ByteBuffer) {
    switch node.kind {
    case .string:
      let raw = node.raw
      buffer.reserve(raw.count &+ 2)
      buffer.write(byte: UInt8(ascii: "\""))
      if node.hasEscapes {
        write(unescaping: raw, style: style, into: buffer)
      } else {
        write(escaping: raw, style: style, into: buffer)
      }
      buffer.write(byte: UInt8(ascii: "\""))
    case .number:
      if style == .standard { buffer.write(node.raw) } else { node.writeNumber(into: buffer, asJSON: true) }
    case .true: buffer.write("true")
    case .false: buffer.write("false")
    case .null: buffer.write("null")
    case .array, .object: return
    }
  }

  /// A text as a JSON string, with its quotes and with no more escapes than it needs (RFC 8259 § 7).
  public static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{8}": output += "\\b"
      case "\u{C}": output += "\\f"
      case "\0"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}
