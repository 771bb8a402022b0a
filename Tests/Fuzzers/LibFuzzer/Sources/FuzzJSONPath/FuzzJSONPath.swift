import FuzzerDriver
import JSON
import JSONPaths

@_cdecl("FuzzJSONPath_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// The first line is a path, the rest a body.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
  guard let path = try? JSONPath(String(decoding: bytes[..<end], as: UTF8.self)) else { return 0 }
  let body = UnsafeRawBufferPointer(rebasing: bytes[min(end + 1, bytes.count)...])
  let document = (try? JSONDocument(parsing: body, as: .permissive)) ?? JSONDocument()
  if let result = try? path.evaluate(document.root, limits: JSONPathLimits(steps: 20_000, depth: 300)) {
    switch result {
    case .missing, .built: break
    case .value(let node): precondition(path.isDefinite && node.count >= 0)
    case .list(let nodes): precondition(!path.isDefinite && nodes.allSatisfy { $0.count >= 0 })
    }
  }
  withExtendedLifetime(document) {}
  return 0
}
