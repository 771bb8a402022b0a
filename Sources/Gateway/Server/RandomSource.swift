/// Request ids need to differ, not to be secret: xoshiro256++ (Blackman and Vigna, 2019), seeded by the kernel, one for
/// each worker.
struct RandomSource {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  init(seed: (UInt64, UInt64)) {
    // Spread the seed with splitmix64, as the generator's authors advise; the state is never all zero.
    var x = seed.0
    func next(_ x: inout UInt64) -> UInt64 {
      x &+= 0x9E37_79B9_7F4A_7C15
      var z = x
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (next(&x), next(&x) ^ seed.1, next(&x), next(&x) | 1)
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    @inline(__always) func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { (x << by) | (x >> (64 &- by)) }
    let result = rotate(state.0 &+ state.3, 23) &+ state.0
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, 45)
    return result
  }
}
