import Bytes
import JSON

/// Runs one block of a program: the template itself, or a `#define` block.
struct Interpreter {
  private let machine: Machine
  private let program: Program
  private let instructions: UnsafeMutablePointer<Instruction>
  private let heap: Heap
  private var at: Int
  /// Loops of the blocks that this one is rendered from.
  private let outerLoops: Int
  private let outerCaptures: Int
  private let outerStack: Int

  init(_ machine: Machine, _ program: Program, at start: Int) {
    self.machine = machine
    self.program = program
    // A program has an `end` at least.
    instructions = program.instructions.baseAddress.unsafelyUnwrapped
    heap = machine.heap
    at = start
    outerLoops = machine.loops.count
    outerCaptures = machine.captures.count
    outerStack = machine.stack.count
  }

  mutating func run() throws(Signal) {
    while true {
      do {
        try interpret()
        return
      } catch {
        switch error {
        case .leave(let scope):
          if let frame = machine.loops.lastIndex(where: { $0.scope.map(ObjectIdentifier.init) == scope }),
            frame >= outerLoops
          {
            while machine.loops.count > frame { leaveLoop() }
            continue
          }
          unwind()
          throw error
        case .stop, .failure:
          unwind()
          throw error
        default:
          let offset = Int(program.offsets[at])
          unwind()
          throw .failure(machine.describe(error, at: offset))
        }
      }
    }
  }

  /// Leaves everything as it was found.
  private mutating func unwind() {
    while machine.loops.count > outerLoops { leaveLoop() }
    machine.abandonTexts(to: outerCaptures)
    machine.stack.truncate(to: outerStack)
  }

