/// A compiled template. Immutable; its parts are reached by pointer, since arrays and classes would be counted.
// SAFETY: the buffers are filled before `init` returns, only read afterwards, and freed with their owner.
final class Program: @unchecked Sendable {
  let instructions: UnsafeMutableBufferPointer<Instruction>
  let literals: UnsafeMutableBufferPointer<UInt8>
  let names: UnsafeMutableBufferPointer<MemberName>
  let sites: UnsafeMutableBufferPointer<CallSite>
  let constants: UnsafeMutableBufferPointer<Value>
  let texts: UnsafeMutableBufferPointer<ReferenceTexts>
  let loops: UnsafeMutableBufferPointer<LoopForm>
  /// Offset in the template text that each instruction was made from.
  let offsets: [Int32]
  /// Where each `#define` block begins.
  let routines: [Int]
  /// Variables by slot.
  let variables: [String]
  let roots: Roots
  /// The whole output, if it is only text.
  let constant: [UInt8]?

  /// Slots of variables with a meaning of their own; -1 where the template does not name them.
  struct Roots {
    var input = -1
    var util = -1
    var context = -1
    var stageVariables = -1
    var foreach = -1
    var velocityCount = -1
    var velocityHasNext = -1
  }

  init(_ assembly: Assembly, constant: [UInt8]?) {
    instructions = Program.buffer(assembly.instructions)
    literals = Program.buffer(assembly.literals)
    names = Program.buffer(assembly.names)
    sites = Program.buffer(assembly.sites)
    constants = Program.buffer(assembly.constants)
    texts = Program.buffer(assembly.texts)
    loops = Program.buffer(assembly.loops)
    offsets = assembly.offsets
    routines = assembly.routines
    variables = assembly.variables
    self.constant = constant
    func slot(_ name: String) -> Int { assembly.slots[name] ?? -1 }
    roots = Roots(
      input: slot("input"), util: slot("util"), context: slot("context"), stageVariables: slot("stageVariables"),
      foreach: assembly.usesLoopScope ? slot("foreach") : -1, velocityCount: slot("velocityCount"),
      velocityHasNext: slot("velocityHasNext"))
  }

  deinit {
    Program.free(instructions)
    Program.free(literals)
    for name in names { name.free() }
    Program.free(names)
    Program.free(sites)
    Program.free(constants)
    Program.free(texts)
    Program.free(loops)
  }

  private static func buffer<Element>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = buffer.initialize(from: elements)
    return buffer
  }

  private static func free<Element>(_ buffer: UnsafeMutableBufferPointer<Element>) {
    buffer.deinitialize()
    buffer.deallocate()
  }
}

/// The parts of a program while it is put together.
struct Assembly {
  var instructions: [Instruction] = []
  var offsets: [Int32] = []
  var literals: [UInt8] = []
  var names: [MemberName] = []
  var sites: [CallSite] = []
  var constants: [Value] = []
  var texts: [ReferenceTexts] = []
  var loops: [LoopForm] = []
  var routines: [Int] = []
  var variables: [String] = []
  var slots: [String: Int] = [:]
  /// Whether `$foreach` is used for more than the members that need no object.
  var usesLoopScope = false
}
