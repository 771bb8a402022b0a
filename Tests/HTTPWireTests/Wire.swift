import Bytes
import HTTPSemantics

@testable import HTTPWire

/// What a peer sent, read by the codec in one way or another.
enum Wire {
  /// The bytes of `text` in a buffer, with `behind` bytes of room.
  static func buffer(_ text: String) -> ByteBuffer {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write(text)
    return buffer
  }

  static func buffer(_ bytes: [UInt8]) -> ByteBuffer {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write(bytes)
    return buffer
  }

  /// Reads a request head from bytes that are all there.
  static func request(_ text: String, limits: HeadLimits = .standard) -> (HeadResult, RequestHead) {
    request(Array(text.utf8), limits: limits)
  }

  static func request(_ bytes: [UInt8], limits: HeadLimits = .standard) -> (HeadResult, RequestHead) {
    let buffer = buffer(bytes)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    return (parser.parse(buffer: buffer, into: head, limits: limits), head)
  }

  /// Reads a request head from bytes that come in pieces of `size`.
  static func request(
    _ bytes: [UInt8], inPiecesOf size: Int, limits: HeadLimits = .standard
  ) -> (HeadResult, RequestHead) {
    let buffer = ByteBuffer(capacity: 64)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    var result = HeadResult.incomplete
    var at = 0
    while at < bytes.count, result == .incomplete {
      let next = min(at + size, bytes.count)
      buffer.write(Array(bytes[at..<next]))
      result = parser.parse(buffer: buffer, into: head, limits: limits)
      at = next
    }
    return (result, head)
  }

  static func response(
    _ text: String, answering method: HTTPMethod = .get, limits: HeadLimits = .standard
  ) -> (HeadResult, ResponseHead) {
    let buffer = buffer(text)
    let head = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    return (parser.parse(buffer: buffer, into: head, answering: method, limits: limits), head)
  }

  static func response(
    _ text: String, inPiecesOf size: Int, answering method: HTTPMethod = .get, limits: HeadLimits = .standard
  ) -> (HeadResult, ResponseHead) {
    let bytes = Array(text.utf8)
    let buffer = ByteBuffer(capacity: 64)
    let head = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    var result = HeadResult.incomplete
    var at = 0
    while at < bytes.count, result == .incomplete {
      let next = min(at + size, bytes.count)
      buffer.write(Array(bytes[at..<next]))
      result = parser.parse(buffer: buffer, into: head, answering: method, limits: limits)
      at = next
    }
    return (result, head)
  }
}

extension MessageHead {
  /// The fields as text, for comparing.
  var lines: [String] { fields.map { "\(name(of: $0).text)=\(value(of: $0).text)" } }
}
