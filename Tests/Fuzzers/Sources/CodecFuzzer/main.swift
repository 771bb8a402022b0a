import Glibc
import WireProperties

/// Runs mutations of the corpus through the properties for some seconds.
func run() -> Int32 {
  var seconds = 10.0
  var seed: UInt64 = 1
  var verbose = false
  var arguments = CommandLine.arguments.dropFirst()
  while let argument = arguments.popFirst() {
    switch argument {
    case "--seconds": seconds = arguments.popFirst().flatMap(Double.init) ?? seconds
    case "--seed": seed = arguments.popFirst().flatMap(UInt64.init) ?? seed
    case "--verbose": verbose = true
    default:
      print("usage: CodecFuzzer [--seconds N] [--seed N] [--verbose]")
      return 64
    }
  }
  let corpus = Corpus.all
  guard !corpus.isEmpty else {
    print("no corpus: run from Tests/Fuzzers")
    return 66
  }
  let start = clock_now()
  var count: UInt64 = 0
  while clock_now() - start < seconds {
    for _ in 0..<1000 {
      // Every input has a seed of its own, so that one can be repeated without those before it.
      let own = seed &* 1_000_003 &+ count
      if verbose { print(own) }
      var mutator = Mutator(corpus: corpus, random: Randomness(state: own))
      let bytes = mutator.next()
      var properties = Properties(random: mutator.random)
      if let broken = properties.brokenBy(bytes) {
        print(
          "broken: \(broken)\nseed: \(own)\nbytes: \(String(decoding: bytes, as: UTF8.self).debugDescription)\n\(bytes)"
        )
        return 1
      }
      count += 1
    }
  }
  print("\(count) inputs, \(corpus.count) in the corpus, nothing broken")
  return 0
}

func clock_now() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

exit(run())
