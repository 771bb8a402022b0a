/// Random numbers that a seed repeats (splitmix64).
public struct Randomness: RandomNumberGenerator {
  public var state: UInt64

  public init(state: UInt64) { self.state = state }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The sizes of pieces that so many bytes arrive in.
  mutating func pieces(of count: Int) -> [Int] {
    var pieces: [Int] = []
    var left = count
    let most = Int.random(in: 1...20, using: &self)
    while left > 0 {
      let size = min(left, Int.random(in: 1...most, using: &self))
      pieces.append(size)
      left -= size
    }
    return pieces
  }
}
