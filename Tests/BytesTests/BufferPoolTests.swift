import Testing

@testable import Bytes

struct BufferPoolTests {
  @Test("a buffer that was given back must be given out again, empty")
  func reuse() {
    let pool = BufferPool()
    let (small, large) = (pool.takeSmall(), pool.takeLarge())
    #expect(small.capacity == BufferPool.smallSize && large.capacity == BufferPool.largeSize)
    small.write("old")
    pool.give(small)
    pool.give(large)
    #expect(pool.takeSmall() === small && small.isEmpty)
    #expect(pool.takeLarge() === large)
    #expect(pool.takeSmall() !== small)
  }

  @Test("a buffer that has grown must not be kept")
  func grown() {
    let pool = BufferPool()
    let buffer = pool.takeSmall()
    buffer.reserve(BufferPool.smallSize + 1)
    pool.give(buffer)
    #expect(pool.takeSmall().capacity == BufferPool.smallSize)
    #expect(pool.takeLarge().capacity == BufferPool.largeSize)
  }

  @Test("no more buffers must be kept than the pool has places")
  func bounded() {
    let pool = BufferPool()
    let buffers = (0..<(BufferPool.keptSmall + 5)).map { _ in pool.takeSmall() }
    for buffer in buffers { pool.give(buffer) }
    let kept = (0..<buffers.count).filter { _ in
      let taken = pool.takeSmall()
      return buffers.contains { $0 === taken }
    }
    #expect(kept.count == BufferPool.keptSmall)
  }
}
