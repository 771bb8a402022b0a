/// A table of where the members or elements of a large container are, in room that the parser leaves behind them on the
/// tape. It is filled when somebody first looks for one, so that nothing is paid for what nobody looks into, and looking a
/// thousand times does not go through a hundred thousand members each time.
///
///     | object | name value name value … | words of the table … | header |
///     entry                               contentsEnd             entry + span
///
/// Of an object: a hash table of its names' places; 0 is free. Of an array whose elements are not all scalars: its
/// elements' places, in order. All counted from the container's entry.
extension TapeEntry {
  @usableFromInline static let hasAnnex: UInt8 = 64
  /// The table has been filled.
  @usableFromInline static let isIndexed: UInt8 = 128

  /// From this many members or elements on.
  @usableFromInline static let fewestIndexed = 32

  @inlinable var hasAnnex: Bool { flags & TapeEntry.hasAnnex != 0 }
}

extension JSONDocument {
  /// Leaves room for the annex of a container that is being closed.
  /// - Parameter next: the first free entry of the tape, behind the container's contents.
  /// - Returns: the first free entry behind the annex.
  @inline(never) func reserveAnnex(of container: Int, members: Int, from next: Int) -> Int {
    let isObject = tape[container].kind == .object
    // Half of an object's table stays free, a quarter at least.
    let words = isObject ? 1 << (Int.bitWidth - (members * 2 - 1).leadingZeroBitCount) : (members + 3) & ~3
    let header = next + words / 4
    // The parser counts on room for two entries more.
    while header + 3 > tapeCapacity { growTape() }
    tape[header] = TapeEntry(.null, offset: 0, length: words)
    tape[container].flags |= TapeEntry.hasAnnex
    return header + 1
  }
}

extension JSONNode {
  @inlinable var contentsEnd: UnsafeMutablePointer<TapeEntry> {
    let end = entry + Int(entry.pointee.span)
    return entry.pointee.hasAnnex ? end - 1 - Int(end[-1].length) / 4 : end
  }

  private var isIndexed: Bool { entry.pointee.flags & TapeEntry.isIndexed != 0 }

  private var table: UnsafeMutableBufferPointer<UInt32> {
    let words = Int((entry + Int(entry.pointee.span) - 1).pointee.length)
    let start = UnsafeMutableRawPointer(contentsEnd).bindMemory(to: UInt32.self, capacity: words)
    return UnsafeMutableBufferPointer(start: start, count: words)
  }

  // MARK: Elements

  /// An element of an array that has an annex.
  @usableFromInline func indexedElement(_ index: Int) -> UnsafeMutablePointer<TapeEntry> {
    let table = self.table
    if !isIndexed {
      var at = entry + 1
      for place in 0..<Int(entry.pointee.length) {
        table[place] = UInt32(truncatingIfNeeded: at - entry)
        at += Int(at.pointee.span)
      }
      entry.pointee.flags |= TapeEntry.isIndexed
    }
    return entry + Int(table[index])
  }

  // MARK: Members

  /// The entry of a name in an object that has an annex and is settled; nil where it has no such member.
  @usableFromInline func indexedName(_ name: UnsafeRawBufferPointer) -> UnsafeMutablePointer<TapeEntry>? {
    let table = self.table
    var slot = JSONNode.strongHash(name) & (table.count - 1)
    while table[slot] != 0 {
      let candidate = entry + Int(table[slot])
      if JSONNode(entry: candidate, text: text).contentsEqual(name) { return candidate }
      slot = (slot + 1) & (table.count - 1)
    }
    return nil
  }

  /// Fills the table. Where a name comes again, `repeated` is told, and the earlier one stays.
  func indexNames(_ repeated: (_ earlier: UnsafeMutablePointer<TapeEntry>, UnsafeMutablePointer<TapeEntry>) -> Void) {
    let table = self.table
    let end = contentsEnd
    table.update(repeating: 0)
    var at = entry + 1
    while at < end {
      withContents(of: at) { name in
        var slot = JSONNode.strongHash(name) & (table.count - 1)
        while table[slot] != 0 {
          let earlier = entry + Int(table[slot])
          if earlier.pointee.hash == at.pointee.hash, JSONNode(entry: earlier, text: text).contentsEqual(name) {
            return repeated(earlier, at)
          }
          slot = (slot + 1) & (table.count - 1)
        }
        table[slot] = UInt32(truncatingIfNeeded: at - entry)
      }
      at += 1
      at += Int(at.pointee.span)
    }
    entry.pointee.flags |= TapeEntry.isIndexed
  }

  /// A hash that a peer cannot foresee, so that no body makes a table slow.
  private static func strongHash(_ name: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: name)
    return hasher.finalize()
  }
}
