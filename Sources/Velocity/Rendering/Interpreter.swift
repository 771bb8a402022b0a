import Bytes
import JSON

/// Running a block of a program: the template itself, or a `#define` block.
///
/// `interpret` keeps what it needs for each instruction in local variables, so that no reference is counted for an
/// instruction that makes none.
extension Machine {
  /// Runs from an instruction to the block's `end`.
  func run(_ program: Program, from start: Int) throws(Signal) {
    let outer = self.program
    self.program = program
    defer { self.program = outer }
    let heights = (loops: loops.count, captures: captures.count, stack: stack.count)
    var at = start
    while true {
      do {
        try interpret(program, &at)
        return
      } catch {
        if case .leave(let scope) = error,
          let frame = loops.lastIndex(where: { $0.scope.map(ObjectIdentifier.init) == scope }), frame >= heights.loops
        {
          while loops.count > frame { leaveLoop(&at) }
          continue
        }
        let offset = Int(program.offsets[at])
        // Everything is left as it was found.
        while loops.count > heights.loops { leaveLoop(&at) }
        abandonTexts(to: heights.captures)
        stack.truncate(to: heights.stack)
        switch error {
        case .stop, .leave, .failure: throw error
        default: throw .failure(describe(error, at: offset))
        }
      }
    }
  }

