/// libFuzzer's loop.
///
/// SwiftPM renames an executable's `main` to `<Target>_main`, so that libFuzzer's own `main` is never called; each fuzzer
/// defines that name and comes here.
public typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>, _ test: TestOneInput
) -> Int32

public func runFuzzer(_ count: Int32, _ arguments: Arguments, _ test: TestOneInput) -> Int32 {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, test)
}

/// Ends the run where something is not as it must be.
/// - Parameter words: what, and for what: told beside the input that libFuzzer keeps.
@inline(__always)
public func require(_ holds: Bool, _ words: @autoclosure () -> String) {
  if !holds { fatalError(words()) }
}
