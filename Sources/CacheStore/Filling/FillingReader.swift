/// One who follows a filling: its head, then its body from the first byte on.
///
/// Each step either gives what there is or takes a waiter, to be asked again when that is woken. For one task at a time.
public final class FillingReader {
  public let filling: Filling
  private var place = Filling.ReadingPlace()
  /// The chunk that the last step gave bytes of: held, so that they stay.
  private var chunk: BodyChunk?
  /// The same for bytes that lie in a file.
  private var file: BodyWriter?
  private var offset = 0
  private var hasLeft = false

  public init(_ filling: Filling) {
    self.filling = filling
    let id = ObjectIdentifier(self)
    filling.state.withLock { $0.readers[id] = Filling.ReadingPlace() }
  }

  deinit { leave() }

  public enum Head: Sendable {
    case pending
    case head(FillingHead)
    /// This answers: it has been there all along.
    case answered(StoredObject)
    /// This will not do: join once more, which says whether to fetch for oneself.
    case declined
    /// The fetch failed before there was a head.
    case failed
  }

  /// The head.
  public func head(orWake waiter: any FillingWaiter) -> Head {
    filling.state.withLock { state in
      switch state.phase {
      case .awaitingHead:
        state.waiters.append(waiter)
        return .pending
      case .streaming, .filing, .finished: return state.head.map { .head($0) } ?? .failed
      case .answered(let object): return .answered(object)
      case .declined: return .declined
      case .failed: return state.head.map { .head($0) } ?? .failed
      }
    }
  }

  /// Bytes of the body that have come, and whether those are all.
  public var arrived: (count: Int, isWhole: Bool) {
    filling.state.withLock { state in
      switch state.phase {
      case .filing, .finished: (state.count, true)
      case .awaitingHead, .streaming, .answered, .declined, .failed: (state.count, false)
      }
    }
  }

  /// Goes on from another place of the body, which has come: for one who reads a part of it.
  /// - Returns: false where what is there has been freed.
  public func seek(to position: Int) -> Bool {
    let id = ObjectIdentifier(self)
    return filling.state.withLock { state in
      guard position <= state.count, position >= state.firstPosition || state.filing?.file != nil else { return false }
      place = Filling.ReadingPlace(chunk: state.firstChunk, position: state.firstPosition)
      offset = 0
      if position < state.firstPosition {
        place.chunk &-= 1
      } else {
        for chunk in state.chunks {
          if position < place.position &+ chunk.capacity { break }
          place.position &+= chunk.capacity
          place.chunk &+= 1
        }
        offset = position &- place.position
      }
      place.position = position
      state.readers[id] = place
      return true
    }
  }

  public enum Body {
    case pending
    /// Valid until the next step.
    case bytes(UnsafeRawBufferPointer)
    /// So much of an open file; valid until the next step.
    case file(Int32, Range<Int>)
    case end
    /// The rest will not come.
    case failed
  }

  /// The next bytes of the body, as many as lie in one piece.
  public func next(orWake waiter: any FillingWaiter) -> Body {
    let id = ObjectIdentifier(self)
    var producer: (any FillingWaiter)?
    var range = 0..<0
    let step: Step = filling.state.withLock { state in
      // What the last step gave has been read.
      var index = place.chunk &- state.firstChunk
      if index >= 0, index < state.chunks.count, offset == state.chunks[index].capacity {
        place.chunk &+= 1
        index &+= 1
        offset = 0
      }
      if index < 0 {
        // It was faster to disk than we are.
        if place.position < state.firstPosition, let file = state.filing?.file {
          self.file = file
          range = place.position..<state.firstPosition
          return .file
        }
        place.chunk = state.firstChunk
        offset = 0
        index = 0
      }
      state.readers[id] = place
      if !state.isStored {
        Filling.freeRead(&state)
        swap(&producer, &state.producer)
        index = place.chunk &- state.firstChunk
      }
      if index >= 0, index < state.chunks.count, offset < state.chunks[index].count {
        chunk = state.chunks[index]
        range = offset..<state.chunks[index].count
        return .bytes
      }
      switch state.phase {
      case .filing, .finished, .answered, .declined: return .end
      case .failed: return .failed
      case .awaitingHead, .streaming:
        state.waiters.append(waiter)
        return .pending
      }
    }
    producer?.wake()
    switch step {
    case .pending:
      // Nothing is held that others do not need.
      chunk = nil
      return .pending
    case .end: return .end
    case .failed: return .failed
    case .bytes:
      guard let chunk else { return .failed }
      offset = range.upperBound
      place.position &+= range.count
      return .bytes(chunk[range])
    case .file:
      guard let file else { return .failed }
      chunk = nil
      place.position = range.upperBound
      return .file(file.descriptor, range)
    }
  }

  private enum Step { case pending, bytes, file, end, failed }

  /// Takes back a waiter that has not been woken.
  public func forget(_ waiter: any FillingWaiter) {
    filling.state.withLock { state in state.waiters.removeAll { $0 === waiter } }
  }

  /// Reads no more. Others are not touched by it.
  public func leave() {
    if hasLeft { return }
    hasLeft = true
    let id = ObjectIdentifier(self)
    var producer: (any FillingWaiter)?
    filling.state.withLock { state in
      state.readers[id] = nil
      if !state.isStored { Filling.freeRead(&state) }
      swap(&producer, &state.producer)
    }
    producer?.wake()
  }
}
