import FuzzerDriver

@testable import Velocity

@_cdecl("FuzzVelocityParser_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// Parses, compiles and checks a template. A text is a template for all three or for none, faults lie within it, and
/// instructions lead to where instructions are.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let source = String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  let lines = source.utf8.reduce(1) { $0 + ($1 == 10 || $1 == 13 ? 1 : 0) }
  do throws(TemplateError) {
    let template = try Template(source)
    for instruction in template.program.instructions {
      switch instruction.operation {
      case .jump, .jumpIfFalse, .jumpIfTrue, .loadFirst, .loadTarget, .member, .memberTarget, .element, .elementTarget,
        .call, .callTarget, .path, .dropNull, .beginLoop, .nextRound:
        precondition(template.program.instructions.indices.contains(Int(instruction.b)))
      default: break
      }
    }
  } catch {
    precondition((1...lines).contains(error.line) && error.column >= 1, "\(error.line):\(error.column)")
  }
  for finding in TemplateChecker.check(source, output: .json) {
    precondition((1...lines).contains(finding.line) && finding.column >= 1, "\(finding.line):\(finding.column)")
  }
  return 0
}
