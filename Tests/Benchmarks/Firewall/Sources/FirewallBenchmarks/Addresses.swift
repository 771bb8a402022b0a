import Firewall

/// Looking addresses up, half of which are in the set, and building the set.
func measureAddresses() throws {
  for isV6 in [false, true] {
    for count in [10, 10_000, 100_000, 1_000_000] {
      var mixer = Mixer(1)
      func random() -> IPAddress {
        isV6
          ? IPAddress(high: mixer.next() >> 8 | 0x2000_0000_0000_0000, low: mixer.next())
          : IPAddress(v4: UInt32(truncatingIfNeeded: mixer.next()))
      }
      let blocks = try (0..<count).map { _ in
        try AddressBlock("\(random())/\(isV6 ? 48 + mixer.next() % 17 : 24 + mixer.next() % 9)")
      }
      let start = processorTime()
      let set = AddressSet(blocks)
      let building = (processorTime() - start) / 1e6
      let probes = (0..<65_536).map { number in
        number % 2 == 0 ? blocks[Int(mixer.next() % UInt64(count))].first : random()
      }
      var hits = 0
      let time = measure(probes.count) { for probe in probes where set.contains(probe) { hits += 1 } }
      print(
        "\(isV6 ? "IPv6" : "IPv4") \(count) blocks: \(time.rounded()) ns a look-up, built in \(building.rounded()) ms, \(hits > 0)"
      )
    }
  }
}
