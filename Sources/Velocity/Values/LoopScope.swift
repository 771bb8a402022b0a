/// `$foreach`: where a loop stands. A map too, in which templates may keep things for the time of the loop.
final class LoopScope: MapObject {
  /// From 0; -1 before the first round.
  var index = -1
  var hasNext = false
  let parent: LoopScope?
  /// What `$foreach` was before, if it was no loop.
  let replaced: Value
  /// Of the `#foreach` in the template text.
  let offset: Int

  init(parent: LoopScope?, replaced: Value, offset: Int) {
    self.parent = parent
    self.replaced = replaced
    self.offset = offset
  }

  override var className: String { "org.apache.velocity.runtime.directive.ForeachScope" }

  var topmost: LoopScope {
    var scope = self
    while let outer = scope.parent { scope = outer }
    return scope
  }

  var depth: Int {
    var depth = 1
    var scope = self
    while let outer = scope.parent {
      scope = outer
      depth += 1
    }
    return depth
  }

  /// A key that it has not is looked up in the loop around it.
  override func find(_ key: MapKey) -> Value? {
    var scope: LoopScope? = self
    while let current = scope {
      if let value = current.own(key) { return value }
      scope = current.parent
    }
    return nil
  }

  private func own(_ key: MapKey) -> Value? { super.find(key) }

  var outermostReplaced: Value {
    var scope = self
    while case .null = scope.replaced, let outer = scope.parent { scope = outer }
    return scope.replaced
  }
}

/// What `#define($name) … #end` sets: the block, rendered wherever `$name` is.
final class BlockObject: JavaObject {
  /// Index of the block in the program.
  let routine: Int
  /// Renderings of it that are under way.
  var depth = 0

  /// A block may render itself this often within itself; deeper, its reference is printed as text.
  static let deepest = 2

  init(routine: Int) { self.routine = routine }

  override var className: String { "org.apache.velocity.runtime.directive.Block$Reference" }
}
