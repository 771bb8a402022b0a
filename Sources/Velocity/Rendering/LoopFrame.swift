import JSON

/// A `#foreach` that is under way.
final class LoopFrame {
  /// What it goes through.
  enum Source {
    case nodes
    case list(ListObject, changes: Int)
    case iterator(IteratorObject)
  }

  let source: Source
  /// Of `.nodes`: the elements behind the upcoming one, and the array itself.
  private var elements: JSONElements?
  private var upcoming: JSONNode?
  private let array: JSONNode?
  /// Of `.list`: the index of the upcoming element.
  private var upcomingIndex = 0

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

  private init(
    source: Source, elements: JSONElements?, array: JSONNode?, slot: Int, exit: Int, stackHeight: Int,
    captureHeight: Int
  ) {
    self.source = source
    self.elements = elements
    self.array = array
    upcoming = self.elements?.next()
    self.slot = slot
    self.exit = exit
    self.stackHeight = stackHeight
    self.captureHeight = captureHeight
  }

  /// nil: the value cannot be gone through.
  convenience init?(over value: Value, _ heap: Heap, slot: Int, exit: Int, stackHeight: Int, captureHeight: Int) {
    var source = Source.nodes
    var array: JSONNode?
    switch value {
    case .node(let node) where node.kind == .array: array = node
    case .node, .object:
      guard let object = heap.object(for: value) else { return nil }
      if let list = object as? ListObject, !(list is SubListObject) {
        source = .list(list, changes: list.changes)
      } else if let iterator = object.iterator() {
        source = .iterator(iterator)
      } else {
        return nil
      }
    default: return nil
    }
    self.init(
      source: source, elements: array?.elements, array: array, slot: slot, exit: exit, stackHeight: stackHeight,
      captureHeight: captureHeight)
  }

  /// Whether another round follows.
  @inline(__always) var isMore: Bool {
    switch source {
    case .nodes: upcoming != nil
    case .list(let list, _): upcomingIndex != list.count
    case .iterator(let iterator): iterator.hasNext
    }
  }

  /// The next element.
  @inline(__always) func next(_ heap: Heap) throws(Signal) -> Value {
    switch source {
    case .nodes:
      guard let node = upcoming else { return .null }
      if !heap.isUntouched { try checkChanges(heap) }
      upcoming = elements?.next()
      return Value(node)
    case .list(let list, let changes):
      guard list.changes == changes else { throw .exception("java.util.ConcurrentModificationException") }
      upcomingIndex += 1
      return try list.element(at: upcomingIndex - 1)
    case .iterator(let iterator):
      return try iterator.next() ?? .null
    }
  }

  /// An array that has become a list meanwhile must not have changed its length.
  private func checkChanges(_ heap: Heap) throws(Signal) {
    if let array, let list = heap.existing(array) as? ListObject, list.changes > 0 {
      throw .exception("java.util.ConcurrentModificationException")
    }
  }
}
