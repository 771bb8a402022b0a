import Bytes
import Glibc

/// What a text may be made of before it is refused.
public struct JSONLimits: Sendable {
  /// Arrays and objects inside each other.
  public var depth: Int
  /// Length of the text, at most 2^28. The tape that a text is parsed into can take ten times as much memory again.
  public private(set) var bytes: Int

  public init(depth: Int = 512, bytes: Int = 1 << 28) {
    self.depth = depth
    self.bytes = max(0, min(bytes, 1 << 28))
  }

  public static let standard = JSONLimits()
}

/// Which texts count as JSON.
public enum JSONFlavour: Sendable {
  /// RFC 8259, to the letter.
  case strict
  /// What json-smart accepts in its permissive mode, which is what API Gateway reads bodies with: names and strings
  /// without quotes or in single ones, missing and spare commas, anything behind the value, and more.
  case permissive
}

/// One JSON text, parsed: a copy of its bytes and a tape of what stands where in them.
///
/// Parsing decodes nothing and allocates nothing per value: strings and numbers stay where they are in the text until
/// somebody asks for them. A document belongs to one worker.
///
/// A `JSONNode` is a bare pointer into its document: **it must not be used after the document is gone or has parsed
/// another text.**
public final class JSONDocument {
  /// The text, followed by at least `padding` zero bytes, so that scanning stops at the end without counting and words
  /// may be loaded across it.
  var text: UnsafeMutablePointer<UInt8>
  var textCapacity: Int
  /// Bytes of text.
  private(set) var count = 0
  var tape: UnsafeMutablePointer<TapeEntry>
  var tapeCapacity: Int
  /// Whether some number of the text has `TapeEntry.hasLongExponent`.
  var hasLongExponents = false

  static let padding = 32

  /// An empty document (`null`) to `parse` into: worth keeping where one text follows another.
  public init(capacity: Int = 1024) {
    textCapacity = max(capacity, 0) + JSONDocument.padding
    text = .allocate(capacity: textCapacity)
    tapeCapacity = max(capacity, 0) / 8 + 16
    tape = .allocate(capacity: tapeCapacity)
    tape[0] = TapeEntry(.null, offset: 0, length: 0)
  }

  deinit {
    text.deallocate()
    tape.deallocate()
  }

  public convenience init(
    parsing bytes: UnsafeRawBufferPointer, as flavour: JSONFlavour = .strict, limits: JSONLimits = .standard
  ) throws(JSONError) {
    self.init(capacity: min(bytes.count, limits.bytes))
    try parse(bytes, as: flavour, limits: limits)
  }

  public convenience init(
    parsing text: String, as flavour: JSONFlavour = .strict, limits: JSONLimits = .standard
  ) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), as: flavour, limits: limits)
  }

  public convenience init(
    parsing bytes: [UInt8], as flavour: JSONFlavour = .strict, limits: JSONLimits = .standard
  ) throws(JSONError) {
    self.init(capacity: min(bytes.count, limits.bytes))
    let failure: JSONError? = bytes.withUnsafeBytes { bytes in
      do throws(JSONError) {
        try parse(bytes, as: flavour, limits: limits)
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  /// Parses another text in place of what the document holds; every node taken from it before is void.
  ///
  /// - Throws: `JSONError`; the document then holds `null`.
  public func parse(
    _ bytes: UnsafeRawBufferPointer, as flavour: JSONFlavour = .strict, limits: JSONLimits = .standard
  ) throws(JSONError) {
    guard bytes.count <= limits.bytes else {
      hold(UnsafeRawBufferPointer(start: nil, count: 0))
      throw JSONError(.tooLong, at: limits.bytes, in: bytes)
    }
    hold(bytes)
    // json-smart drops U+007F from strings with backslashes and refuses some exponents, as only the permissive parser does.
    var failure = ParseFailure.unread
    if flavour == .strict || memchr(text, 0x7F, count) == nil {
      if let refused = fillTape(depthLimit: limits.depth) {
        failure = refused
      } else if flavour == .strict || !hasLongExponents {
        return
      }
    }
    if flavour == .permissive, failure.reason != .tooDeep {
      guard let other = fillTapePermissively(bytes, depthLimit: limits.depth) else { return }
      failure = other
    }
    tape[0] = TapeEntry(.null, offset: 0, length: 0)
    throw JSONError(failure.reason, at: failure.offset, in: bytes)
  }

  /// What is no UTF-8 is repaired first, as Java decodes a body, so that an error's offset may lie some bytes off.
  private func fillTapePermissively(_ bytes: UnsafeRawBufferPointer, depthLimit: Int) -> ParseFailure? {
    var repaired = String(decoding: bytes, as: UTF8.self)
    repaired.withUTF8 { hold(UnsafeRawBufferPointer($0), spare: $0.count) }
    var parser = PermissiveParser(self, depthLimit: depthLimit)
    return parser.parse()
  }

  /// What the document holds on to, whatever it was last made from.
  public var allocatedBytes: Int { textCapacity &+ tapeCapacity &* MemoryLayout<TapeEntry>.stride }

  /// The value that the whole text is.
  public var root: JSONNode { JSONNode(entry: tape, text: UnsafePointer(text)) }

  /// - Parameter spare: bytes of room behind the text and its padding.
  private func hold(_ bytes: UnsafeRawBufferPointer, spare: Int = 0) {
    let needed = bytes.count + JSONDocument.padding + spare
    if textCapacity < needed {
      text.deallocate()
      text = .allocate(capacity: needed)
      textCapacity = needed
    }
    if let source = bytes.baseAddress {
      UnsafeMutableRawPointer(text).copyMemory(from: source, byteCount: bytes.count)
    }
    (text + bytes.count).update(repeating: 0, count: JSONDocument.padding)
    count = bytes.count
    hasLongExponents = false
    tape[0] = TapeEntry(.null, offset: 0, length: 0)
  }

  /// Doubles the tape; entries keep their indexes.
  @inline(never) func growTape() {
    let larger = UnsafeMutablePointer<TapeEntry>.allocate(capacity: tapeCapacity * 2)
    larger.update(from: tape, count: tapeCapacity)
    tape.deallocate()
    tape = larger
    tapeCapacity *= 2
  }
}
