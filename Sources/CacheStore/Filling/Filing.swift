import CacheRules

/// A body on its way to disk: chunk after chunk is handed to the tier, which writes and frees it.
///
/// Whatever goes wrong there, the body goes on to those who read it; it is not stored then.
struct Filing {
  /// Nil until the tier has opened it.
  var file: BodyWriter?
  /// The number of the next chunk that the tier is given.
  var nextChunk = 0
  /// Bytes that the tier has and has not written.
  var waiting = 0
  /// Whether the file has become an object's body, or has been removed.
  var isSettled = false
}

extension Filling.State {
  /// Takes note that the tier is given what it has not had yet: chunks that are full.
  /// - Parameter includesLast: whether the last one is complete as it is.
  mutating func handOver(includesLast: Bool = false) -> [BodyChunk] {
    guard var filing else { return [] }
    var handed: [BodyChunk] = []
    for chunk in chunks.dropFirst(filing.nextChunk &- firstChunk) where chunk.count == chunk.capacity || includesLast {
      handed.append(chunk)
      filing.nextChunk &+= 1
      filing.waiting &+= chunk.count
    }
    self.filing = filing
    return handed
  }

  mutating func freeFirst() {
    firstPosition &+= chunks.removeFirst().count
    firstChunk &+= 1
  }

  /// Whether it is still on its way to disk.
  fileprivate var isFiled: Bool {
    switch phase {
    case .streaming, .filing: isStored
    case .awaitingHead, .finished, .answered, .declined, .failed: false
    }
  }
}

extension Filling {
  /// How far the producer may be ahead of the disk: bytes.
  static let diskWindow = 256 * 1024

  /// From how many bytes on the body goes to disk as it comes.
  func filedFrom(_ record: ResponseRecord) -> Int {
    guard let disk = store.disk, DiskTier.takes(record, key: key) else { return .max }
    return disk.filedFrom(largestInMemory: store.largestObject)
  }

  // MARK: The producer's part

  /// Has chunks written, in order.
  func file(_ chunks: [BodyChunk]) {
    guard let disk = store.disk else { return }
    for chunk in chunks { disk.queue.submit { [self] in write(chunk, disk) } }
  }

  /// The body is whole: has the rest of it written, and then stored.
  /// - Returns: false where it does not go to disk.
  func finishOnDisk() -> Bool {
    guard let disk = store.disk else { return false }
    var rest: [BodyChunk] = []
    var waiters: [any FillingWaiter] = []
    let isFiled = state.withLock { state in
      guard state.isFiled, state.filing != nil else { return false }
      rest = state.handOver(includesLast: true)
      state.phase = .filing
      swap(&waiters, &state.waiters)
      return true
    }
    guard isFiled else { return false }
    for waiter in waiters { waiter.wake() }
    file(rest)
    disk.queue.submit { [self] in store(disk) }
    return true
  }

  /// It is not going to be stored any more, and goes on to those who read it.
  func stopStoring() {
    shut()
    removeFile()
  }

  /// Has the file removed, if there is one that will not become whole. Whoever reads it can go on.
  func removeFile() {
    guard let disk = store.disk, state.withLock({ $0.filing != nil }) else { return }
    disk.queue.submit { [self] in removeFile(disk) }
  }

  // MARK: The tier's part, on its thread

  private func write(_ chunk: BodyChunk, _ disk: DiskTier) {
    let (isFiled, present, length) = state.withLock { ($0.isFiled, $0.filing?.file, $0.head?.length) }
    guard isFiled else { return }
    let file = present ?? disk.begin(expecting: length ?? 0, of: store)
    let isWritten = file.map { disk.append(chunk[0..<chunk.count], to: $0, of: store) } ?? false
    var producer: (any FillingWaiter)?
    state.withLock { state in
      state.filing?.file = file
      state.filing?.waiting &-= chunk.count
      if isWritten, state.isStored {
        state.freeFirst()
      } else if !isWritten {
        state.isStored = false
        Self.freeRead(&state)
      }
      swap(&producer, &state.producer)
    }
    if !isWritten {
      shut()
      // At once: other bodies that are being written wait for its room.
      removeFile(disk)
    }
    producer?.wake()
  }

  private func store(_ disk: DiskTier) {
    let (head, writer) = state.withLock { state -> (FillingHead?, BodyWriter?) in
      guard state.isFiled else { return (nil, nil) }
      state.filing?.isSettled = true
      return (state.head, state.filing?.file)
    }
    if let head, let writer, let file = disk.finish(writer), !store.insert(object(head, StoredBody(file)), epoch: epoch)
    {
      disk.drop(file)
    }
    // Stored first, so that a newcomer finds the one or the other.
    store.close(self)
    wake { $0.phase = .finished }
  }

  private func removeFile(_ disk: DiskTier) {
    let file = state.withLock { state -> BodyWriter? in
      guard let filing = state.filing, !filing.isSettled else { return nil }
      state.filing?.isSettled = true
      return filing.file
    }
    if let file { disk.remove(file) }
  }
}
