import APIModel
import Bytes

/// What content handling does to a payload on its way (spec § 3.3), before a template sees it.
enum ContentConversion {
  /// Bytes untouched: a binary payload.
  case bytes
  /// Text: bytes that are not UTF-8 are replaced by U+FFFD.
  case text
  /// Text becomes the bytes that it is the base64 of.
  case decode
  /// Bytes become base64.
  case encode

  /// Whether a template can read what comes out.
  var givesText: Bool {
    switch self {
    case .text, .encode: true
    case .bytes, .decode: false
    }
  }

  /// On the way to the integration: the content type says what the payload is.
  static func request(_ plan: MethodPlan, _ mediaType: UnsafeRawBufferPointer?) -> ContentConversion {
    let isBinary = plan.binaryMediaTypes.contains(mediaType)
    return switch (isBinary, plan.contentHandling) {
    case (false, nil), (false, .convertToText): .text
    case (false, .convertToBinary): .decode
    case (true, nil), (true, .convertToBinary): .bytes
    case (true, .convertToText): .encode
    }
  }

  /// On the way to the client: the answer's content type says what the payload is, `Accept` what the client takes.
  static func response(
    _ types: BinaryMediaTypes, _ handling: Integration.ContentHandling?, payload: UnsafeRawBufferPointer?,
    accept: UnsafeRawBufferPointer?
  ) -> ContentConversion {
    let isBinary = types.contains(payload)
    let takesBinary = types.contains(accept)
    return switch (isBinary, takesBinary, handling) {
    case (false, _, .convertToBinary): .decode
    case (false, true, nil): .decode
    case (false, _, _): .text
    case (true, _, .convertToBinary), (true, true, nil): .bytes
    case (true, _, .convertToText), (true, false, nil): .encode
    }
  }

  /// Whether a payload comes out other than it went in.
  func changes(_ payload: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .bytes: false
    case .text: !UTF8Repair.isWellFormed(payload)
    case .decode, .encode: true
    }
  }

  /// - Throws: 500 for text that is not base64.
  func write(_ payload: UnsafeRawBufferPointer, into out: ByteBuffer) throws(GatewayFailure) {
    switch self {
    case .bytes: out.write(payload)
    case .text: UTF8Repair.write(payload, into: out)
    case .encode: Base64.encode(payload, into: out)
    case .decode:
      guard Base64.decode(payload, into: out) else {
        throw .configuration("Unable to base64 decode the body: it is not base64")
      }
    }
  }
}

/// Text that is to be UTF-8.
enum UTF8Repair {
  static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index &+ 32 <= bytes.count {
      let words = bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
      if (words.x | words.y | words.z | words.w) & 0x8080_8080_8080_8080 != 0 { break }
      index &+= 32
    }
    while index &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      index &+= 8
    }
    return bytes.assumingMemoryBound(to: UInt8.self).extracting(index...).isWellFormedUTF8
  }

  /// Writes the bytes, with U+FFFD for each part that is not UTF-8.
  static func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {
    if isWellFormed(bytes) { out.write(bytes) } else { out.write(bytes.text) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate var isWellFormedUTF8: Bool { (try? UTF8Span(validating: span)) != nil }
}
