/// How much of a message head is taken before the peer is told that it is too much.
///
/// | limit | unit | default | what exceeds it gets |
/// | --- | --- | --- | --- |
/// | `targetBytes` | bytes of the request target | 10,240 | 414 |
/// | `headBytes` | bytes of start line and field lines, line ends included | 32,768 | 431 |
/// | `fieldCount` | field lines | 128 | 431 |
///
/// A response's head is held to the last two; an origin that exceeds them gets its answer thrown away (502).
public struct HeadLimits: Sendable, Equatable {
  public var targetBytes: Int
  public var headBytes: Int
  public var fieldCount: Int

  public init(targetBytes: Int = 10_240, headBytes: Int = 32_768, fieldCount: Int = 128) {
    self.targetBytes = targetBytes
    self.headBytes = headBytes
    self.fieldCount = fieldCount
  }

  public static let standard = HeadLimits()
}

/// How much of a body, and of what stands around it on the wire, is taken.
///
/// | limit | unit | default | what exceeds it gets |
/// | --- | --- | --- | --- |
/// | `contentBytes` | bytes of content, framing not counted | no limit | 413 |
/// | `extensionBytes` | bytes of chunk extensions in one body | 4,096 | 400 |
/// | `trailerBytes` | bytes of the trailer section | 8,192 | 431 |
/// | `trailerCount` | field lines in the trailer section | 50 | 431 |
public struct BodyLimits: Sendable, Equatable {
  public var contentBytes: UInt64
  public var extensionBytes: Int
  public var trailerBytes: Int
  public var trailerCount: Int

  public init(
    contentBytes: UInt64 = .max, extensionBytes: Int = 4_096, trailerBytes: Int = 8_192, trailerCount: Int = 50
  ) {
    self.contentBytes = contentBytes
    self.extensionBytes = extensionBytes
    self.trailerBytes = trailerBytes
    self.trailerCount = trailerCount
  }

  public static let standard = BodyLimits()
}
