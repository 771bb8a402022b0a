import JSON

/// A `#foreach` that is under way.
struct LoopFrame {
  /// What it goes through.
  enum Source {
    case nodes(JSONElements, upcoming: JSONNode?, of: JSONNode)
    case list(ListObject, next: Int, changes: Int)
    case iterator(IteratorObject)
  }

  var source: Source
  let slot: Int
  /// Where the program goes on behind it.
  let exit: Int
  /// Heights to fall back to when it ends early.
  let stackHeight: Int
  let captureHeight: Int
  /// What the variables were before it.
  let saved: Value
  let savedCount: Value
  let savedHasNext: Value
  let scope: LoopScope?
  /// From 0; -1 before the first round.
  var index = -1
  var hasNext = false
  /// The element is null: the loop variable then stays null, whatever is set.
  var holdsNull = false

  /// Whether another round follows.
  func isMore() -> Bool {
    switch source {
    case .nodes(_, let upcoming, _): upcoming != nil
    case .list(let list, let next, _): next != list.count
    case .iterator(let iterator): iterator.hasNext
    }
  }

  /// The next element.
  mutating func next(_ heap: Heap) throws(Signal) -> Value {
    switch source {
    case .nodes(var elements, let upcoming, let array):
      guard let upcoming else { return .null }
      if !heap.isUntouched, let list = heap.existing(array) as? ListObject, list.changes > 0 {
        throw .exception("java.util.ConcurrentModificationException")
      }
      let following = elements.next()
      source = .nodes(elements, upcoming: following, of: array)
      return Value(upcoming)
    case .list(let list, let next, let changes):
      guard list.changes == changes else { throw .exception("java.util.ConcurrentModificationException") }
      source = .list(list, next: next + 1, changes: changes)
      return try list.element(at: next)
    case .iterator(let iterator):
      return try iterator.next() ?? .null
    }
  }
}
