/// Memory for what one screening makes: handed out piece by piece, taken back all at once. A piece stays where it is until then.
final class Arena {
  private static let blockSize = 32 * 1024
  /// What is kept from one screening to the next; more is given back.
  private static let keep = 4

  private var blocks: ContiguousArray<(start: UnsafeMutablePointer<UInt8>, size: Int)> = []
  private var block = 0
  private var used = 0

  deinit { for block in blocks { block.start.deallocate() } }

  /// Room for `count` bytes.
  func take(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let count = (max(count, 0) &+ 15) & ~15
    while block < blocks.count {
      if count <= blocks[block].size &- used {
        let place = blocks[block].start + used
        used &+= count
        return place
      }
      block &+= 1
      used = 0
    }
    let size = max(count, Self.blockSize)
    let start = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    blocks.append((start, size))
    used = count
    return start
  }

  /// Gives back what was not used of the piece that was taken last.
  func giveBack(_ count: Int, of taken: Int) { used &-= ((max(taken, 0) &+ 15) & ~15) &- ((max(count, 0) &+ 15) & ~15) }

  func clear() {
    block = 0
    used = 0
    while blocks.count > Self.keep, let last = blocks.popLast() { last.start.deallocate() }
    // A large one would stay for ever.
    if let index = blocks.firstIndex(where: { $0.size > 8 * Self.blockSize }) {
      blocks.remove(at: index).start.deallocate()
    }
  }
}
