import Firewall
import Testing

@testable import Configuration

@Suite struct FirewallSetupTests {
  private func setup(_ blocks: String...) throws -> FirewallSetup {
    FirewallSetup(
      acls: [],
      ipSets: [IPSetSource(name: "s", addresses: AddressSet(try blocks.map { try AddressBlock($0) }), file: nil)])
  }

  private func blocks(_ memory: FirewallMemory) -> [String] {
    memory.set(named: "s").addresses.blocks.map(\.description)
  }

  @Test("a set must keep what operators made of it until it is declared otherwise")
  func fill() throws {
    let memory = FirewallMemory()
    let first = try setup("192.0.2.0/24")
    first.fill(memory, since: nil)
    #expect(blocks(memory) == ["192.0.2.0/24"])
    memory.set(named: "s").replace(.empty)
    try setup("192.0.2.0/24").fill(memory, since: first)
    #expect(blocks(memory) == [])
    try setup("198.51.100.0/24").fill(memory, since: first)
    #expect(blocks(memory) == ["198.51.100.0/24"])
  }
}