  private func interpret(_ program: Program, _ place: inout Int) throws(Signal) {
    let instructions = program.instructions
    let literals = UnsafeRawBufferPointer(program.literals)
    let slots = self.slots
    let heap = self.heap
    var out = self.out
    let trace = self.trace
    var at = place
    defer { place = at }
    while true {
      let instruction = instructions[at]
      if let trace, captures.isEmpty {
        trace.note(output: out.writeIndex, offset: Int(program.offsets[at]), isText: instruction.operation == .text)
      }
      switch instruction.operation {
      case .text:
        out.write(UnsafeRawBufferPointer(rebasing: literals[Int(instruction.a)..<Int(instruction.a &+ instruction.b)]))
        if out.writeIndex > outLimit { throw .outputTooLarge }
      case .emitMember:
        // The hot path: a member of a part of the body, written from the body's own bytes.
        if case .node(let node) = slots[Int(instruction.a)], node.kind == .object, heap.isUntouched,
          !program.names[Int(instruction.b)].isHidden
        {
          guard let member = program.names[Int(instruction.b)].member(of: node) else { break }
          if try write(member, into: out) { break }
        }
        try emitMember(program, instruction)
      case .emit:
        try emit(stack.pop(), program, instruction, into: out)
      case .emitEscaped:
        try escape(stack.pop(), instruction.a == 1 ? .json : .full, into: out)
        if out.writeIndex > outLimit { throw .outputTooLarge }
      case .emitJSON:
        if let path = program.sites[Int(instruction.a)].path { try writeJSON(path, into: writer()) }
        if out.writeIndex > outLimit { throw .outputTooLarge }
      case .load:
        if case .null = slots[Int(instruction.a)] {
          stack.push(.emptyText)
        } else {
          stack.push(slots[Int(instruction.a)])
        }
      case .loadFirst:
        if case .null = slots[Int(instruction.a)] {
          stack.push(.emptyText)
          at = Int(instruction.b)
          continue
        }
        stack.push(slots[Int(instruction.a)])
      case .loadTarget:
        if case .null = slots[Int(instruction.a)] {
          at = Int(instruction.b)
          continue
        }
        stack.push(slots[Int(instruction.a)])
      case .member, .memberTarget:
        let value = try member(program.names, Int(instruction.a), of: stack.pop())
        if !step(value, instruction, isTarget: instruction.operation == .memberTarget, &at) { continue }
      case .element, .elementTarget:
        let index = stack.pop()
        let value = try element(index, of: stack.pop())
        if !step(value, instruction, isTarget: instruction.operation == .elementTarget, &at) { continue }
      case .call, .callTarget:
        let value = try call(program.sites[Int(instruction.a)])
        if !step(value, instruction, isTarget: instruction.operation == .callTarget, &at) { continue }
      case .path:
        guard let path = program.sites[Int(instruction.a)].path else { throw .exception("no path") }
        let value = try evaluate(path)
        if !step(value, instruction, isTarget: false, &at) { continue }
      case .constant:
        stack.push(program.constants[Int(instruction.a)])
      case .null:
        stack.push(.null)
      case .list:
        let elements = Array(stack.top(Int(instruction.a)))
        stack.drop(Int(instruction.a))
        try heap.spend(elements.count &+ 1)
        stack.push(.object(ListObject(elements)))
      case .map:
        try makeMap(Int(instruction.a))
      case .range:
        let high = stack.pop()
        try makeRange(from: stack.pop(), to: high)
      case .beginText:
        beginText()
        out = self.out
      case .endText:
        let text = try endText(droppingLast: instruction.a == 1)
        stack.push(.text(text))
        out = self.out
      case .binary:
        let right = stack.pop()
        let left = stack.pop()
        stack.push(try binary(instruction, left, right, program))
      case .drop:
        stack.drop(1)
      case .loopMember:
        stack.push(loopMember(instruction.a))
      case .jump:
        at = Int(instruction.b)
        continue
      case .jumpIfFalse:
        if try !isTrue(stack.pop()) {
          at = Int(instruction.b)
          continue
        }
      case .jumpIfTrue:
        if try isTrue(stack.pop()) {
          at = Int(instruction.b)
          continue
        }
      case .store:
        store(stack.pop(), Int(instruction.a))
      case .dropNull:
        if case .null = stack.top(1)[0] {
          stack.drop(1)
          at = Int(instruction.b)
          continue
        }
      case .storeMember:
        let object = stack.pop()
        try setMember(program.names[Int(instruction.a)], of: object, to: stack.pop())
      case .storeElement:
        let index = stack.pop()
        let object = stack.pop()
        try setElement(index, of: object, to: stack.pop())
      case .beginLoop:
        if !beginLoop(instruction, program, offset: program.offsets[at]) {
          at = Int(instruction.b)
          continue
        }
      case .nextRound:
        if try !nextRound(program.loops[Int(instruction.a)].cost, program, &at) {
          out = self.out
          continue
        }
      case .leaveLoop:
        try finishLoop(&at)
        out = self.out
        continue
      case .leaveGivenLoop:
        guard case .object(let object) = stack.pop(), let scope = object as? LoopScope else {
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
        throw .failure(RenderError(.forbiddenDirective, line: 0, column: Int(program.offsets[at]), message: message))
      }
      at &+= 1
    }
  }

  /// Pushes what a step of a reference came to. Returns false where it came to nothing and the program goes on elsewhere.
  @inline(__always) private func step(
    _ value: consuming Value, _ instruction: Instruction, isTarget: Bool, _ at: inout Int
  ) -> Bool {
    if case .null = value {
      if !isTarget { stack.push(.emptyText) }
      at = Int(instruction.b)
      return false
    }
    stack.push(value)
    return true
  }

  private func call(_ site: CallSite) throws(Signal) -> Value {
    let arguments = stack.top(site.count &+ 1)
    // Whatever a method renders is pushed in the arguments' place.
    let copies = site.count == 0 ? [] : Array(arguments.dropFirst())
    let receiver = heap.current(arguments[0])
    stack.drop(site.count &+ 1)
    let result = try copies.withUnsafeBufferPointer { (pointer) throws(Signal) in
      try MethodCall.invoke(site, on: receiver, pointer, self)
    }
    try heap.spend(4)
    if case .text(let text) = result { try heap.spend(text.bytes.count >> 4) }
    return result
  }

  private func makeMap(_ count: Int) throws(Signal) {
    let parts = stack.top(count &* 2)
    let map = MapObject()
    for index in 0..<count { map.put(MapKey(parts[index &* 2]), parts[index &* 2 &+ 1]) }
    stack.drop(count &* 2)
    try heap.spend(count &+ 1)
    stack.push(.object(map))
  }

  private func makeRange(from low: Value, to high: Value) throws(Signal) {
    guard let first = low.asNumber?.int, let last = high.asNumber?.int else { return stack.push(.null) }
    let count = abs(Int(first) - Int(last)) + 1
    try heap.spend(count)
    let step: Int32 = first >= last ? -1 : 1
    var elements: [Value] = []
    elements.reserveCapacity(count)
    for index in 0..<count { elements.append(.int(first &+ Int32(truncatingIfNeeded: index) &* step)) }
    stack.push(.object(ListObject(elements)))
  }

  // MARK: Output

  /// Writes a scalar of a document; false for what is not written so simply.
  @inline(__always) private func write(_ member: JSONNode, into out: ByteBuffer) throws(Signal) -> Bool {
    switch member.kind {
    case .string:
      // In a text that goes on living, halves of surrogate pairs are kept.
      if member.hasEscapes && !captures.isEmpty { return false }
      member.writeContents(into: out)
      if out.writeIndex > outLimit { throw .outputTooLarge }
      return true
    case .number:
      member.writeNumber(into: out, asJSON: false)
      return true
    case .null: return true
    default: return false
    }
  }

  @inline(never) private func emitMember(_ program: Program, _ instruction: Instruction) throws(Signal) {
    let root = slots[Int(instruction.a)]
    guard !root.isNull else { return }
    let value = try member(program.names, Int(instruction.b), of: root)
    if !value.isNull { try write(value, into: out) }
  }

  @inline(__always) private func emit(
    _ value: Value, _ program: Program, _ instruction: Instruction, into out: ByteBuffer
  ) throws(Signal) {
    if instruction.b == 0 {
      switch value {
      case .text, .int, .bool, .node: return try write(value, into: out)
      default: break
      }
    }
    try emitSlowly(value, program.texts[Int(instruction.a)], into: out)
  }

  @inline(never) private func emitSlowly(
    _ value: Value, _ texts: ReferenceTexts, into out: ByteBuffer
  ) throws(Signal) {
    if case .object(let object) = value, let block = object as? BlockObject {
      if try render(block) { return }
      for text in [texts.escapes, texts.escapes, texts.prefix, texts.literal] { writer().write(text) }
      return
    }
    // Null is only what the compiler has written as text already.
    if value.isNull { return }
    writer().write(texts.escapes)
    writer().write(texts.prefix)
    try write(value, into: out)
  }

  @inline(__always) private func write(_ value: Value, into out: ByteBuffer) throws(Signal) {
    switch value {
    case .text(let text) where !text.mayHaveHalves: out.write(text.bytes)
    case .int(let number): out.write(decimal: Int(number))
    default: try writeSlowly(value)
    }
    if out.writeIndex > outLimit { throw .outputTooLarge }
  }

  @inline(never) private func writeSlowly(_ value: Value) throws(Signal) {
    try writer().write(heap.current(value))
  }

  // MARK: Conditions and operators

  @inline(__always) private func isTrue(_ value: Value) throws(Signal) -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .null: return false
    case .object(let object):
      // A block is asked for its text, which renders it.
      guard object is BlockObject else { return true }
      return try text(of: value) != nil
    default: return true
    }
  }

  private func binary(
    _ instruction: Instruction, _ left: Value, _ right: Value, _ program: Program
  ) throws(Signal) -> Value {
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
      return try concatenated(left, right, program.texts[Int(instruction.b)])
    default:
      guard let one = left.asNumber, let other = right.asNumber else { return .null }
      return try Arithmetic.apply(operation, one, other)?.value ?? .null
    }
  }

  /// Nothing beside a string is the text that the operand is written as in the template.
  private func concatenated(_ left: Value, _ right: Value, _ texts: ReferenceTexts) throws(Signal) -> Value {
    func text(_ value: Value, _ literal: Text) throws(Signal) -> Text {
      if value.isNull { return literal }
      guard let text = try self.text(of: value) else { throw .exception("java.lang.NullPointerException") }
      return text
    }
    let one = try text(left, texts.escapes)
    let result = one.appending(try text(right, texts.prefix))
    guard result.bytes.count <= limits.outputBytes else { throw .outputTooLarge }
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
    guard let one = try text(of: left), let other = try text(of: right) else { return false }
    return one == other
  }

  // MARK: Variables

  private func store(_ value: consuming Value, _ slot: Int) {
    if case .null = value { return }
    if nullHolds > 0, isHeldNull(slot) { return }
    slots[slot] = value
  }
}
