/// `#foreach`, from its first round to what it leaves behind.
extension Machine {
  /// Begins a loop over what is on the stack; false if that cannot be gone through.
  func beginLoop(_ instruction: Instruction, _ program: Program, offset: Int32) -> Bool {
    let slot = program.loops[Int(instruction.a)].slot
    let value = heap.current(stack.pop())
    guard
      var frame = LoopFrame(
        over: value, heap, slot: slot, exit: Int(instruction.b), stackHeight: stack.count, captureHeight: captures.count
      )
    else { return false }
    let roots = program.roots
    frame.saved = visible(slot)
    if roots.velocityCount >= 0 { frame.savedCount = visible(roots.velocityCount) }
    if roots.velocityHasNext >= 0 { frame.savedHasNext = visible(roots.velocityHasNext) }
    if roots.foreach >= 0 {
      let previous = visible(roots.foreach)
      let parent: LoopScope? = if case .object(let object) = previous { object as? LoopScope } else { nil }
      let scope = heap.made(
        LoopScope(parent: parent, replaced: parent == nil ? previous : .null, offset: Int(offset)))
      frame.scope = scope
      slots[roots.foreach] = .object(scope)
    }
    loops.push(frame)
    return true
  }

  /// Begins the next round; false if there is none, and the loop is over.
  func nextRound(_ cost: Int, _ program: Program, _ at: inout Int) throws(Signal) -> Bool {
    guard let frame = loops.innermost else { return false }
    if frame.pointee.holdsNull {
      frame.pointee.holdsNull = false
      nullHolds &-= 1
    }
    guard frame.pointee.isMore() else {
      try finishLoop(&at)
      return false
    }
    guard frame.pointee.index &+ 1 < limits.iterations else {
      throw .failure(
        RenderError(
          .tooManyIterations, line: 0, column: Int(program.offsets[at]),
          message: "#foreach goes round more than \(limits.iterations) times"))
    }
    try heap.spend(cost)
    let value = try frame.pointee.next(heap)
    let hasNext = frame.pointee.isMore()
    frame.pointee.index &+= 1
    frame.pointee.hasNext = hasNext
    if let scope = frame.pointee.scope {
      scope.index = frame.pointee.index
      scope.hasNext = hasNext
    }
    if program.roots.velocityCount >= 0 {
      slots[program.roots.velocityCount] = .int(Int32(clamping: frame.pointee.index &+ 1))
    }
    if program.roots.velocityHasNext >= 0 { slots[program.roots.velocityHasNext] = .bool(hasNext) }
    if nullHolds == 0 || !isHeldNull(frame.pointee.slot) { slots[frame.pointee.slot] = value }
    if case .null = value, !frame.pointee.isReleased {
      frame.pointee.holdsNull = true
      nullHolds &+= 1
    }
    return true
  }

  /// Ends the innermost loop: the variables are again what they were before it, and the program goes on behind it.
  /// - Returns: whether `$foreach` was still there.
  @discardableResult func leaveLoop(_ at: inout Int) -> Bool {
    guard let frame = loops.pop(), let program else { return true }
    if frame.holdsNull { nullHolds &-= 1 }
    if nullHolds > 0, frame.saved.isNull { releaseHolds(on: frame.slot) }
    slots[frame.slot] = frame.saved
    let roots = program.roots
    if roots.velocityCount >= 0 { slots[roots.velocityCount] = frame.savedCount }
    if roots.velocityHasNext >= 0 { slots[roots.velocityHasNext] = frame.savedHasNext }
    if captures.count > frame.captureHeight { abandonTexts(to: frame.captureHeight) }
    stack.truncate(to: frame.stackHeight)
    at = frame.exit
    guard frame.scope != nil else { return true }
    switch visible(roots.foreach) {
    case .null: return false
    case .object(let object):
      guard let scope = object as? LoopScope else { return true }
      slots[roots.foreach] = scope.parent.map { .object($0) } ?? scope.outermostReplaced
      return true
    default: return true
    }
  }

  private func releaseHolds(on slot: Int) {
    let frames = loops.frames
    for index in frames.indices where frames[index].holdsNull && frames[index].slot == slot {
      frames[index].holdsNull = false
      frames[index].isReleased = true
      nullHolds &-= 1
    }
  }

  /// A loop that ends and finds no `$foreach` any more, because its own variable had that name, fails as Velocity does.
  func finishLoop(_ at: inout Int) throws(Signal) {
    if !leaveLoop(&at) { throw Machine.goneLoop }
  }

  static let goneLoop = Signal.exception("java.lang.NullPointerException: $foreach is gone")

  func loopMember(_ member: Int32) -> Value {
    guard let frame = loops.innermost else { return .emptyText }
    switch LoopMember(rawValue: member) {
    case .index: return .int(Int32(clamping: frame.pointee.index))
    case .count: return .int(Int32(clamping: frame.pointee.index &+ 1))
    case .hasNext: return .bool(frame.pointee.hasNext)
    case .first: return .bool(frame.pointee.index < 1)
    case .last: return .bool(!frame.pointee.hasNext)
    case nil: return .emptyText
    }
  }

  /// Whether a loop over a variable is at a null element, which then cannot be set.
  func isHeldNull(_ slot: Int) -> Bool { loops.frames.contains { $0.holdsNull && $0.slot == slot } }

  /// Sets a variable, unless the value is null or a loop holds the variable at null.
  func store(_ value: consuming Value, _ slot: Int) {
    if case .null = value { return }
    if nullHolds > 0, isHeldNull(slot) { return }
    slots[slot] = value
  }

  /// What a variable is to a reader.
  func visible(_ slot: Int) -> Value {
    nullHolds > 0 && isHeldNull(slot) ? .null : slots[slot]
  }
}
