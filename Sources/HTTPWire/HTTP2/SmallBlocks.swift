import CNGHTTP2
import Glibc

/// The small blocks of memory that nghttp2 takes and gives back for every stream, frame and field: kept in lists by their size,
/// for a connection of its own, so that a stream costs the process's allocator nothing once the first ones are over.
///
///     | class (16 bytes) | what nghttp2 has |        a free one:  | class | next free one |
///
/// Belongs to one worker, as its session does.
final class SmallBlocks {
  /// Sizes are multiples of it.
  private static let step = 32
  /// Larger blocks are the process's allocator's.
  private static let classes = 16
  /// Free blocks that are kept of a size.
  private static let kept = 256
  /// In front of every block; keeps what is behind it aligned as malloc(3) would.
  private static let head = 16
  private static let large = -1

  private var free = InlineArray<16, UnsafeMutableRawPointer?>(repeating: nil)
  private var counts = InlineArray<16, Int>(repeating: 0)
  private let memory: UnsafeMutablePointer<nghttp2_mem>

  init() {
    memory = .allocate(capacity: 1)
    memory.initialize(
      to: nghttp2_mem(
        mem_user_data: nil, malloc: { size, user in SmallBlocks.with(user) { $0.take(size) } },
        free: { block, user in
          guard let block else { return }
          SmallBlocks.with(user) { $0.give(block) }
        },
        calloc: { count, size, user in
          let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
          guard !overflow, let block = SmallBlocks.with(user, { $0.take(bytes) }) else { return nil }
          return memset(block, 0, bytes)
        },
        realloc: { block, size, user in SmallBlocks.with(user) { $0.resize(block, size) } }))
    memory.pointee.mem_user_data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    trim()
    memory.deallocate()
  }

  /// What a session is made with. It must not outlive this object.
  var allocator: UnsafeMutablePointer<nghttp2_mem> { memory }

  /// Gives everything back that nobody uses.
  func trim() {
    for index in 0..<Self.classes {
      while let block = free[index] {
        free[index] = Self.next(block)
        Glibc.free(block)
      }
      counts[index] = 0
    }
  }

  @inline(__always)
  private static func with<Result>(
    _ user: UnsafeMutableRawPointer?, _ body: (SmallBlocks) -> Result
  ) -> Result {
    // SAFETY: `init` gave itself, so there is always one; a session, which alone calls, goes before its `SmallBlocks`.
    Unmanaged<SmallBlocks>.fromOpaque(user.unsafelyUnwrapped)._withUnsafeGuaranteedRef(body)
  }

  private static func next(_ block: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    block.load(fromByteOffset: head, as: UnsafeMutableRawPointer?.self)
  }

  private func take(_ size: Int) -> UnsafeMutableRawPointer? {
    // C's sizes have no sign: from there on they are less than 0 here.
    guard size >= 0 else { return nil }
    let index = max(0, size &- 1) / Self.step
    if index < Self.classes {
      if let block = free[index] {
        free[index] = Self.next(block)
        counts[index] &-= 1
        return block + Self.head
      }
      guard let block = malloc(Self.head &+ (index &+ 1) &* Self.step) else { return nil }
      block.storeBytes(of: index, as: Int.self)
      return block + Self.head
    }
    let (whole, overflow) = size.addingReportingOverflow(Self.head)
    guard !overflow, let block = malloc(whole) else { return nil }
    block.storeBytes(of: Self.large, as: Int.self)
    return block + Self.head
  }

  private func give(_ pointer: UnsafeMutableRawPointer) {
    let block = pointer - Self.head
    let index = block.load(as: Int.self)
    guard index >= 0, counts[index] < Self.kept else { return Glibc.free(block) }
    pointer.storeBytes(of: free[index], as: UnsafeMutableRawPointer?.self)
    free[index] = block
    counts[index] &+= 1
  }

  private func resize(_ pointer: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    guard let pointer, size >= 0 else { return take(size) }
    let block = pointer - Self.head
    let index = block.load(as: Int.self)
    if index < 0 {
      let (whole, overflow) = size.addingReportingOverflow(Self.head)
      guard !overflow, let moved = realloc(block, whole) else { return nil }
      return moved + Self.head
    }
    let room = (index &+ 1) &* Self.step
    if size <= room { return pointer }
    guard let moved = take(size) else { return nil }
    moved.copyMemory(from: pointer, byteCount: room)
    give(pointer)
    return moved
  }
}
