/// Changes to bytes at random, always in the same way for the same seed.
struct Mutations {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 1) % bound
  }

  /// The same bytes but for a few places.
  mutating func change(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...next(6) where !bytes.isEmpty {
      let at = next(bytes.count)
      switch next(6) {
      case 0: bytes[at] = UInt8(next(256))
      case 1: bytes[at] ^= 1 << UInt8(next(8))
      case 2: bytes.remove(at: at)
      case 3: bytes.insert(UInt8(next(256)), at: at)
      case 4: bytes += bytes[at...].prefix(next(64))
      default: bytes.removeLast(next(min(bytes.count, 32)))
      }
    }
    return bytes
  }
}
