import Bytes

extension FieldID {
  /// The field that these bytes name, without regard to case.
  ///
  /// A known name is a token, so whoever gets anything but `.other` need not look at the bytes again.
  @inlinable public init(_ name: UnsafeRawBufferPointer) {
    guard let base = name.baseAddress else {
      self = .other
      return
    }
    self = FieldID.recognise(base, count: name.count, readable: name.count)
  }

  /// The field that `count` bytes at `name` name, without regard to case.
  ///
  /// A hash of the length and three letters picks the only name that it can be, and that one is compared eight bytes at
  /// a time. The hash is perfect for the names of this enum (`FieldIDTests` holds it to that): a new case needs a new
  /// multiplier, which a search over odd 32-bit numbers finds in seconds.
  /// - Parameter readable: how many bytes may be read from `name` on; at least `count`. Shorter names than eight bytes are
  ///   compared fast where eight may be read.
  @inlinable @inline(__always)
  public static func recognise(_ name: UnsafeRawPointer, count: Int, readable: Int) -> FieldID {
    guard count >= 2, count <= 24 else { return .other }
    let first = UInt32(name.load(as: UInt8.self) | 32)
    let middle = UInt32(name.load(fromByteOffset: count &>> 1, as: UInt8.self) | 32)
    let nextToLast = UInt32(name.load(fromByteOffset: count &- 2, as: UInt8.self) | 32)
    let key = UInt32(truncatingIfNeeded: count) | first &<< 8 | middle &<< 16 | nextToLast &<< 24
    let slot = Int((key &* 0x7DEC_0CF1) &>> 25)
    let candidate = candidates.utf8Start[slot] &- 35
    let known = UnsafeRawPointer(names.utf8Start) + Int(candidate) &* 24
    if count >= 8 {
      // Whole words, and the last eight bytes once more as one: no part of a word has to be left out.
      var difference = Self.difference(name, known, count &- 8)
      var at = 0
      while at &+ 8 < count {
        difference |= Self.difference(name, known, at)
        at &+= 8
      }
      guard difference == 0 else { return .other }
    } else if readable >= 8 {
      let kept = 1 &<< UInt64(truncatingIfNeeded: count &* 8) &- 1
      guard Self.difference(name, known, 0) & kept == 0 else { return .other }
    } else {
      var at = 0
      while at < count {
        let letter = known.load(fromByteOffset: at, as: UInt8.self)
        guard name.load(fromByteOffset: at, as: UInt8.self) | (letter & 0x40) &>> 1 == letter else { return .other }
        at &+= 1
      }
    }
    // The names are padded with dots, which none of them contains: this is where the known one must end, too.
    guard known.load(fromByteOffset: count &- 1, as: UInt8.self) != 46,
      count == 24 || known.load(fromByteOffset: count, as: UInt8.self) == 46
    else { return .other }
    // SAFETY: cases are numbered from 0 without gaps, and the table holds no number beyond them (`FieldIDTests`).
    return unsafeBitCast(candidate, to: FieldID.self)
  }

  /// In which bits eight bytes of a name differ from those of a known one, without regard to case; the first byte lowest.
  @inlinable @inline(__always)
  static func difference(_ name: UnsafeRawPointer, _ known: UnsafeRawPointer, _ at: Int) -> UInt64 {
    let word = known.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    // 0x40 is set in letters and clear in `-` and digits: shifted, it is the bit in which `A` and `a` differ.
    let caseBits = (word & 0x4040_4040_4040_4040) &>> 1
    return UInt64(littleEndian: (name.loadUnaligned(fromByteOffset: at, as: UInt64.self) | caseBits) ^ word)
  }

  /// By hash: 35 (`#`) and the raw value of the case that it may be.
  @usableFromInline static var candidates: StaticString {
    "####B<#####&@######F#S#(#?##PG/#DHO#L##:0####;#>#1,##C#J###3Q%-.##6#####7##=#####'T+#8#5##)###RA#####E##*#M##I##9#NK###$4##2####"
  }

  /// The names in the order of their raw values, 24 bytes each.
  @usableFromInline static var names: StaticString {
    """
    ........................\
    accept..................\
    accept-encoding.........\
    age.....................\
    authorization...........\
    cache-control...........\
    connection..............\
    content-encoding........\
    content-length..........\
    content-md5.............\
    content-type............\
    cookie..................\
    date....................\
    etag....................\
    expect..................\
    expires.................\
    forwarded...............\
    host....................\
    if-modified-since.......\
    if-none-match...........\
    keep-alive..............\
    last-modified...........\
    location................\
    max-forwards............\
    origin..................\
    pragma..................\
    proxy-authenticate......\
    proxy-authorization.....\
    proxy-connection........\
    range...................\
    referer.................\
    server..................\
    set-cookie..............\
    te......................\
    trailer.................\
    transfer-encoding.......\
    upgrade.................\
    user-agent..............\
    vary....................\
    via.....................\
    www-authenticate........\
    x-forwarded-for.........\
    x-forwarded-host........\
    x-forwarded-port........\
    x-forwarded-proto.......\
    x-http-method-override..\
    x-amzn-requestid........\
    x-amzn-trace-id.........\
    x-amzn-apigateway-api-id\
    x-sluice-explain........
    """
  }
}
