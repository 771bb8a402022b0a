/// Conditions and operators.
extension Machine {
  @inline(__always) func isTrue(_ value: Value) throws(Signal) -> Bool {
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

  func binary(
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
      // Numbers of any size take as many steps as they have digits, squared.
      if case .object = left { try heap.spend(2_000) } else if case .object = right { try heap.spend(2_000) }
      return try Arithmetic.apply(operation, one, other)?.value ?? .null
    }
  }

  /// Nothing beside a string is the text that the operand is written as in the template.
  func concatenated(_ left: Value, _ right: Value, _ texts: ReferenceTexts) throws(Signal) -> Value {
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
  func areEqual(_ left: Value, _ right: Value) throws(Signal) -> Bool {
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
}
