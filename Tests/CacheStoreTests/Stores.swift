import Bytes
import CacheRules
import Glibc
import Synchronization
import Testing

@testable import CacheStore

/// 2026-01-01T00:00:00Z in milliseconds.
let noon: Int64 = 1_767_225_600_000

func record(status: Int = 200, lifetime: Int = 60) -> ResponseRecord {
  let facts = ResponseFacts(status: status, fields: UnsafeRawBufferPointer(start: nil, count: 0), now: Int(noon / 1000))
  return ResponseRecord(
    facts, freshness: Freshness(lifetime: lifetime, source: .maxAge), stored: facts.fields.bytes, requested: noon,
    received: noon)
}

func key(_ target: String, parts: String = "", space: UInt32 = 1) -> [UInt8] {
  let out = ByteBuffer()
  withBytes(target) { CacheKey.write(space: space, target: $0, into: out) }
  out.write(parts)
  return Array(out.readable)
}

func withBytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
  Array(text.utf8).withUnsafeBytes(body)
}

extension CacheStore {
  convenience init(megabytes: Int) { self.init(capacity: megabytes << 20, seed: 0x5EED) }

  func make(_ key: [UInt8], selection: String = "", fields: String = "", body: [UInt8] = [1, 2, 3]) -> StoredObject {
    key.withUnsafeBytes { key in
      withBytes(selection) { selection in
        withBytes(fields) { fields in
          object(
            key: key, hash: hash(key), selection: selection, fields: fields, record: record(),
            body: body.withUnsafeBytes { StoredBody($0) })
        }
      }
    }
  }

  @discardableResult
  func put(
    _ target: String, parts: String = "", selection: String = "", fields: String = "", size: Int = 3, space: UInt32 = 1
  ) -> Bool {
    insert(
      make(
        CacheStoreTests.key(target, parts: parts, space: space), selection: selection, fields: fields,
        body: Array(repeating: 7, count: size)), epoch: epoch)
  }

  func get(_ target: String, parts: String = "", selection: String = "", space: UInt32 = 1) -> StoredObject? {
    CacheStoreTests.key(target, parts: parts, space: space).withUnsafeBytes { key in
      let finding = withBytes(selection) { selection in
        find(key, hash: hash(key)) { $0.selection.elementsEqual(selection) }
      }
      if case .found(let object) = finding { return object }
      return nil
    }
  }

  func join(
    _ target: String, selection: String = "", unlike seen: StoredObject? = nil, expecting expected: [UInt8]? = nil
  ) -> Joining {
    CacheStoreTests.key(target).withUnsafeBytes { key in
      withBytes(selection) { wanted in
        join(
          key, hash: hash(key), unlike: seen, expecting: expected, now: noon,
          where: { $0.selection.elementsEqual(wanted) }
        ) {
          $0.elementsEqual(wanted)
        }
      }
    }
  }

  func lead(_ target: String, selection: String = "") throws -> Filling {
    guard case .lead(let filling) = join(target, selection: selection) else {
      throw Unexpected()
    }
    return filling
  }

  func follow(_ target: String, selection: String = "") throws -> FillingReader {
    guard case .follow(let filling) = join(target, selection: selection) else { throw Unexpected() }
    return FillingReader(filling)
  }
}

struct Unexpected: Error {}

extension Filling {
  @discardableResult
  func begin(selection: String = "", fields: String = "", length: Int? = nil, status: Int = 200) -> Bool {
    withBytes(selection) { selection in
      withBytes(fields) { fields in
        begin(record: record(status: status), selection: selection, fields: fields, length: length, now: noon)
      }
    }
  }

  @discardableResult
  func append(_ bytes: [UInt8]) -> Progress { bytes.withUnsafeBytes { append($0) } }
}

extension Filling.Ending {
  /// Nil: not yet, or not at all.
  var isStored: Bool? {
    if case .object(_, let isStored) = self { isStored } else { nil }
  }
}

/// Counts how often it was woken.
final class Bell: FillingWaiter {
  private let rings = Atomic<Int>(0)
  var count: Int { rings.load(ordering: .acquiring) }
  func wake() { rings.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}

extension FillingReader {
  /// What there is to read now, and what follows it.
  func drain(_ bell: Bell = Bell()) -> (bytes: [UInt8], then: String) {
    var bytes: [UInt8] = []
    while true {
      switch next(orWake: bell) {
      case .bytes(let more): bytes.append(contentsOf: more)
      case .file(let descriptor, let range): bytes += read(descriptor, range)
      case .pending: return (bytes, "pending")
      case .end: return (bytes, "end")
      case .failed: return (bytes, "failed")
      }
    }
  }
}

/// The bytes of a part of a file, as many as there are.
func read(_ descriptor: Int32, _ range: Range<Int>) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: range.count)
  let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, range.lowerBound) }
  return Array(bytes[..<max(0, got)])
}

/// Runs the closure on so many threads of their own and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var threads: [pthread_t] = []
  for index in 0..<count {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box { body(index) }).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, box)
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}
