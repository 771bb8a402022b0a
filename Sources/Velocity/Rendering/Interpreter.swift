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
        // A block that ends by #break may be in the middle of a text.
        abandonTexts(to: heights.captures)
        stack.truncate(to: heights.stack)
        return
      } catch {
        if case .leave(let scope) = error,
          let frame = loops.frames.lastIndex(where: { $0.scope.map(ObjectIdentifier.init) == scope }),
          frame >= heights.loops
        {
          while loops.count > frame { try finishLoop(&at) }
          continue
        }
        let offset = Int(program.offsets[at])
        var cause = error
        // Everything is left as it was found.
        while loops.count > heights.loops {
          let isThere = leaveLoop(&at)
          // What stops on purpose ends each loop on its way as if it were over.
          if !isThere, error.isOnPurpose { cause = Machine.goneLoop }
        }
        abandonTexts(to: heights.captures)
        stack.truncate(to: heights.stack)
        switch cause {
        case .stop, .leave, .failure: throw cause
        default: throw .failure(describe(cause, at: offset))
        }
      }
    }
  }

  func interpret(_ program: Program, _ place: inout Int) throws(Signal) {
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
        stack.push(.object(heap.made(ListObject(elements))))
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
  @inline(__always) func step(
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
    let map = heap.made(MapObject())
    for index in 0..<count { try map.put(MapKey(parts[index &* 2], heap), parts[index &* 2 &+ 1]) }
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
    stack.push(.object(heap.made(ListObject(elements))))
  }

}
