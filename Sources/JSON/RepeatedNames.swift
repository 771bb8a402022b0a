/// What an object is when a name appears in it more than once: the first appearance keeps its place and takes the last
/// value, as `java.util.LinkedHashMap.put` does.
///
/// Decided when the object is first looked into, since most objects of a large body never are.
extension JSONNode {
  /// Whether repeated names have been dealt with.
  @inlinable var isSettled: Bool { entry.pointee.flags & TapeEntry.isSettled != 0 }

  @usableFromInline var settledCount: Int {
    if !isSettled { settle() }
    return Int(entry.pointee.length)
  }

  @usableFromInline func settle() {
    entry.pointee.flags |= TapeEntry.isSettled
    if entry.pointee.hasAnnex { return indexNames(supersede) }
    guard entry.pointee.length > 1, mayRepeatNames else { return }
    settleByComparing()
  }

  /// False: no two names have the same hash. One bit for each of 64 hash classes decides most small objects.
  private var mayRepeatNames: Bool {
    let end = entry + Int(entry.pointee.span)
    var at = entry + 1
    var seen: UInt64 = 0
    while at < end {
      let bit = UInt64(1) << UInt64(at.pointee.hash & 63)
      if seen & bit != 0 { return true }
      seen |= bit
      at += 1
      at += Int(at.pointee.span)
    }
    return false
  }

  private func settleByComparing() {
    let end = entry + Int(entry.pointee.span)
    var at = entry + 1
    while at < end {
      var earlier = entry + 1
      while earlier < at {
        if earlier.pointee.hash == at.pointee.hash, earlier.pointee.flags & TapeEntry.isSuperseded == 0,
          haveSameName(earlier, at)
        {
          supersede(earlier, by: at)
          break
        }
        earlier += 1
        earlier += Int(earlier.pointee.span)
      }
      at += 1
      at += Int(at.pointee.span)
    }
  }

  private func haveSameName(_ one: UnsafeMutablePointer<TapeEntry>, _ other: UnsafeMutablePointer<TapeEntry>) -> Bool {
    withContents(of: other) { JSONNode(entry: one, text: text).contentsEqual($0) }
  }

  func withContents<Result>(
    of name: UnsafeMutablePointer<TapeEntry>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    JSONNode(entry: name, text: text).withContents(body)
  }

  private func supersede(_ earlier: UnsafeMutablePointer<TapeEntry>, by later: UnsafeMutablePointer<TapeEntry>) {
    earlier.pointee.span = UInt32(truncatingIfNeeded: later + 1 - earlier)
    later.pointee.flags |= TapeEntry.isSuperseded
    entry.pointee.length -= 1
  }
}
