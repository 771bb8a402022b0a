import FuzzerDriver
import JSON
import JSONSchema

@_cdecl("FuzzJSONSchema_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

private let limits = SchemaLimits(steps: 20_000, depth: 300)

/// The verdict on a body; nil where the schema has errors.
private func verdict(_ schema: String, _ body: JSONNode) -> JSONSchema.Verdict? {
  let documents = SchemaDocuments()
  guard (try? documents.add(schema, at: "fuzz:schema")) != nil else { return nil }
  let (schemas, problems) = documents.compile(["fuzz:schema"])
  guard let compiled = schemas["fuzz:schema"] else { return nil }
  // Even a schema with errors must come to an end.
  let verdict = compiled.validate(body, limits: limits)
  return problems.contains { $0.severity == .error } ? nil : verdict
}

/// The first line is a schema, the rest a body.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
  let schema = String(decoding: bytes[..<end], as: UTF8.self)
  let body = UnsafeRawBufferPointer(rebasing: bytes[min(end + 1, bytes.count)...])
  guard let document = try? JSONDocument(parsing: body), let plain = verdict(schema, document.root) else { return 0 }
  if case .invalid(let reasons) = plain {
    precondition(!reasons.isEmpty && reasons.allSatisfy { !$0.isEmpty })
  }
  // References and ids mean something else in another place.
  if !schema.contains("$ref"), !schema.contains("\"id\""), !schema.contains("\\") {
    if let negated = verdict(#"{"not":\#(schema)}"#, document.root) { expect(negated, opposite: plain) }
    if let twice = verdict(#"{"not":{"not":\#(schema)}}"#, document.root) { expect(twice, same: plain) }
    if let all = verdict(#"{"allOf":[{},\#(schema)]}"#, document.root) { expect(all, same: plain) }
  }
  withExtendedLifetime(document) {}
  return 0
}

/// A verdict that cost too much may cost too much or not in another place.
private func expect(_ one: JSONSchema.Verdict, same other: JSONSchema.Verdict) {
  if case .undecided = one { return }
  if case .undecided = other { return }
  precondition(one.isValid == other.isValid)
}

private func expect(_ one: JSONSchema.Verdict, opposite other: JSONSchema.Verdict) {
  if case .undecided = one { return }
  if case .undecided = other { return }
  precondition(one.isValid != other.isValid)
}
