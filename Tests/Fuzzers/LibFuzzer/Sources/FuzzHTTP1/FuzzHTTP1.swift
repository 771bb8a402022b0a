import FuzzerDriver
import WireProperties

@_cdecl("FuzzHTTP1_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A byte that says in which pieces, and what a peer sends over HTTP/1: the properties of `CodecFuzzer`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  guard let seed = bytes.first else { return 0 }
  var properties = Properties(random: Randomness(state: UInt64(seed)))
  let broken = properties.brokenBy(Array(bytes.dropFirst()))
  require(broken == nil, broken ?? "")
  return 0
}
