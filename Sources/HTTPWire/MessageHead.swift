import Bytes
import HTTPSemantics

/// Where one field line lies in the buffer that its head was parsed from, counted from the buffer's `base`.
public struct FieldSlice: Sendable {
  public var nameStart: UInt32
  public var nameCount: UInt16
  /// What the gateway knows the name as.
  public var id: FieldID
  public var valueStart: UInt32
  /// The value has no white space at either end (RFC 9110 § 5.5).
  public var valueCount: UInt32

  public init(nameStart: UInt32, nameCount: UInt16, id: FieldID, valueStart: UInt32, valueCount: UInt32) {
    self.nameStart = nameStart
    self.nameCount = nameCount
    self.id = id
    self.valueStart = valueStart
    self.valueCount = valueCount
  }

  @inlinable public var name: Range<Int> { Int(nameStart)..<Int(nameStart) &+ Int(nameCount) }
  @inlinable public var value: Range<Int> { Int(valueStart)..<Int(valueStart) &+ Int(valueCount) }
}

/// The field lines of a message, in the order received, as places in the buffer that holds their bytes.
///
/// A head does not copy: it holds the buffer, and stays valid until that buffer is cleared or compacted.
public class MessageHead {
  public final var buffer: ByteBuffer
  /// Where every request comes by, they are looked at by index: to iterate over them is to hold the array, which costs more than
  /// looking at it.
  public final var fields: ContiguousArray<FieldSlice> = [] {
    didSet { present = .all }
  }
  /// Which known fields are among `fields`; it may claim more than there are, never fewer.
  public final var present = FieldSet.all
  /// HTTP/1.x: the x. HTTP/2 heads say 1.
  public final var minorVersion: UInt8 = 1
  /// Whether the names of its fields are in small letters because HTTP/2 knows no others (RFC 9113 § 8.2.1): whoever tells capital
  /// letters from small ones elsewhere cannot here. Parsers say no; whoever reads HTTP/2 says so behind them.
  public final var hasLowercaseNames = false
  /// How the end of the body is found (RFC 9112 § 6.3).
  public final var framing: BodyFraming = .none
  /// Whether the connection may carry another message behind this one (RFC 9112 § 9.3).
  public final var keepsAlive = true
  /// The protocol that `Connection: upgrade` and `Upgrade` ask for or grant; nil where they do not.
  public final var upgrade: FieldSlice?
  /// Whether `Connection` has options other than `close`, `keep-alive` and `upgrade`: names of fields that end here.
  public final var nominatesFields = false

  public init(buffer: ByteBuffer) { self.buffer = buffer }

  @inlinable public final func name(of field: FieldSlice) -> UnsafeRawBufferPointer { buffer[field.name] }
  @inlinable public final func value(of field: FieldSlice) -> UnsafeRawBufferPointer { buffer[field.value] }

  /// The first field line with this name.
  @inlinable public final func first(_ id: FieldID) -> FieldSlice? {
    guard present.contains(id) else { return nil }
    for index in fields.indices where fields[index].id == id { return fields[index] }
    return nil
  }
}

/// How a message body ends on the wire (RFC 9112 § 6.3).
public enum BodyFraming: Equatable, Sendable {
  /// There is no body.
  case none
  /// `Content-Length`: this many bytes.
  case length(UInt64)
  /// `Transfer-Encoding: chunked`.
  case chunked
  /// A response that ends when its connection is closed.
  case untilClose
}

/// A request's head.
public final class RequestHead: MessageHead {
  public enum TargetForm: Sendable { case origin, absolute, authority, asterisk }

  public var method: HTTPMethod = .get
  public var form: TargetForm = .origin
  /// The path as received, percent-encoding kept; `*` for the asterisk form. Never empty.
  public var path: Range<Int> = 0..<0
  /// What stands behind the first `?`, without it; nil where there is none.
  public var query: Range<Int>?
  /// host[:port], from the absolute form or else from `Host`; empty for an HTTP/1.0 request without one.
  public var authority: Range<Int> = 0..<0
  /// The client waits for a 100 before it sends the body (RFC 9110 § 10.1.1).
  public var expectsContinue = false

  @inlinable public var pathBytes: UnsafeRawBufferPointer { buffer[path] }
  @inlinable public var queryBytes: UnsafeRawBufferPointer? { query.map { buffer[$0] } }
  @inlinable public var authorityBytes: UnsafeRawBufferPointer { buffer[authority] }

  /// Becomes another request's head without some of its fields. The bytes stay where they are.
  public func take(_ other: RequestHead, except isLeftOut: (FieldSlice) -> Bool) {
    buffer = other.buffer
    minorVersion = other.minorVersion
    hasLowercaseNames = other.hasLowercaseNames
    framing = other.framing
    keepsAlive = other.keepsAlive
    upgrade = other.upgrade
    nominatesFields = other.nominatesFields
    method = other.method
    form = other.form
    path = other.path
    query = other.query
    authority = other.authority
    expectsContinue = other.expectsContinue
    fields.removeAll(keepingCapacity: true)
    for field in other.fields where !isLeftOut(field) { fields.append(field) }
  }
}

/// A response's head.
public final class ResponseHead: MessageHead {
  /// Three digits; 100–999.
  public var status = 200
}
