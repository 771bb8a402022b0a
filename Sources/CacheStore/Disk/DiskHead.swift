import Bytes
import CacheRules

/// The head of a body on disk, as bytes: all that makes an object of it again.
///
///     "SLUICE C" | version (8) | sum of what follows (8)
///     body: count, sum (8 each)
///     status, flags, received, initial age, lifetime, stale-while-revalidate, stale-if-error or -1, date (8 each)
///     counts of the source of freshness, key, selection, fields (8 each), then these
///
/// Numbers are little-endian. What the fields say themselves is read from them again.
struct DiskHead {
  var bodyCount: Int
  var bodySum: UInt64
  var record: ResponseRecord
  let key: [UInt8]
  let selection: [UInt8]
  let fields: [UInt8]

  private static let magic: StaticString = "SLUICE C"
  /// Goes up with each change of this format, or of what a `ResponseRecord` means.
  private static let version: UInt64 = 1
  private static let start = 24

  static func write(_ object: StoredObject, _ file: BodyFile, into out: ByteBuffer) {
    let rest = ByteBuffer(capacity: 4096)
    write(UInt64(file.count), into: rest)
    write(file.sum, into: rest)
    let record = object.record
    let source = Array(record.freshness.source.rawValue.utf8)
    for number in [
      record.status, Int(record.flags.rawValue), Int(record.received), record.initialAge, record.freshness.lifetime,
      record.staleWhileRevalidate, record.staleIfError ?? -1, record.date, source.count, object.key.count,
      object.selection.count, object.fields.count,
    ] {
      write(UInt64(bitPattern: Int64(number)), into: rest)
    }
    rest.write(source)
    rest.write(object.key)
    rest.write(object.selection)
    rest.write(object.fields)
    out.clear()
    out.write(magic)
    write(version, into: out)
    write(KeyHash.of(rest.readable, seed: version), into: out)
    out.write(rest.readable)
  }

  private static func write(_ number: UInt64, into out: ByteBuffer) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { out.write(byte: UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// - Returns: nil for what was not written by this version, or has changed since.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var at = 0
    func next() -> UInt64? {
      guard at &+ 8 <= bytes.count else { return nil }
      defer { at &+= 8 }
      return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
    func number() -> Int? { next().map { Int(Int64(bitPattern: $0)) } }
    func text(_ count: Int) -> [UInt8]? {
      guard count >= 0, count <= bytes.count &- at else { return nil }
      defer { at &+= count }
      return Array(bytes[at..<at &+ count])
    }
    guard bytes.count > Self.start, UnsafeRawBufferPointer(rebasing: bytes[..<8]).equals(Self.magic) else { return nil }
    at = 8
    guard next() == Self.version, let sum = next(),
      sum == KeyHash.of(UnsafeRawBufferPointer(rebasing: bytes[Self.start...]), seed: Self.version),
      let bodyCount = number(), bodyCount > 0, let bodySum = next(), let status = number(), let flags = number(),
      let received = number(), let initialAge = number(), let lifetime = number(), let whileRevalidate = number(),
      let ifError = number(), let date = number(), let sourceCount = number(), let keyCount = number(),
      let selectionCount = number(), let fieldsCount = number(), let sourceName = text(sourceCount),
      let source = Freshness.Source(rawValue: String(decoding: sourceName, as: UTF8.self)), let key = text(keyCount),
      let selection = text(selectionCount), let fields = text(fieldsCount), at == bytes.count,
      // Ages are reckoned with.
      0...DeltaSeconds.greatest ~= initialAge, lifetime >= 0
    else { return nil }
    self.bodyCount = bodyCount
    self.bodySum = bodySum
    self.key = key
    self.selection = selection
    self.fields = fields
    record = fields.withUnsafeBytes { stored in
      ResponseRecord(
        ResponseFacts(status: status, fields: stored, now: Int(received / 1000)),
        freshness: Freshness(lifetime: lifetime, source: source), stored: stored, requested: Int64(received),
        received: Int64(received))
    }
    record.flags = ResponseRecord.Flags(rawValue: UInt8(truncatingIfNeeded: flags))
    record.initialAge = initialAge
    record.staleWhileRevalidate = whileRevalidate
    record.staleIfError = ifError < 0 ? nil : ifError
    record.date = date
    guard key.withUnsafeBytes({ DiskTier.takes(record, key: $0) }) else { return nil }
  }
}
