import Bytes
import FuzzerDriver
import JSON

@_cdecl("FuzzJSON_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// Parses arbitrary bytes in both flavours. What is accepted must be the same seen from every side, and what is written
/// of it must be accepted again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  for flavour in [JSONFlavour.strict, .permissive] {
    guard let document = try? JSONDocument(parsing: bytes, as: flavour) else { continue }
    check(document.root)
    for style in [JSONStyle.smart, .smartProtectingSlash, .standard] {
      // A permissive text's numbers, as they stand, need not be JSON.
      if flavour == .permissive && style == .standard { continue }
      let once = ByteBuffer()
      JSONWriter.write(document.root, style: style, into: once)
      guard let again = try? JSONDocument(parsing: once.readable, as: flavour) else {
        fatalError("what was written cannot be read: \(once.readable.text)")
      }
      let twice = ByteBuffer()
      JSONWriter.write(again.root, style: style, into: twice)
      // In the other styles a shorter text may be read into another class of number and look different then.
      if style == .standard && !once.readable.elementsEqual(twice.readable) {
        fatalError("\(once.readable.text) became \(twice.readable.text)")
      }
    }
    JavaText.write(document.root, into: ByteBuffer())
    withExtendedLifetime(document) {}
  }
  return 0
}

/// Recursive: the parser limits the depth.
private func check(_ node: JSONNode) {
  _ = node.string
  _ = node.int64
  _ = node.double
  _ = node.javaNumber
  var elements = 0
  for element in node.elements {
    precondition(node.element(at: elements)?.isIdentical(to: element) == true)
    elements += 1
    check(element)
  }
  precondition(node.kind != .array || elements == node.count)
  var members = 0
  for (name, value) in node.members {
    precondition(node.member(name.string)?.isIdentical(to: value) == true)
    members += 1
    check(value)
  }
  precondition(node.kind != .object || members == node.count)
}
