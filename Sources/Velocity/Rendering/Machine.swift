import Bytes
import JSON
import PCRE

/// Runs programs for one exchange: the variables, the stack, the loops, and where the output goes.
final class Machine {
  let heap = Heap()
  /// The scope that owns it.
  unowned let scope: TemplateScope
  var limits = RenderLimits.standard

  var out: ByteBuffer
  /// Where `out` may at most be written to.
  var outLimit = 0
  /// Outputs to come back to when the text that is being made is complete, with their limits.
  var captures: [(out: ByteBuffer, limit: Int)] = []
  private var spareBuffers: [ByteBuffer] = []
  /// What `out` is between renderings, so that no caller's buffer is kept.
  private let idle = ByteBuffer(capacity: 64)

  /// The variables, by slot; as many as the program has.
  private(set) var slots: UnsafeMutablePointer<Value>
  private var slotCapacity = 32
  private var slotCount = 0
  var stack = ValueStack()
  var loops = LoopStack()
  /// Loops whose element is null, so that their variable is not to be set.
  var nullHolds = 0
  /// Levels of `#define` blocks within each other.
  private var depth = 0
  private var regexes: [Text: Regex] = [:]
  var paths: [Text: BodyPath] = [:]
  /// The template that is rendered.
  private(set) var sourceText = ""
  var trace: RenderTrace?

  init(_ scope: TemplateScope) {
    self.scope = scope
    out = idle
    slots = .allocate(capacity: slotCapacity)
  }

  deinit {
    slots.deinitialize(count: slotCount)
    slots.deallocate()
  }

  private func makeSlots(_ count: Int) {
    assert(slotCount == 0)
    if count > slotCapacity {
      slots.deallocate()
      slots = .allocate(capacity: count)
      slotCapacity = count
    }
    slots.initialize(repeating: .null, count: count)
    slotCount = count
  }

  private func freeSlots() {
    slots.deinitialize(count: slotCount)
    slotCount = 0
  }

  // MARK: Rendering

  func render(_ program: Program, source: String, into target: ByteBuffer, _ limits: RenderLimits) throws(RenderError) {
    self.limits = limits
    heap.steps = limits.steps
    sourceText = source
    out = target
    outLimit = target.writeIndex &+ limits.outputBytes
    makeSlots(program.variables.count)
    scope.setRoots(program.roots, program.variables, slots)
    defer { finish() }
    do {
      try run(program, from: 0)
    } catch {
      switch error {
      case .stop: return
      case .failure(let failure): throw failure.located(in: source)
      default: throw describe(error, at: 0).located(in: source)
      }
    }
  }

  private func finish() {
    out = idle
    stack.truncate(to: 0)
    loops.removeAll()
    if !captures.isEmpty { captures.removeAll(keepingCapacity: true) }
    freeSlots()
    nullHolds = 0
    depth = 0
  }

  /// What stays allocated from one rendering to the next, patterns and paths counted as what they may come to.
  var allocatedBytes: Int {
    var bytes = (slotCapacity &+ stack.capacity) &* MemoryLayout<Value>.stride
    for buffer in spareBuffers { bytes &+= buffer.capacity }
    return bytes &+ (regexes.count &+ paths.count) << 14 &+ loops.capacity &* MemoryLayout<LoopFrame>.stride
  }

  /// An error as the caller of `render` gets it; `column` is an offset until `located` makes a place of it.
  func describe(_ signal: Signal, at offset: Int) -> RenderError {
    switch signal {
    case .exception(let message):
      RenderError(.methodFailed, line: 0, column: offset, message: message)
    case .tooDeep:
      RenderError(.tooDeep, line: 0, column: offset, message: "values are nested too deeply")
    case .outputTooLarge:
      RenderError(.outputTooLarge, line: 0, column: offset, message: "the output exceeds \(limits.outputBytes) bytes")
    case .tooManySteps:
      RenderError(.tooManySteps, line: 0, column: offset, message: "the template does more than \(limits.steps) steps")
    case .failure(let failure): failure
    case .stop, .leave:
      RenderError(.methodFailed, line: 0, column: offset, message: "#break is given a loop that is not under way")
    }
  }

  // MARK: Texts of their own

  func beginText() {
    captures.append((out, outLimit))
    out = spareBuffers.popLast() ?? ByteBuffer(capacity: 256)
    out.clear()
    outLimit = limits.outputBytes
  }

