import Bytes

/// What the answer to a HEAD says of the stored answer to a GET (RFC 9111 § 4.3.5).
public enum HeadUpdate: Equatable, Sendable {
  /// It is the same representation: the stored fields are brought up to date.
  case freshen
  /// It is another one: what is stored is stale.
  case makeStale
  /// It says nothing of it.
  case none

  /// - Parameters:
  ///   - length: of the body that the answer speaks of, in bytes; nil where it does not say.
  ///   - fields: of the stored response.
  ///   - storedLength: of the stored body, in bytes.
  public static func decide(
    _ answer: ResponseFacts, length: Int?, _ record: ResponseRecord, fields: UnsafeRawBufferPointer, storedLength: Int
  ) -> HeadUpdate {
    guard answer.status == 200, record.status == 200 else { return .none }
    if let newer = answer.etag {
      guard let place = record.etag,
        EntityTag(UnsafeRawBufferPointer(rebasing: fields[place])).isWeaklyEqual(EntityTag(newer))
      else { return .makeStale }
    }
    if let modified = answer.lastModified, modified != record.lastModified { return .makeStale }
    if let length, length != storedLength { return .makeStale }
    return .freshen
  }
}
