import HTTPSemantics
import HTTPWire

/// A request as a web ACL sees it: bytes that stay where they are while it is screened.
public struct ScreenedRequest {
  public var head: RequestHead
  /// As much of the body as is inspected.
  public var body: UnsafeRawBufferPointer
  /// The body without the coding that `Content-Encoding` names, as far as it is inspected; empty where there is none, or none
  /// that could be taken off. Rules look at both: the gateway and origins may read it, others `body` as it came.
  public var decodedBody: UnsafeRawBufferPointer
  /// Whether the body goes on behind `body`, or behind `decodedBody`.
  public var bodyIsLonger: Bool
  /// Nil: the client has none (a socket of the machine itself).
  public var client: IPAddress?
  /// Nil: it came without TLS, or nobody had asked for a fingerprint when its connection began.
  public var fingerprint: ClientFingerprint?

  public init(
    _ head: RequestHead, client: IPAddress?, fingerprint: ClientFingerprint? = nil,
    body: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    decodedBody: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    bodyIsLonger: Bool = false
  ) {
    self.head = head
    self.client = client
    self.fingerprint = fingerprint
    self.body = body
    self.decodedBody = decodedBody
    self.bodyIsLonger = bodyIsLonger
  }
}

/// What the first message of a TLS client says of the program that sends it: the same for many, another for others.
public final class ClientFingerprint: Sendable {
  /// 32 hexadecimal digits.
  let ja3: [UInt8]
  /// `t13d1516h2_8daaf6152771_b186095e22b6`.
  let ja4: [UInt8]

  public init(ja3: [UInt8], ja4: [UInt8]) {
    self.ja3 = ja3
    self.ja4 = ja4
  }
}

/// What becomes of a request.
public struct Verdict: Equatable, Sendable {
  public enum Action: String, Sendable {
    case allow = "ALLOW"
    case block = "BLOCK"
  }

  public var action: Action
  /// The rule that decided; nil: none did, and the default action is taken.
  public var rule: Int?
  /// A rule that blocks could not be evaluated to its end within the work that a request may cause: it counts as matched.
  public var isGivenUp = false
  /// Of the plan's `blockResponses`; nil: the standard answer.
  var response: Int?
}

/// A rule that matched.
public struct Hit: Sendable {
  public var rule: Int
  var evidence: Evidence
  /// It could not be evaluated to its end, and blocks or counts what it cannot tell.
  public var isGivenUp: Bool
}

/// The test that made a statement true, and what it saw.
struct Evidence: Sendable {
  /// -1: there is none to name (a statement that something is not so).
  var node: Int32 = -1
  // SAFETY: points into the request or the screening's arena, which both outlive the verdict's reading: `Screening` forgets
  // its hits before either is used again.
  nonisolated(unsafe) var value = UnsafeRawBufferPointer(start: nil, count: 0)
  nonisolated(unsafe) var name = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Where in `value` the match lies; the whole of it where that is not known.
  var range: Range<Int>?
  /// The part could not be looked at, and the rule says that this counts as a match.
  var isFallback = false
}
