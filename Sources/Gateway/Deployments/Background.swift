import Reactor

/// Work that takes a while and that no request waits for: on a thread of its own, so that neither the workers nor whoever
/// speaks to operators stands still, and behind everything else that wants the processor.
enum Background {
  /// Whether somebody waits who is in a hurry; with little, the work gives way to requests, but pauses only where it says so.
  enum Haste { case none, little, some }

  static func run<Product: Sendable, Failure: Error>(
    _ name: String, _ haste: Haste = .none, _ work: @escaping @Sendable () throws(Failure) -> Product
  ) async throws(Failure) -> Product {
    let result: Result<Product, Failure> = await withCheckedContinuation { continuation in
      let isStarted = SystemThread.spawn(name) {
        if haste == .little { SystemThread.giveWay() }
        let result =
          haste == .none ? SystemThread.yieldingToOthers { Self.result(of: work) } : Self.result(of: work)
        continuation.resume(returning: result)
      }
      if !isStarted { continuation.resume(returning: Self.result(of: work)) }
    }
    return try result.get()
  }

  private static func result<Product, Failure: Error>(
    of work: () throws(Failure) -> Product
  ) -> Result<Product, Failure> {
    do throws(Failure) { return .success(try work()) } catch { return .failure(error) }
  }
}
