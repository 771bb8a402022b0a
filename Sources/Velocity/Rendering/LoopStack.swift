/// The loops that are under way, the innermost last. Frames are reached by pointer, so that a round counts no reference.
struct LoopStack: ~Copyable {
  private var base: UnsafeMutablePointer<LoopFrame>
  private(set) var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 4) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  /// The innermost loop, valid until one begins or ends.
  @inline(__always) var innermost: UnsafeMutablePointer<LoopFrame>? { count > 0 ? base + (count &- 1) : nil }

  /// All of them, valid until one begins or ends.
  var frames: UnsafeMutableBufferPointer<LoopFrame> { UnsafeMutableBufferPointer(start: base, count: count) }

  mutating func push(_ frame: consuming LoopFrame) {
    if count == capacity { grow() }
    (base + count).initialize(to: frame)
    count &+= 1
  }

  @inline(never) private mutating func grow() {
    let larger = UnsafeMutablePointer<LoopFrame>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  mutating func pop() -> LoopFrame? {
    guard count > 0 else { return nil }
    count &-= 1
    return (base + count).move()
  }

  mutating func removeAll() {
    base.deinitialize(count: count)
    count = 0
  }
}
