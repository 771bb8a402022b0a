import Bytes
import FuzzerDriver
import Velocity

@_cdecl("FuzzVelocityRenderer_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A template, a zero byte, a body. Whatever they are, rendering ends within its limits, and comes to the same again in
/// the same scope, told line by line or not.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let end = bytes.firstIndex(of: 0) ?? count
  guard let template = try? Template(String(decoding: bytes[..<end], as: UTF8.self)) else { return 0 }
  let body = ByteBuffer()
  body.write(UnsafeRawBufferPointer(rebasing: bytes[min(end + 1, count)...]))
  let scope = TemplateScope(
    parameters: Given(), context: Given(), stageVariables: [(name: "url", value: "http://a"), (name: "a", value: "é")])
  let once = rendered(template, scope, body)
  scope.reset(stageVariables: [(name: "url", value: "http://a"), (name: "a", value: "é")])
  let twice = rendered(template, scope, body)
  // What stands for an object's identity differs from one object to the next, as in Java.
  if template.source.contains("hashCode") || once.contains(UInt8(ascii: "@")) { return 0 }
  precondition(once == twice, "a scope that was reset renders another text")
  let out = ByteBuffer()
  scope.reset(stageVariables: [(name: "url", value: "http://a"), (name: "a", value: "é")])
  scope.setBody(body)
  if let pieces = try? template.explain(scope, into: out, limits: limits), template.constant == nil {
    precondition(pieces.reduce(0) { $0 + $1.bytes.count } == out.count, "the pieces are not the whole")
    precondition(once.elementsEqual(out.readable), "explaining changes the output")
  }
  return 0
}

private let limits: RenderLimits = {
  var limits = RenderLimits()
  limits.steps = 20_000
  limits.outputBytes = 1 << 16
  limits.iterations = 100
  limits.depth = 32
  return limits
}()

private func rendered(_ template: Template, _ scope: TemplateScope, _ body: ByteBuffer) -> [UInt8] {
  scope.setBody(body)
  let out = ByteBuffer()
  try? template.render(scope, into: out, limits: limits)
  // One value may be written before its length is looked at; escaped, that is six times what was made within the limit.
  precondition(out.count <= 8 * limits.outputBytes + 8 * body.count + 8 * template.source.utf8.count)
  _ = (scope.requestOverride, scope.responseOverride)
  return Array(out.readable)
}

private final class Given: ParameterSource, ContextSource {
  private static let values = [(name: "a", value: "1"), (name: "id", value: "x\"y"), (name: "X-Key", value: "")]

  func parameter(_ location: ParameterLocation, _ name: String) -> String? {
    Given.values.first { $0.name == name }?.value
  }

  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)] { Given.values }
  func variable(_ name: String) -> String? { name.count < 10 ? name : nil }
  func names(under prefix: String) -> [String] { prefix == "authorizer" ? ["claims", "principalId"] : [] }
}
