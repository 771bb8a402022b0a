/// The elements of an array, in order.
@frozen public struct JSONElements: Sequence, IteratorProtocol {
  @usableFromInline var upcoming: JSONNode
  @usableFromInline let end: UnsafeMutablePointer<TapeEntry>

  @inlinable init(_ array: JSONNode) {
    upcoming = JSONNode(entry: array.entry + 1, text: array.text)
    end = array.kind == .array ? array.contentsEnd : upcoming.entry
  }

  @inlinable public mutating func next() -> JSONNode? {
    guard upcoming.entry < end else { return nil }
    let element = upcoming
    upcoming = JSONNode(entry: element.entry + Int(element.entry.pointee.span), text: element.text)
    return element
  }
}

/// The members of an object: names in the order of their first appearance, with their values.
@frozen public struct JSONMembers: Sequence, IteratorProtocol {
  @usableFromInline var upcoming: JSONNode
  @usableFromInline let end: UnsafeMutablePointer<TapeEntry>

  @inlinable init(_ object: JSONNode) {
    upcoming = JSONNode(entry: object.entry + 1, text: object.text)
    guard object.kind == .object else {
      end = upcoming.entry
      return
    }
    if !object.isSettled { object.settle() }
    end = object.contentsEnd
  }

  /// - Returns: the name, a node of kind `.string`, and the value.
  @inlinable public mutating func next() -> (name: JSONNode, value: JSONNode)? {
    while upcoming.entry < end {
      let name = upcoming
      let physical = name.entry + 1
      upcoming = JSONNode(entry: physical + Int(physical.pointee.span), text: name.text)
      if name.entry.pointee.flags & TapeEntry.isSuperseded != 0 { continue }
      return (name, JSONNode(entry: name.entry + Int(name.entry.pointee.span), text: name.text))
    }
    return nil
  }
}
