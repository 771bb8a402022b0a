import Bytes
import HTTPSemantics

/// The trailer section of an HTTP/2 request, written down as the lines of an HTTP/1.1 one, under the same rules and
/// limits.
struct TrailerText {
  private(set) var lines: ByteBuffer?
  private(set) var error: WireError?
  private var count = 0
  private var byteCount = 0
  private let limits: BodyLimits

  init(limits: BodyLimits) { self.limits = limits }

  /// A field that the library itself found wrong.
  mutating func noteMalformed() { error = error ?? .malformedFieldName }

  /// Takes the next field.
  /// - Returns: false where something is wrong with the section already: the rest is not looked at.
  mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    guard error == nil else { return false }
    guard name.isToken, value.isFieldValue else {
      error = .malformedFieldName
      return true
    }
    count += 1
    byteCount += name.count &+ value.count &+ 4
    guard count <= limits.trailerCount, byteCount <= limits.trailerBytes else {
      error = .trailersTooLarge
      return true
    }
    guard TrailerRules.mayTrail(FieldID(name), name) else { return true }
    let out = lines ?? ByteBuffer(capacity: 256)
    lines = out
    FieldLine.write(name: name, value: value, into: out)
    return true
  }
}
