import CNGHTTP2
import Glibc
import Testing

@testable import HTTPWire

@Suite("SmallBlocks")
struct SmallBlocksTests {
  private let blocks = SmallBlocks()
  private var memory: nghttp2_mem { blocks.allocator.pointee }

  private func take(_ size: Int) -> UnsafeMutableRawPointer? { memory.malloc(size, memory.mem_user_data) }
  private func give(_ block: UnsafeMutableRawPointer?) { memory.free(block, memory.mem_user_data) }
  private func resize(_ block: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    memory.realloc(block, size, memory.mem_user_data)
  }

  @Test("a block that was given back must be the next one of its size, and of no other")
  func reuse() throws {
    let first = try #require(take(40))
    let second = try #require(take(64))
    #expect(first != second)
    give(first)
    #expect(take(100) != first)
    #expect(take(33) == first)
  }

  @Test(
    "every block must hold what was asked for, apart from all others", arguments: [0, 1, 31, 32, 33, 512, 513, 70_000])
  func room(_ size: Int) throws {
    let taken = try (0..<8).map { _ in try #require(take(size)) }
    for (index, block) in taken.enumerated() {
      #expect(UInt(bitPattern: block) % 16 == 0)
      memset(block, Int32(index), size)
    }
    for (index, block) in taken.enumerated() {
      let bytes = UnsafeRawBufferPointer(start: block, count: size)
      #expect(bytes.allSatisfy { $0 == UInt8(index) })
      give(block)
    }
  }

  @Test("a block that grows must keep what is in it", arguments: [(8, 20), (8, 200), (500, 600), (600, 90_000)])
  func growth(_ sizes: (Int, Int)) throws {
    let block = try #require(take(sizes.0))
    memset(block, 7, sizes.0)
    let larger = try #require(resize(block, sizes.1))
    memset(larger + sizes.0, 8, sizes.1 - sizes.0)
    let bytes = UnsafeRawBufferPointer(start: larger, count: sizes.0)
    #expect(bytes.allSatisfy { $0 == 7 })
    give(larger)
  }

  @Test("what is asked for in pieces must be empty, and nothing for more than there can be")
  func pieces() throws {
    give(take(64).map { memset($0, 255, 64) })
    let block = try #require(memory.calloc(4, 16, memory.mem_user_data))
    #expect(UnsafeRawBufferPointer(start: block, count: 64).allSatisfy { $0 == 0 })
    #expect(memory.calloc(.max, 2, memory.mem_user_data) == nil)
    for size in [Int.max, -1] {
      #expect(take(size) == nil)
      for taken in [10, 1000] {
        let block = try #require(take(taken))
        #expect(resize(block, size) == nil)
        give(block)
      }
    }
    give(nil)
  }
}
