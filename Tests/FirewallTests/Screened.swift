import Bytes
import HTTPWire
import PCRE
import Testing

@testable import Firewall

/// A web ACL that requests, written as they are sent, are put to.
struct Screened {
  let plan: ACLPlan
  let memory: FirewallMemory
  let screening: Screening

  init(_ acl: WebACL, memory: FirewallMemory = FirewallMemory(), sets: [String: [String]] = [:]) throws {
    for (name, blocks) in sets {
      memory.set(named: name).replace(AddressSet(try blocks.map { try AddressBlock($0) }))
    }
    plan = ACLPlan(acl)
    self.memory = memory
    screening = Screening(plan, memory: memory)
  }

  /// An ACL that blocks what one statement is true of.
  init(_ statement: Statement, sets: [String: [String]] = [:]) throws {
    try self.init(
      WebACL(
        name: "test", defaultAction: .allow(),
        rules: [Rule(name: "it", priority: 0, statement: statement, action: .block())]),
      sets: sets)
  }

  struct Result {
    var action: Verdict.Action
    /// The rule that decided; `Default_Action` where none did.
    var rule: String
    var isGivenUp: Bool
    /// Every rule that matched.
    var hits: [String]
    var reasons: [String]
    var labels: [String]
    var headers: [InsertedHeader]
    var response: BlockResponse?
  }

  /// - Parameter head: without the last line's end: `GET / HTTP/1.1\r\nHost: a`; the line ends may be plain.
  func callAsFunction(
    _ head: String = "GET / HTTP/1.1", client: String? = "203.0.113.9", body: String = "",
    decodedBody: String = "", bodyIsLonger: Bool = false, now: Int64 = 0, limit: Int = Screening.standardLimit,
    fingerprint: ClientFingerprint? = nil
  ) throws -> Result {
    let buffer = ByteBuffer(capacity: 256)
    var lines = head.split(separator: "\n", omittingEmptySubsequences: true).map { $0.trimmingSuffix("\r") }
    if !lines.contains(where: { $0.lowercased().hasPrefix("host:") }) { lines.insert("Host: example.com", at: 1) }
    buffer.write(lines.joined(separator: "\r\n") + "\r\n\r\n")
    let request = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    let limits = HeadLimits(targetBytes: 1 << 21, headBytes: 1 << 22, fieldCount: 100_000)
    guard case .complete = parser.parse(buffer: buffer, into: request, limits: limits) else {
      throw NotARequest(text: head)
    }
    // One behind the other, so that one look at the bytes is enough.
    let bytes = Array((body + decodedBody).utf8)
    return try bytes.withUnsafeBytes { bytes in
      let count = body.utf8.count
      let screened = ScreenedRequest(
        request, client: try client.map { try #require(IPAddress($0)) }, fingerprint: fingerprint,
        body: UnsafeRawBufferPointer(rebasing: bytes[..<count]),
        decodedBody: UnsafeRawBufferPointer(rebasing: bytes[count...]), bodyIsLonger: bodyIsLonger)
      let verdict = screening.screen(screened, now: now, limit: limit)
      var headers: [InsertedHeader] = []
      screening.forEachInsertedHeader { headers.append($0) }
      return Result(
        action: verdict.action, rule: plan.name(ofRule: verdict.rule ?? -1), isGivenUp: verdict.isGivenUp,
        hits: screening.hits.map { plan.name(ofRule: $0.rule) },
        reasons: screening.hits.map { screening.reason(of: $0) },
        labels: screening.labelNames, headers: headers, response: screening.response(to: verdict))
    }
  }

  /// Whether the only rule matched.
  func matches(
    _ head: String = "GET / HTTP/1.1", client: String? = "203.0.113.9", body: String = "", bodyIsLonger: Bool = false
  ) throws -> Bool {
    try self(head, client: client, body: body, bodyIsLonger: bodyIsLonger).action == .block
  }

  struct NotARequest: Error { var text: String }
}

extension Substring {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : String(self)
  }
}

extension Statement {
  static func bytes(
    _ field: FieldToMatch, _ constraint: ByteMatch.Constraint, _ search: String, _ chain: [TextTransformation] = []
  ) -> Statement {
    .byteMatch(ByteMatch(Inspection(field, chain), constraint, Array(search.utf8)))
  }

  static func regex(_ field: FieldToMatch, _ patterns: String..., chain: [TextTransformation] = []) throws -> Statement
  {
    .regex(RegexMatch(Inspection(field, chain), try patterns.map { try MeteredRegex($0) }))
  }

  static func size(_ field: FieldToMatch, _ comparison: SizeConstraint.Comparison, _ size: Int) -> Statement {
    .size(SizeConstraint(Inspection(field), comparison, size))
  }
}
