import FuzzerDriver

@testable import Velocity

@_cdecl("FuzzVelocityLexer_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// The first byte says what a parser would order, the rest is a template. Whatever is ordered, the tokens must come to an
/// end and stand in the text where they say, one behind the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  guard var orders = bytes.first else { return 0 }
  let source = Array(String(decoding: bytes.dropFirst(), as: UTF8.self).utf8)
  var lexer = Lexer(source)
  var before = 0
  var tokens = 0
  while let token = try? lexer.next(), token.kind != .endOfText {
    tokens += 1
    precondition(tokens <= source.count + 1, "there are more tokens than bytes")
    precondition(token.offset >= before && lexer.at <= source.count, "a token stands where another does")
    precondition(lexer.at >= token.offset + token.image.count, "a token is longer than its text")
    before = token.offset
    _ = lexer.isBeforeParenthesis()
    if token.kind == .word || token.kind == .bracketedWord || token.kind == .set {
      switch orders & 3 {
      case 0: lexer.leaveDirective()
      case 1: lexer.inSet.toggle()
      default: lexer.enterDirective()
      }
      orders = orders >> 2 | orders << 6
    }
  }
  return 0
}