  func endText(droppingLast: Bool) throws(Signal) -> Text {
    var bytes = Array(out.readable)
    spare(out)
    if let outer = captures.popLast() { (out, outLimit) = (outer.out, outer.limit) }
    try heap.spend(bytes.count >> 4 &+ 1)
    if droppingLast, let last = bytes.popLast(), last >= 0x80 {
      while let byte = bytes.last, byte & 0xC0 == 0x80 { bytes.removeLast() }
      if !bytes.isEmpty { bytes.removeLast() }
    }
    return Text(wtf8: bytes)
  }

  /// Keeps a buffer for the next text, unless it has grown to what an idle connection should not hold.
  private func spare(_ buffer: ByteBuffer) {
    if buffer.capacity <= 1 << 16, spareBuffers.count < 8 { spareBuffers.append(buffer) }
  }

  /// Drops texts that were begun and will not be completed.
  func abandonTexts(to height: Int) {
    while captures.count > height, let outer = captures.popLast() {
      spare(out)
      (out, outLimit) = (outer.out, outer.limit)
    }
  }

  /// The text that a closure writes.
  func text(_ write: (ValueWriter) throws(Signal) -> Void) throws(Signal) -> Value {
    let height = captures.count
    beginText()
    do {
      var writer = self.writer()
      writer.keepsHalves = true
      try write(writer)
    } catch {
      abandonTexts(to: height)
      throw error
    }
    return .text(try endText(droppingLast: false))
  }

  /// `toString()`; nil where it gives null.
  func text(of value: Value) throws(Signal) -> Text? {
    if let text = value.asText { return text }
    if case .object(let object) = value, let block = object as? BlockObject {
      let height = captures.count
      beginText()
      do {
        guard try render(block) else {
          abandonTexts(to: height)
          return nil
        }
      } catch {
        abandonTexts(to: height)
        throw error
      }
      return try endText(droppingLast: false)
    }
    return try text { (writer) throws(Signal) in try writer.write(value) }.asText
  }

  func writer() -> ValueWriter {
    var writer = ValueWriter(
      out: out, heap: heap, limit: outLimit,
      block: { [unowned self] (block) throws(Signal) in
        guard let text = try self.text(of: .object(block)) else { return false }
        self.out.write(text.bytes)
        return true
      })
    writer.keepsHalves = !captures.isEmpty
    return writer
  }

  /// UTF-8 of a text, `?` for lone halves.
  func utf8(_ text: Text) -> [UInt8] {
    guard text.mayHaveHalves else { return text.bytes }
    let scratch = ByteBuffer(capacity: text.bytes.count)
    text.write(into: scratch)
    return Array(scratch.readable)
  }

  // MARK: Blocks

  /// The program that runs.
  var program: Program?

  /// Renders a `#define` block where it is referred to.
  /// - Returns: false where it is within itself too often already.
  func render(_ block: BlockObject) throws(Signal) -> Bool {
    guard let program, block.depth < BlockObject.deepest else { return false }
    guard depth < limits.depth else { throw .tooDeep }
    try heap.spend(16)
    block.depth += 1
    depth += 1
    defer {
      block.depth -= 1
      depth -= 1
    }
    try run(program, from: program.routines[block.routine])
    return true
  }

  // MARK: Regular expressions

  /// A pattern that is known only now; those used before are kept.
  func regex(_ pattern: Text) -> Regex? {
    if let known = regexes[pattern] { return known }
    guard let regex = try? Regex(pattern.string) else { return nil }
    if regexes.count >= 64 { regexes.removeAll() }
    regexes[pattern] = regex
    return regex
  }
}

extension RenderError {
  /// With line and column, where `column` was an offset in the template text.
  func located(in source: String) -> RenderError {
    guard line == 0 else { return self }
    let place = SourcePlace(offset: column, in: source)
    return RenderError(reason, line: place.line, column: place.column, message: message)
  }
}

/// A line and a column, both from 1.
struct SourcePlace {
  var line = 1
  var column = 1

  /// - Parameter offset: in bytes of UTF-8.
  init(offset: Int, in source: String) {
    var left = offset
    var previous: UInt8 = 0
    for byte in source.utf8 {
      if left <= 0 { break }
      left -= 1
      if byte == 10 || byte == 13 {
        if !(byte == 10 && previous == 13) { line += 1 }
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
      previous = byte
    }
  }
}
