import JSON

/// A `#foreach` that is under way.
struct LoopFrame {
  /// What it goes through.
  private enum Source { case nodes, list, iterator }

  private var source = Source.nodes
  /// Of `.nodes`: the elements behind the upcoming one, and the array itself.
  private var elements: JSONElements?
  private var upcoming: JSONNode?
  private var array: JSONNode?
  /// Of `.list`: how often it had been changed, and the index of the upcoming element.
  private var list: ListObject?
  private var changes = 0
  private var upcomingIndex = 0
  private var iterator: IteratorObject?

  let slot: Int
  /// Where the program goes on behind it.
  let exit: Int
  /// Heights to fall back to when it ends early.
  let stackHeight: Int
  let captureHeight: Int
  /// What the variables were before it.
  var saved = Value.null
  var savedCount = Value.null
  var savedHasNext = Value.null
  var scope: LoopScope?
  /// From 0; -1 before the first round.
  var index = -1
  var hasNext = false
  /// The element is null: the loop variable then stays null, whatever is set.
  var holdsNull = false
  /// A loop over the same variable within such a round has ended: later rounds hold nothing any more, as in Velocity.
  var isReleased = false

  /// nil: the value cannot be gone through.
  init?(over value: Value, _ heap: Heap, slot: Int, exit: Int, stackHeight: Int, captureHeight: Int) {
    switch value {
    case .node(let node) where node.kind == .array:
      source = .nodes
      array = node
      elements = node.elements
      upcoming = elements?.next()
    case .node, .object:
      guard let object = heap.object(for: value) else { return nil }
      if let list = object as? ListObject, !(list is SubListObject) {
        source = .list
        self.list = list
        changes = list.changes
      } else if let iterator = object.iterator() {
        source = .iterator
        self.iterator = iterator
      } else {
        return nil
      }
    default: return nil
    }
    self.slot = slot
    self.exit = exit
    self.stackHeight = stackHeight
    self.captureHeight = captureHeight
  }

  /// Whether another round follows. Mutating, as `next` is, only so that the frame is looked at where it lies.
  @inline(__always) mutating func isMore() -> Bool {
    switch source {
    case .nodes: upcoming != nil
    case .list: upcomingIndex != list?.count ?? 0
    case .iterator: iterator?.hasNext ?? false
    }
  }

  /// The next element.
  @inline(__always) mutating func next(_ heap: Heap) throws(Signal) -> Value {
    switch source {
    case .nodes:
      guard let node = upcoming else { return .null }
      if !heap.isUntouched { try checkChanges(heap) }
      upcoming = elements?.next()
      return Value(node)
    case .list:
      guard let list else { return .null }
      guard list.changes == changes else { throw .exception("java.util.ConcurrentModificationException") }
      upcomingIndex += 1
      return try list.element(at: upcomingIndex - 1)
    case .iterator:
      return try iterator?.next() ?? .null
    }
  }

  /// An array that has become a list meanwhile must not have changed its length.
  private func checkChanges(_ heap: Heap) throws(Signal) {
    if let array, let list = heap.existing(array) as? ListObject, list.changes > 0 {
      throw .exception("java.util.ConcurrentModificationException")
    }
  }
}
