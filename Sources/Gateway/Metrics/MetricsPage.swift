import Bytes
import CacheStore
import Configuration
import Firewall
import Reactor
import TLSTermination
import Telemetry

/// What `/metrics` says: everything that is counted, as of now.
struct MetricsPage {
  let counts: WorkerReport
  let cache: StoreStatistics
  let certificates: [CertificateEntry]
  let staples: StapleCounts
  let firewall: FirewallMemory
  let setup: FirewallSetup?
  /// Milliseconds of the clock that rates are counted by.
  let now: Int64
  let facts: ServedFacts.Values
  let lostLogLines: [(target: LogFile.Target, lines: Int)]
  let process: ProcessFacts

  func write(_ format: MetricsFormat, into out: ByteBuffer) {
    var text = MetricsText(format, into: out)
    writeStages(&text)
    writeDistributions(&text)
    writeCache(&text)
    writeConnections(&text)
    writeUpstream(&text)
    writeFirewall(&text)
    writeProcess(&text)
    text.end()
  }

  // MARK: Requests

  private func writeStages(_ text: inout MetricsText) {
    let stages = counts.traffic.filter { !$0.key.api.isEmpty }.sorted {
      ($0.key.api, $0.key.stage) < ($1.key.api, $1.key.stage)
    }
    func each(_ family: MetricFamily, _ body: (Traffic, [MetricLabel], MetricsText) -> Void) {
      text.begin(family)
      for (name, traffic) in stages {
        body(traffic, [MetricLabel("api", name.api), MetricLabel("stage", name.stage)], text)
      }
    }
    each(GatewayMetrics.requests) { writeRequests($0, $1, $2) }
    each(GatewayMetrics.requestDuration) { $2.sample($1, $0.durations) }
    each(GatewayMetrics.integrationDuration) { $2.sample($1, $0.originDurations) }
    each(GatewayMetrics.responseBytes) { $2.sample($1, $0.bodyBytes) }
    each(GatewayMetrics.stageCacheHits) { $2.sample($1, $0.count(.hit) + $0.count(.collapsed)) }
    each(GatewayMetrics.stageCacheMisses) { $2.sample($1, $0.count(.miss)) }
  }

  private func writeDistributions(_ text: inout MetricsText) {
    let distributions = counts.traffic.filter { !$0.key.distribution.isEmpty }.sorted {
      $0.key.distribution < $1.key.distribution
    }
    func each(_ family: MetricFamily, _ body: (Traffic, [MetricLabel], MetricsText) -> Void) {
      text.begin(family)
      for (name, traffic) in distributions {
        body(traffic, [MetricLabel("distribution", name.distribution)], text)
      }
    }
    each(GatewayMetrics.distributionRequests) { writeRequests($0, $1, $2) }
    each(GatewayMetrics.distributionDuration) { $2.sample($1, $0.durations) }
    each(GatewayMetrics.originDuration) { $2.sample($1, $0.originDurations) }
    each(GatewayMetrics.distributionBytes) { $2.sample($1, $0.bodyBytes) }
    each(GatewayMetrics.cacheResults) { traffic, labels, text in
      for result in CacheResult.allCases {
        text.sample(labels + [MetricLabel("result", result.label)], traffic.count(result))
      }
    }
    text.begin(GatewayMetrics.unrouted)
    if let traffic = counts.traffic[TrafficName()] { writeRequests(traffic, [], text) }
  }

  private func writeRequests(_ traffic: Traffic, _ labels: [MetricLabel], _ text: MetricsText) {
    traffic.forEach { method, status, count in
      text.sample(labels + [MetricLabel("method", method), MetricLabel("status", status)], count)
    }
  }

  // MARK: Cache

  private func writeCache(_ text: inout MetricsText) {
    text.write(GatewayMetrics.cacheCapacity, cache.capacity)
    text.write(GatewayMetrics.cacheUsed, cache.bytes)
    text.write(GatewayMetrics.cacheObjects, cache.objects)
    text.write(GatewayMetrics.cacheFetches, cache.fillings)
    text.write(GatewayMetrics.cacheLookups, by: "result", [("found", cache.found), ("missed", cache.missed)])
    text.write(GatewayMetrics.cacheCollapsed, cache.collapsed)
    text.write(GatewayMetrics.cacheStored, cache.stored)
    text.write(GatewayMetrics.cacheEvicted, cache.evicted)
    text.write(GatewayMetrics.cacheInvalidated, cache.invalidated)
    text.write(GatewayMetrics.diskCapacity, cache.diskCapacity)
    text.write(GatewayMetrics.diskUsed, cache.diskBytes)
    text.write(GatewayMetrics.diskObjects, cache.filedObjects)
    text.write(GatewayMetrics.diskFailures, cache.diskFailures)
  }

  // MARK: Connections

