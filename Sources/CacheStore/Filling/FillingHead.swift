import CacheRules

/// The head of a response that is being fetched and will be stored: what readers answer their clients with before the
/// body is whole.
public final class FillingHead: Sendable {
  public let record: ResponseRecord
  /// See `Vary`: whose request this does not match fetches for himself.
  public let selection: [UInt8]
  /// A field block, as `StoredObject.fields`.
  public let fields: [UInt8]
  /// Bytes of the body; nil where the origin has not said.
  public let length: Int?
  let tags: [UInt64]

  init(record: ResponseRecord, selection: [UInt8], fields: [UInt8], length: Int?, tags: [UInt64]) {
    self.record = record
    self.selection = selection
    self.fields = fields
    self.length = length
    self.tags = tags
  }
}

/// Somebody who waits for a filling, on whatever thread.
public protocol FillingWaiter: AnyObject, Sendable {
  /// Called once for each time that it was left behind, on any thread, under no lock. It must not wait.
  func wake()
}