  private mutating func interpret() throws(Signal) {
    while true {
      let instruction = instructions[at]
      switch instruction.operation {
      case .text:
        machine.out.write(
          UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(program.literals)[
              Int(instruction.a)..<Int(instruction.a &+ instruction.b)]))
        if machine.out.writeIndex > machine.outLimit { throw .outputTooLarge }
      case .emitMember:
        try emitMember(instruction)
      case .emit:
        try emit(machine.stack.pop(), instruction)
      case .emitEscaped:
        try machine.escape(machine.stack.pop(), into: machine.out)
        if machine.out.writeIndex > machine.outLimit { throw .outputTooLarge }
      case .emitJSON:
        if let path = program.sites[Int(instruction.a)].path { try machine.writeJSON(path, into: machine.writer()) }
        if machine.out.writeIndex > machine.outLimit { throw .outputTooLarge }
      case .load:
        let value = machine.slots[Int(instruction.a)]
        machine.stack.push(value.isNull ? .emptyText : value)
      case .loadFirst:
        let value = machine.slots[Int(instruction.a)]
        if value.isNull {
          machine.stack.push(.emptyText)
          at = Int(instruction.b)
          continue
        }
        machine.stack.push(value)
      case .loadTarget:
        let value = machine.slots[Int(instruction.a)]
        if value.isNull {
          at = Int(instruction.b)
          continue
        }
        machine.stack.push(value)
      case .member, .memberTarget:
        let value = try machine.member(program.names, Int(instruction.a), of: machine.stack.pop())
        if !step(value, instruction, isTarget: instruction.operation == .memberTarget) { continue }
      case .element, .elementTarget:
        let index = machine.stack.pop()
        let value = try machine.element(index, of: machine.stack.pop())
        if !step(value, instruction, isTarget: instruction.operation == .elementTarget) { continue }
      case .call, .callTarget:
        let value = try call(Int(instruction.a))
        if !step(value, instruction, isTarget: instruction.operation == .callTarget) { continue }
      case .constant:
        machine.stack.push(program.constants[Int(instruction.a)])
      case .null:
        machine.stack.push(.null)
      case .list:
        let elements = Array(machine.stack.top(Int(instruction.a)))
        machine.stack.drop(Int(instruction.a))
        try heap.spend(elements.count &+ 1)
        machine.stack.push(.object(ListObject(elements)))
      case .map:
        try makeMap(Int(instruction.a))
      case .range:
        let high = machine.stack.pop()
        try makeRange(from: machine.stack.pop(), to: high)
      case .beginText:
        machine.beginText()
      case .endText:
        machine.stack.push(.text(try machine.endText(droppingLast: instruction.a == 1)))
      case .binary:
        let right = machine.stack.pop()
        let left = machine.stack.pop()
        machine.stack.push(try binary(instruction, left, right))
      case .drop:
        machine.stack.drop(1)
      case .loopMember:
        machine.stack.push(loopMember(instruction.a))
      case .jump:
        at = Int(instruction.b)
        continue
      case .jumpIfFalse:
        if try !isTrue(machine.stack.pop()) {
          at = Int(instruction.b)
          continue
        }
      case .jumpIfTrue:
        if try isTrue(machine.stack.pop()) {
          at = Int(instruction.b)
          continue
        }
      case .store:
        store(machine.stack.pop(), Int(instruction.a))
      case .dropNull:
        if machine.stack.top(1)[0].isNull {
          machine.stack.drop(1)
          at = Int(instruction.b)
          continue
        }
      case .storeMember:
        let object = machine.stack.pop()
        try machine.setMember(program.names[Int(instruction.a)], of: object, to: machine.stack.pop())
      case .storeElement:
        let index = machine.stack.pop()
        let object = machine.stack.pop()
        try machine.setElement(index, of: object, to: machine.stack.pop())
      case .beginLoop:
        if try !beginLoop(instruction) {
          at = Int(instruction.b)
          continue
        }
      case .nextRound:
        if try !nextRound(instruction) { continue }
      case .leaveLoop:
        try finishLoop()
        continue
      case .leaveGivenLoop:
        guard case .object(let object) = machine.stack.pop(), let scope = object as? LoopScope else {
          throw .exception("#break is given what is not a loop")
        }
        throw .leave(ObjectIdentifier(scope))
      case .define:
        store(.object(BlockObject(routine: Int(instruction.b))), Int(instruction.a))
      case .end:
        return
      case .stop:
        throw .stop
      case .fail:
        let message = program.constants[Int(instruction.a)].asText?.string ?? ""
        throw .failure(
          RenderError(.forbiddenDirective, line: 0, column: Int(program.offsets[at]), message: message))
      }
      at &+= 1
    }
  }

  /// Pushes what a step of a reference came to. Returns false where it came to nothing and the program goes on elsewhere.
  @inline(__always) private mutating func step(_ value: Value, _ instruction: Instruction, isTarget: Bool) -> Bool {
    if value.isNull {
      if !isTarget { machine.stack.push(.emptyText) }
      at = Int(instruction.b)
      return false
    }
    machine.stack.push(value)
    return true
  }

  private func call(_ index: Int) throws(Signal) -> Value {
    let site = program.sites[index]
    let arguments = machine.stack.top(site.count &+ 1)
    let result: Value
    // The arguments stay on the stack meanwhile; whatever a method renders is pushed above them and gone when it returns.
    let copies = site.count == 0 ? [] : Array(arguments.dropFirst())
    let receiver = heap.current(arguments[0])
    machine.stack.drop(site.count &+ 1)
    do {
      result = try copies.withUnsafeBufferPointer { (pointer) throws(Signal) in
        try MethodCall.invoke(site, on: receiver, pointer, machine)
      }
    }
    try heap.spend(4)
    if case .text(let text) = result { try heap.spend(text.bytes.count >> 4) }
    return result
  }

  private func makeMap(_ count: Int) throws(Signal) {
    let parts = machine.stack.top(count &* 2)
    let map = MapObject()
    for index in 0..<count { map.put(MapKey(parts[index &* 2]), parts[index &* 2 &+ 1]) }
    machine.stack.drop(count &* 2)
    try heap.spend(count &+ 1)
    machine.stack.push(.object(map))
  }

  private func makeRange(from low: Value, to high: Value) throws(Signal) {
    guard let first = low.asNumber?.int, let last = high.asNumber?.int else { return machine.stack.push(.null) }
    let count = abs(Int(first) - Int(last)) + 1
    try heap.spend(count)
    let step: Int32 = first >= last ? -1 : 1
    var elements: [Value] = []
    elements.reserveCapacity(count)
    for index in 0..<count { elements.append(.int(first &+ Int32(truncatingIfNeeded: index) &* step)) }
    machine.stack.push(.object(ListObject(elements)))
  }

  // MARK: Output

  @inline(__always) private func emitMember(_ instruction: Instruction) throws(Signal) {
    if heap.isUntouched, case .node(let node) = machine.slots[Int(instruction.a)], node.kind == .object {
      // The hot path: a member of a part of the body, written from the body's own bytes.
      guard program.names[Int(instruction.b)].getter != .getClass else { return try emitMemberSlowly(instruction) }
      guard let member = node.member(program.names[Int(instruction.b)].json) else { return }
      switch member.kind {
      case .string:
        if member.hasEscapes && !machine.captures.isEmpty { break }
        member.writeContents(into: machine.out)
        if machine.out.writeIndex > machine.outLimit { throw .outputTooLarge }
        return
      case .number:
        return member.writeNumber(into: machine.out, asJSON: false)
      case .null: return
      default: break
      }
    }
    try emitMemberSlowly(instruction)
  }

  @inline(never) private func emitMemberSlowly(_ instruction: Instruction) throws(Signal) {
    let root = machine.slots[Int(instruction.a)]
    guard !root.isNull else { return }
    let value = try machine.member(program.names, Int(instruction.b), of: root)
    if !value.isNull { try write(value) }
  }

  private func emit(_ value: Value, _ instruction: Instruction) throws(Signal) {
    let texts = program.texts[Int(instruction.a)]
    if case .object(let object) = value, let block = object as? BlockObject {
      if try machine.render(block) { return }
      machine.writer().write(texts.escapes)
      machine.writer().write(texts.escapes)
      machine.writer().write(texts.prefix)
      machine.writer().write(texts.literal)
      return
    }
    if value.isNull {
      // A name without a `$` in arguments can only be here as text, which the compiler has written.
      return
    }
    if !texts.escapes.isEmpty { machine.writer().write(texts.escapes) }
    if !texts.prefix.isEmpty { machine.writer().write(texts.prefix) }
    try write(value)
  }

  @inline(__always) private func write(_ value: Value) throws(Signal) {
    switch value {
    case .text(let text) where !text.mayHaveHalves: machine.out.write(text.bytes)
    case .int(let number): machine.out.write(decimal: Int(number))
    default: try writeSlowly(value)
    }
    if machine.out.writeIndex > machine.outLimit { throw .outputTooLarge }
  }

  @inline(never) private func writeSlowly(_ value: Value) throws(Signal) {
    try machine.writer().write(heap.current(value))
  }

  // MARK: Conditions and operators

  @inline(__always) private func isTrue(_ value: Value) throws(Signal) -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .null: return false
    case .object(let object):
      // A block is asked for its text, which renders it.
      guard object is BlockObject else { return true }
      return try machine.text(of: value) != nil
    default: return true
    }
  }

  private func binary(_ instruction: Instruction, _ left: Value, _ right: Value) throws(Signal) -> Value {
    guard let operation = BinaryOperator(rawValue: UInt8(truncatingIfNeeded: instruction.a)) else { return .null }
    let (left, right) = (heap.current(left), heap.current(right))
    switch operation {
    case .equal: return .bool(try areEqual(left, right))
    case .notEqual: return .bool(try !areEqual(left, right))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let one = left.asNumber, let other = right.asNumber else { return .bool(false) }
      let order = try Arithmetic.compare(one, other)
      switch operation {
      case .less: return .bool(order < 0)
      case .lessOrEqual: return .bool(order <= 0)
      case .greater: return .bool(order > 0)
      default: return .bool(order >= 0)
      }
    case .add where left.isString || right.isString:
      return try concatenated(left, right, instruction)
    default:
      guard let one = left.asNumber, let other = right.asNumber else { return .null }
      return try Arithmetic.apply(operation, one, other)?.value ?? .null
    }
  }

  /// Nothing beside a string is the text that the operand is written as in the template.
  private func concatenated(_ left: Value, _ right: Value, _ instruction: Instruction) throws(Signal) -> Value {
    let texts = program.texts[Int(instruction.b)]
    func text(_ value: Value, _ literal: Text) throws(Signal) -> Text {
      if value.isNull { return literal }
      return try machine.text(of: value) ?? Text("null")
    }
    let one = try text(left, texts.escapes)
    let result = one.appending(try text(right, texts.prefix))
    guard result.bytes.count <= machine.limits.outputBytes else { throw .outputTooLarge }
    try heap.spend(result.bytes.count >> 4 &+ 1)
    return .text(result)
  }

  /// Velocity's `==`: numbers by value, objects of one class by `equals`, others by their texts.
  private func areEqual(_ left: Value, _ right: Value) throws(Signal) -> Bool {
    switch (left, right) {
    case (.int(let one), .int(let other)): return one == other
    case (.bool(let one), .bool(let other)): return one == other
    case (.text(let one), .text(let other)): return one == other
    case (.null, .null): return true
    case (.null, _), (_, .null): return false
    default: break
    }
    if let one = left.asNumber, let other = right.asNumber { return try Arithmetic.compare(one, other) == 0 }
    if MethodCall.isSameOrSubclass(left, right) { return try Equality.areEqual(left, right, heap) }
    guard let one = try machine.text(of: left), let other = try machine.text(of: right) else { return false }
    return one == other
  }

  // MARK: Variables

  private func store(_ value: Value, _ slot: Int) {
    if value.isNull { return }
    if machine.nullHolds > 0, machine.loops.contains(where: { $0.holdsNull && $0.slot == slot }) { return }
    machine.slots[slot] = value
  }

  // MARK: Loops

  private mutating func beginLoop(_ instruction: Instruction) throws(Signal) -> Bool {
    let form = program.loops[Int(instruction.a)]
    let value = heap.current(machine.stack.pop())
    let source: LoopFrame.Source
    switch value {
    case .node(let node) where node.kind == .array:
      var elements = node.elements
      let first = elements.next()
      source = .nodes(elements, upcoming: first, of: node)
    case .node, .object:
      guard let object = heap.object(for: value) else { return false }
      if let list = object as? ListObject, !(list is SubListObject) {
        source = .list(list, next: 0, changes: list.changes)
      } else if let iterator = object.iterator() {
        source = .iterator(iterator)
      } else {
        return false
      }
    default: return false
    }
    let roots = program.roots
    var scope: LoopScope?
    if roots.foreach >= 0 {
      let previous = machine.slots[roots.foreach]
      let parent: LoopScope? = if case .object(let object) = previous { object as? LoopScope } else { nil }
      let place = SourcePlace(offset: Int(program.offsets[at]), in: machine.sourceText)
      let created = LoopScope(
        parent: parent, replaced: parent == nil ? previous : .null, line: place.line, column: place.column)
      scope = created
    }
    machine.loops.append(
      LoopFrame(
        source: source, slot: form.slot, exit: Int(instruction.b), stackHeight: machine.stack.count,
        captureHeight: machine.captures.count, saved: machine.visible(form.slot),
        savedCount: roots.velocityCount >= 0 ? machine.visible(roots.velocityCount) : .null,
        savedHasNext: roots.velocityHasNext >= 0 ? machine.visible(roots.velocityHasNext) : .null, scope: scope))
    if let scope { machine.slots[roots.foreach] = .object(scope) }
    return true
  }

  private mutating func nextRound(_ instruction: Instruction) throws(Signal) -> Bool {
    let top = machine.loops.count &- 1
    if machine.loops[top].holdsNull {
      machine.loops[top].holdsNull = false
      machine.nullHolds &-= 1
    }
    guard machine.loops[top].isMore() else {
      try finishLoop()
      return false
    }
    guard machine.loops[top].index &+ 1 < machine.limits.iterations else {
      throw .failure(
        RenderError(
          .tooManyIterations, line: 0, column: Int(program.offsets[at]),
          message: "#foreach goes round more than \(machine.limits.iterations) times"))
    }
    try heap.spend(program.loops[Int(instruction.a)].cost)
    let value = try machine.loops[top].next(heap)
    let hasNext = machine.loops[top].isMore()
    machine.loops[top].index &+= 1
    machine.loops[top].hasNext = hasNext
    let frame = machine.loops[top]
    if let scope = frame.scope {
      scope.index = frame.index
      scope.hasNext = hasNext
    }
    let roots = program.roots
    if roots.velocityCount >= 0 { machine.slots[roots.velocityCount] = .int(Int32(clamping: frame.index &+ 1)) }
    if roots.velocityHasNext >= 0 { machine.slots[roots.velocityHasNext] = .bool(hasNext) }
    if machine.nullHolds == 0 || !machine.loops.contains(where: { $0.holdsNull && $0.slot == frame.slot }) {
      machine.slots[frame.slot] = value
    }
    if value.isNull {
      machine.loops[top].holdsNull = true
      machine.nullHolds &+= 1
    }
    return true
  }

  /// Ends the innermost loop: the variables are again what they were before it.
  /// - Returns: whether `$foreach` was still there.
  @discardableResult private mutating func leaveLoop() -> Bool {
    guard let frame = machine.loops.popLast() else { return true }
    if frame.holdsNull { machine.nullHolds &-= 1 }
    machine.slots[frame.slot] = frame.saved
    let roots = program.roots
    if roots.velocityCount >= 0 { machine.slots[roots.velocityCount] = frame.savedCount }
    if roots.velocityHasNext >= 0 { machine.slots[roots.velocityHasNext] = frame.savedHasNext }
    machine.abandonTexts(to: frame.captureHeight)
    machine.stack.truncate(to: frame.stackHeight)
    at = frame.exit
    guard frame.scope != nil else { return true }
    switch machine.slots[roots.foreach] {
    case .null: return false
    case .object(let object):
      guard let scope = object as? LoopScope else { return true }
      machine.slots[roots.foreach] = scope.parent.map { .object($0) } ?? scope.outermostReplaced
      return true
    default: return true
    }
  }

  /// A loop that ends and finds no `$foreach` any more, because its own variable had that name, fails as Velocity does.
  private mutating func finishLoop() throws(Signal) {
    if !leaveLoop() { throw .exception("java.lang.NullPointerException: $foreach is gone") }
  }

  private func loopMember(_ member: Int32) -> Value {
    guard let frame = machine.loops.last else { return .emptyText }
    switch LoopMember(rawValue: member) {
    case .index: return .int(Int32(clamping: frame.index))
    case .count: return .int(Int32(clamping: frame.index &+ 1))
    case .hasNext: return .bool(frame.hasNext)
    case .first: return .bool(frame.index < 1)
    case .last: return .bool(!frame.hasNext)
    case nil: return .emptyText
    }
  }
}
