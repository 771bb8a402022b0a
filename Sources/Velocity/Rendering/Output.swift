import Bytes
import JSON

/// Writing what references come to.
extension Machine {
  /// Writes a scalar of a document; false for what is not written so simply.
  @inline(__always) func write(_ member: JSONNode, into out: ByteBuffer) throws(Signal) -> Bool {
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

  @inline(never) func emitMember(_ program: Program, _ instruction: Instruction) throws(Signal) {
    let root = slots[Int(instruction.a)]
    guard !root.isNull else { return }
    let value = try member(program.names, Int(instruction.b), of: root)
    if !value.isNull { try write(value, into: out) }
  }

  @inline(__always) func emit(
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
}