  private func writeConnections(_ text: inout MetricsText) {
    let listeners = counts.counters.listeners.sorted { $0.key < $1.key }
    text.write(GatewayMetrics.connections, by: "listener", listeners.map { ($0.key, $0.value.open) })
    text.write(GatewayMetrics.accepted, by: "listener", listeners.map { ($0.key, $0.value.accepted) })
    text.begin(GatewayMetrics.handshakes)
    let handshakes = counts.counters.handshakes.sorted {
      ($0.key.version, $0.key.isResumed ? 1 : 0) < ($1.key.version, $1.key.isResumed ? 1 : 0)
    }
    for (handshake, count) in handshakes {
      text.sample([MetricLabel("version", handshake.version), MetricLabel("resumed", "\(handshake.isResumed)")], count)
    }
    text.write(GatewayMetrics.kernelConnections, counts.counters.kernelConnections)
    text.write(GatewayMetrics.failedHandshakes, by: "reason", Self.sorted(counts.counters.failedHandshakes))
    text.write(GatewayMetrics.endedConnections, by: "reason", Self.sorted(counts.counters.endedConnections))
    text.begin(GatewayMetrics.certificateExpiry)
    forEachCertificate { item, labels in text.sample(labels, Int(item.pair.leaf.notAfter)) }
    text.write(
      GatewayMetrics.stapleFetches, by: "result", [("success", staples.succeeded), ("failure", staples.failed)])
    text.begin(GatewayMetrics.stapleExpiry)
    forEachCertificate { item, labels in
      if let end = item.shownStaple?.nextUpdate { text.sample(labels, Int(end)) }
    }
  }

  /// Each kind of key of each folder, once.
  private func forEachCertificate(_ body: (CertificateEntry.Item, [MetricLabel]) -> Void) {
    var seen: Set<[String]> = []
    for entry in certificates.sorted(by: { $0.name < $1.name }) {
      for item in entry.items where seen.insert([entry.name, item.pair.keyType]).inserted {
        body(item, [MetricLabel("host", entry.name), MetricLabel("key", item.pair.keyType)])
      }
    }
  }

  private static func sorted(_ counts: [String: Int]) -> [(String, Int)] {
    counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func writeUpstream(_ text: inout MetricsText) {
    let upstream = counts.upstream
    text.write(
      GatewayMetrics.upstreamConnections, by: "state",
      [("active", upstream.open - upstream.idle), ("idle", upstream.idle)])
    text.write(GatewayMetrics.upstreamOpened, upstream.opened)
    text.write(GatewayMetrics.upstreamReused, upstream.reused)
    text.write(GatewayMetrics.upstreamFailures, by: "reason", Self.sorted(upstream.failures))
  }

  // MARK: Firewall

  private func writeFirewall(_ text: inout MetricsText) {
    let acls = setup?.acls ?? []
    text.begin(GatewayMetrics.firewallRequests)
    for plan in acls {
      for tally in firewall.journal(of: plan).tallies {
        let labels = [MetricLabel("web_acl", plan.acl.name), MetricLabel("rule", tally.rule)]
        for (action, count) in [("allow", tally.allowed), ("block", tally.blocked), ("count", tally.counted)] {
          text.sample(labels + [MetricLabel("action", action)], count)
        }
      }
    }
    text.begin(GatewayMetrics.rateLimited)
    for plan in acls {
      // Of two rate-based statements in one rule, both.
      var limited: [String: Int] = [:]
      for rate in plan.rateIdentities {
        limited[rate.rule, default: 0] += firewall.counter(for: rate).keys(above: rate.limit, now: now)
      }
      for (rule, count) in Self.sorted(limited) {
        text.sample([MetricLabel("web_acl", plan.acl.name), MetricLabel("rule", rule)], count)
      }
    }
    let sets = (setup?.ipSets ?? []).map { ($0.name, firewall.set(named: $0.name).addresses.blocks.count) }
    text.write(GatewayMetrics.ipSetSize, by: "ip_set", sets)
  }

  // MARK: Process

  private func writeProcess(_ text: inout MetricsText) {
    text.write(GatewayMetrics.deployment, facts.deployment)
    text.write(GatewayMetrics.deployments, by: "result", [("success", facts.published), ("failure", facts.refused)])
    text.write(
      GatewayMetrics.lastDeployment, by: "result", [("success", facts.lastPublished), ("failure", facts.lastRefused)])
    text.write(GatewayMetrics.workers, counts.workers)
    let lines = lostLogLines.map { entry in
      switch entry.target {
      case .standardOutput: ("stdout", entry.lines)
      case .file(let path): (path, entry.lines)
      }
    }
    text.write(GatewayMetrics.lostLogLines, by: "destination", lines.sorted { $0.0 < $1.0 })
    text.begin(GatewayMetrics.cpu)
    text.sample(nanoseconds: process.cpuTime)
    text.write(GatewayMetrics.residentMemory, process.residentBytes)
    text.write(GatewayMetrics.virtualMemory, process.virtualBytes)
    text.write(GatewayMetrics.openFiles, process.openFiles)
    text.write(GatewayMetrics.mostOpenFiles, process.mostOpenFiles)
    text.begin(GatewayMetrics.startTime)
    text.sample(nanoseconds: process.started)
  }
}

extension MetricsText {
  fileprivate mutating func write(_ family: MetricFamily, _ value: Int) {
    begin(family)
    sample([], value)
  }

  fileprivate mutating func write(_ family: MetricFamily, by label: StaticString, _ values: [(String, Int)]) {
    begin(family)
    for (name, value) in values { sample([MetricLabel(label, name)], value) }
  }
}

extension Publisher {
  /// Everything that is counted, as text.
  /// - Throws: when the gateway is ending.
  func metrics(_ format: MetricsFormat) async throws(RefusalMessage) -> [UInt8] {
    let (server, snapshot) = try serving()
    let page = MetricsPage(
      counts: await server.counts, cache: server.cache.statistics, certificates: server.shownCertificates,
      staples: server.stapleCounts, firewall: server.firewall, setup: snapshot.firewall,
      now: MonotonicTime.current.nanoseconds / 1_000_000,
      facts: facts.now, lostLogLines: server.lostLogLines, process: ProcessFacts())
    let out = ByteBuffer(capacity: 16_384)
    page.write(format, into: out)
    return Array(out.readable)
  }
}
