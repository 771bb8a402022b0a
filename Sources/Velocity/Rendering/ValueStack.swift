/// The values that are at hand while a program runs.
struct ValueStack: ~Copyable {
  private var base: UnsafeMutablePointer<Value>
  private(set) var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 64) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  @inline(__always) mutating func push(_ value: consuming Value) {
    if count == capacity { grow() }
    (base + count).initialize(to: value)
    count &+= 1
  }

  @inline(never) private mutating func grow() {
    let larger = UnsafeMutablePointer<Value>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// The compiler pairs every pop with a push.
  @inline(__always) mutating func pop() -> Value {
    assert(count > 0)
    count &-= 1
    return (base + count).move()
  }

  /// The topmost values, the last pushed as the last.
  @inline(__always) func top(_ number: Int) -> UnsafeBufferPointer<Value> {
    assert(number <= count)
    return UnsafeBufferPointer(start: base + (count &- number), count: number)
  }

  @inline(__always) mutating func drop(_ number: Int) {
    assert(number <= count)
    count &-= number
    (base + count).deinitialize(count: number)
  }

  @inline(__always) mutating func truncate(to height: Int) {
    if height < count { drop(count &- height) }
  }
}
