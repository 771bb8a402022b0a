import CacheStore
import HTTPWire

/// Has a stale response confirmed or replaced, behind the request that it was served to (RFC 5861 § 3).
final class CacheRefresh: WorkerActivity {
  private let driver: ExchangeDriver
  private let errand: ExchangeDriver.CacheErrand
  private let filling: Filling

  /// - Parameter driver: the request's, on a bench of its own.
  init(_ driver: ExchangeDriver, _ errand: ExchangeDriver.CacheErrand, _ filling: Filling) {
    self.driver = driver
    self.errand = errand
    self.filling = filling
  }

  func run(on worker: isolated Worker) async {
    driver.beginExchange()
    do {
      switch try await driver.fetch(errand, filling: filling, on: worker) {
      case .object, .whole, .startsOver: break
      case .stream(let reader, _, _, _): reader.leave()
      case .relay(let upstream, _, _): upstream.close()
      }
    } catch {
      driver.state.server.log.warning(
        "a stale response could not be refreshed", metadata: ["reason": "\(error.reason)"])
    }
    driver.bench.edge = nil
    if !driver.bench.inserted.isEmpty { driver.bench.inserted.clear() }
    driver.state.benches.give(driver.bench)
  }
}

extension ExchangeDriver {
  /// Starts a refresh, unless one is under way.
  func refresh(_ errand: CacheErrand, hash: UInt64, on worker: Worker) {
    guard bench.request.method == .get, let stale = errand.stale else { return }
    let joining = state.server.cache.join(
      bench.key.readable, hash: hash, unlike: stale, now: now, where: { matches($0.selection) }, selects: matches)
    guard case .lead(let filling) = joining else { return }
    let own = state.benches.take()
    own.input.clear()
    own.input.write(bench.input[0..<bench.input.readIndex])
    guard case .complete(let count) = own.parser.parse(buffer: own.input, into: own.request, limits: state.headLimits)
    else {
      filling.fail()
      state.benches.give(own)
      return
    }
    own.input.readIndex = count
    own.edge = bench.edge.map(EdgeExchange.init(copying:))
    if !bench.inserted.isEmpty { own.insert(linesOf: bench) }
    var errand = errand
    errand.isInBackground = true
    worker.startHere(CacheRefresh(ExchangeDriver(client: client, bench: own), errand, filling))
  }
}
