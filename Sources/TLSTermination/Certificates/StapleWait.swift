/// A renewed pair that clients would refuse without its issuer's word (RFC 7633, `must-staple`), on its way into the place of
/// the one before.
///
///     renewed --asked for--> the word has come, or `patience` is over, or the one before has expired --> shown
///
/// Only for so long: a pair may have been renewed because the one before is no longer to be trusted.
struct StapleWait: Sendable {
  let item: CertificateEntry.Item
  /// Seconds since 1970.
  let since: Int64

  /// Seconds: a responder is asked four times in them (`StapleSchedule`).
  static let patience: Int64 = 300

  /// Nil where there is nothing to wait for.
  /// - Parameter before: what is shown.
  init?(for item: CertificateEntry.Item, after before: CertificateEntry.Item?, at now: Int64) {
    guard let before, item.pair.leaf.mustBeStapled, item.shownStaple == nil, item.pair.stapleSource != nil else {
      return nil
    }
    self.item = item
    since = now
    if isOver(after: before, at: now) { return nil }
  }

  func isOver(after before: CertificateEntry.Item, at now: Int64) -> Bool {
    item.shownStaple != nil || now - since >= Self.patience || before.pair.leaf.notAfter <= now
  }
}
