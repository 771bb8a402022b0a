import Bytes

/// What is kept of a stored response beside its fields and its body: all that a decision about reusing it looks at, worked
/// out once when it is stored, so that a hit is decided with a few comparisons.
public struct ResponseRecord: Equatable, Sendable {
  public struct Flags: OptionSet, Sendable, Equatable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `no-cache`: never without asking the origin.
    public static let noCache = Flags(rawValue: 1)
    /// Must not be served stale (`ResponseDirectives.forbidsStale`).
    public static let forbidsStale = Flags(rawValue: 2)
    /// Must not be served stale even by `stale-while-revalidate` and `stale-if-error`.
    public static let forbidsStaleExtensions = Flags(rawValue: 4)
    /// Has `ETag` or `Last-Modified`.
    public static let hasValidator = Flags(rawValue: 8)
    /// The body is a part of the representation: `part` says which.
    public static let isPartial = Flags(rawValue: 16)
    /// `immutable` (RFC 8246): a client's reload does not make us ask the origin while it is fresh.
    public static let isImmutable = Flags(rawValue: 32)
    /// Kept past its time by the minimum TTL although the origin forbade it (spec § 14.5).
    public static let isKeptAgainstOrigin = Flags(rawValue: 64)
    /// Clients may get it in a content coding that it does not have (spec § 14.9).
    public static let mayBeEncoded = Flags(rawValue: 128)
  }

  public var status: Int
  public var flags: Flags
  /// When its head came, or a 304 that confirmed it: milliseconds since 1970.
  public var received: Int64
  /// How old it was then, in seconds.
  public var initialAge: Int
  public var freshness: Freshness
  /// For how many seconds it may be served after it has become stale: while it is being revalidated, and while the origin
  /// fails. Nil where the response says nothing of failures.
  public var staleWhileRevalidate: Int
  public var staleIfError: Int?
  /// `Date`, or when it came: seconds since 1970.
  public var date: Int
  /// Seconds since 1970.
  public var lastModified: Int?
  /// Where the value of `ETag` lies in the stored fields.
  public var etag: Range<Int>?
  /// For a part: which bytes of how many.
  public var part: ContentRange?

  /// - Parameters:
  ///   - facts: of the response as it came.
  ///   - stored: its fields as they are kept (`StoredFields`).
  ///   - age: `Age`, where the fields do not have it any more; nil: theirs.
  ///   - requested: when the request was sent; `received`: when the head came. Milliseconds since 1970.
  public init(
    _ facts: ResponseFacts, freshness: Freshness, stored: UnsafeRawBufferPointer, age: Int? = nil, requested: Int64,
    received: Int64
  ) {
    let directives = facts.directives
    status = facts.status
    var flags: Flags = []
    if directives.noCache { flags.insert(.noCache) }
    if directives.forbidsStale { flags.insert(.forbidsStale) }
    if directives.forbidsStaleExtensions { flags.insert(.forbidsStaleExtensions) }
    if facts.hasValidator { flags.insert(.hasValidator) }
    if directives.immutable { flags.insert(.isImmutable) }
    if facts.status == 206 { flags.insert(.isPartial) }
    self.flags = flags
    self.received = received
    initialAge = Age.initial(date: facts.date, age: age ?? facts.age, requested: requested, received: received)
    self.freshness = freshness
    staleWhileRevalidate = directives.staleWhileRevalidate.value ?? 0
    staleIfError = directives.staleIfError.value
    date = facts.date ?? Age.seconds(received)
    lastModified = facts.lastModified
    etag = FieldBlock(stored).first(.etag).flatMap { Self.place(of: $0, in: stored) }
    // Of any other status, `Content-Range` says nothing (RFC 9110 § 14.4), and the body is not the part that it names.
    part = facts.status == 206 ? facts.contentRange : nil
  }

  /// What is kept of the same response in a content coding.
  /// - Parameter fields: of the response in that coding.
  public func of(form fields: UnsafeRawBufferPointer) -> ResponseRecord {
    var record = self
    record.flags.remove(.mayBeEncoded)
    record.etag = FieldBlock(fields).first(.etag).flatMap { Self.place(of: $0, in: fields) }
    return record
  }

  /// Seconds.
  @inlinable @inline(__always) public func age(now: Int64) -> Int {
    Age.current(initial: initialAge, received: received, now: now)
  }

  /// Seconds that it stays fresh; negative: how long it has been stale.
  @inlinable @inline(__always) public func remaining(now: Int64) -> Int { freshness.lifetime &- age(now: now) }

  private static func place(of value: UnsafeRawBufferPointer, in fields: UnsafeRawBufferPointer) -> Range<Int>? {
    guard let start = fields.baseAddress, let here = value.baseAddress else { return nil }
    let offset = here - start
    return offset..<offset &+ value.count
  }
}
