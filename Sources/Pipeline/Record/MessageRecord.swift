import Bytes
import HTTPSemantics
import HTTPWire

/// A request or a response, as it went over the wire.
public struct MessageRecord: Hashable, Sendable, Decodable {
  /// `GET /dev/posts?x=1 HTTP/1.1`, or `HTTP/1.1 200 OK`.
  public var startLine = ""
  /// Of a request.
  public var method: String?
  public var target: String?
  /// Of a request to an integration: scheme, endpoint and target.
  public var url: String?
  /// Of a response.
  public var status: Int?
  public var fields: [FieldRecord] = []
  /// Nil: there is none.
  public var body: BodyRecord?
  /// Whether the body is sent on as it comes.
  public var streams: Bool?
}

/// One header field, or one override.
public struct FieldRecord: Hashable, Sendable, Decodable {
  public var name: String
  public var value: String
  /// Who put it there.
  public var from: Source?
  /// What is remarkable about that; for a lost field, why it went no further.
  public var because: String?

  public enum Source: String, Hashable, Sendable, Decodable {
    case client, mapping, template, gateway, integration, gatewayResponse
  }

  init(_ name: String, _ value: String, from: Source? = nil, because: String? = nil) {
    self.name = name
    self.value = value
    self.from = from
    self.because = because
  }
}

/// A body, or the beginning of one.
public struct BodyRecord: Hashable, Sendable, Decodable {
  /// Bytes that a record keeps of a body.
  public static let limit = 64 * 1024

  /// How long the whole is.
  public var bytes: Int
  /// The body, if it is text.
  public var text: String?
  /// The body in base64, if it is not.
  public var base64: String?
  /// True: only the beginning is here.
  public var isExcerpt: Bool?
  /// What is to be known of it besides: that it was not read, or broke off.
  public var note: String?
}

/// What is kept of a body while it passes.
public struct BodyCapture {
  private var bytes: [UInt8] = []
  private var count: UInt64 = 0
  private var isOpen = false

  var isEmpty: Bool { count == 0 }
  /// Whether there was a body at all, be it empty.
  var hasBegun: Bool { isOpen }

  init() {}

  mutating func begin() { isOpen = true }

  /// Another piece has passed.
  public mutating func append(_ piece: UnsafeRawBufferPointer) {
    isOpen = true
    count &+= UInt64(piece.count)
    let room = BodyRecord.limit - bytes.count
    if room > 0 { bytes.append(contentsOf: piece.prefix(room)) }
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer, Int) -> Result) -> Result {
    bytes.withUnsafeBytes { body($0, Int(clamping: count)) }
  }
}

/// The start line and field lines of a head as text, to be noted.
struct HeadLines: Sequence, IteratorProtocol {
  private var rest: UnsafeRawBufferPointer

  /// - Parameter head: lines that end with CRLF; an empty line ends them.
  init(_ head: UnsafeRawBufferPointer) { rest = head }

  mutating func next() -> UnsafeRawBufferPointer? {
    guard let newline = ByteScanning.newline(rest, 0) else { return nil }
    let end = newline > 0 && rest[newline - 1] == 13 ? newline - 1 : newline
    let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
    rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
    return line.isEmpty ? nil : line
  }

  /// A field line's name and value.
  static func field(_ line: UnsafeRawBufferPointer) -> (name: String, value: String)? {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    return (
      UnsafeRawBufferPointer(rebasing: line[..<colon]).text,
      UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmingWhitespace.text
    )
  }
}
