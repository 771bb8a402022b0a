import Configuration
import Firewall
import Reactor
import HTTPSemantics
import Bytes

/// What operators do with the firewall of a running gateway.
struct FirewallOperations {
  let memory: FirewallMemory
  let setup: FirewallSetup?
  /// Milliseconds since 1970.
  let now: Int64

  // MARK: IP sets

  var sets: IPSetsMessage {
    IPSetsMessage(sets: (setup?.ipSets ?? []).map { message($0, listing: false) })
  }

  func set(_ name: String) throws(RefusalMessage) -> IPSetMessage { message(try source(name), listing: true) }

  /// From the return on, every request is judged by the new addresses.
  func change(_ name: String, _ request: IPSetRequest) throws(RefusalMessage) -> IPSetMessage {
    let source = try source(name)
    if let file = source.file {
      throw RefusalMessage(
        .conflict, "the IP set `\(name)` follows the file \(file): change that, and it is read again")
    }
    var blocks: [AddressBlock] = []
    blocks.reserveCapacity(request.addresses.count)
    for (number, text) in request.addresses.enumerated() {
      // Whoever is in a hurry has the processor in between.
      if number & 0x3FFF == 0x3FFF { SystemThread.pause() }
      do throws(AddressBlock.Flaw) {
        blocks.append(try AddressBlock(text))
      } catch {
        throw RefusalMessage(.notUnderstood, "`\(text.prefix(60))` is no block of addresses: \(error.reason)")
      }
    }
    SystemThread.pause()
    let set = memory.set(named: name)
    switch request.change {
    case .put: set.replace(AddressSet(blocks))
    case .add: set.update { $0.adding(blocks) }
    case .remove: set.update { $0.removing(blocks) }
    }
    return message(source, listing: false)
  }

  private func source(_ name: String) throws(RefusalMessage) -> IPSetSource {
    if let source = setup?.ipSets.first(where: { $0.name == name }) { return source }
    throw RefusalMessage(.missing, "there is no IP set `\(name)`")
  }

  private func message(_ source: IPSetSource, listing: Bool) -> IPSetMessage {
    let blocks = memory.set(named: source.name).addresses.blocks
    return IPSetMessage(
      name: source.name, file: source.file, count: blocks.count, addresses: listing ? blocks.map(\.description) : nil)
  }

  // MARK: Journals

  var report: FirewallMessage {
    FirewallMessage(
      acls: (setup?.acls ?? []).map { plan in
        FirewallMessage.ACL(
          name: plan.acl.name, capacity: plan.capacity,
          rules: memory.journal(of: plan).tallies.map(FirewallMessage.Rule.init))
      })
  }

  /// - Parameters:
  ///   - acl: nil: all of them.
  ///   - rule: its name, of a group's with the group's before it or not; nil: all of them.
  func samples(acl: String?, rule: String?) throws(RefusalMessage) -> SamplesMessage {
    let plans = (setup?.acls ?? []).filter { acl == nil || $0.acl.name == acl }
    if let acl, plans.isEmpty { throw RefusalMessage(.missing, "there is no web ACL `\(acl)`") }
    let samples = plans.flatMap { plan in
      memory.journal(of: plan).samples(epochMilliseconds: now).filter {
        rule == nil || $0.rule == rule || $0.rule.hasSuffix("/" + (rule ?? ""))
      }
      .map { (plan.acl.name, $0) }
    }
    return SamplesMessage(
      samples: samples.sorted { $0.1.epochMilliseconds > $1.1.epochMilliseconds }.map {
        SamplesMessage.Sample($0.1, acl: $0.0, time: Self.time($0.1.epochMilliseconds))
      })
  }

  private static func time(_ epochMilliseconds: Int64) -> String {
    let text = ByteBuffer(capacity: 64)
    HTTPDate.write(epochSeconds: epochMilliseconds / 1000, into: text)
    return text.readable.text
  }
}

extension Publisher {
  /// - Throws: when the gateway is ending.
  func firewallOperations() throws(RefusalMessage) -> FirewallOperations {
    let (server, snapshot) = try serving()
    return FirewallOperations(memory: server.firewall, setup: snapshot.firewall, now: epochMilliseconds)
  }
}
