import Bytes
import HTTPSemantics
import HTTPWire

/// Whose word is taken for where a request comes from.
///
/// Every proxy on the way adds the address that it was asked from at the end of a list. Read from the end, the first address
/// that is no trusted proxy's is the client's: whatever stands before it was written by the client, or by whom it came through.
public struct TrustedProxies: Sendable {
  /// The header that the proxies write. Only one is believed: the other one would be passed on as the client wrote it.
  public enum Header: String, Sendable, CaseIterable {
    case xForwardedFor = "X-Forwarded-For"
    /// RFC 7239.
    case forwarded = "Forwarded"
  }

  /// What trusted proxies say of a request.
  public struct Finding: Equatable, Sendable {
    public var client: IPAddress
    /// Whether the client speaks TLS to the proxy that it reached; nil where that is not said.
    public var isSecure: Bool?
  }

  public let addresses: AddressSet
  /// Whether whoever connects to a Unix-domain listener is trusted.
  public let includesUnix: Bool
  public let header: Header

  public init(_ addresses: AddressSet, includesUnix: Bool = false, header: Header = .xForwardedFor) {
    self.addresses = addresses
    self.includesUnix = includesUnix
    self.header = header
  }

  /// Whether the peer's word counts.
  /// - Parameter peer: nil: it came by a Unix-domain listener.
  public func trusts(_ peer: IPAddress?) -> Bool { peer.map(addresses.contains) ?? includesUnix }

  /// What is believed of a request.
  /// - Parameter peer: who sent it; nil for a Unix-domain client.
  /// - Returns: nil where the peer is not trusted or says nothing: the request is the peer's own.
  public func finding(of head: MessageHead, from peer: IPAddress?) -> Finding? {
    guard trusts(peer) else { return nil }
    return switch header {
    case .xForwardedFor: findingInList(head)
    case .forwarded: findingInForwarded(head)
    }
  }

  // MARK: X-Forwarded-For

  private func findingInList(_ head: MessageHead) -> Finding? {
    guard head.present.contains(.xForwardedFor) else { return nil }
    var client: IPAddress?
    var index = head.fields.count
    search: while index > 0 {
      index &-= 1
      let field = head.fields[index]
      guard field.id == .xForwardedFor else { continue }
      let value = head.value(of: field)
      var end = value.count
      while end >= 0 {
        var start = end
        while start > 0, value[start &- 1] != 44 { start &-= 1 }
        let element = UnsafeRawBufferPointer(rebasing: value[start..<end]).trimmingWhitespace
        end = start &- 1
        // An empty element says nothing (RFC 9110 § 5.6.1).
        if element.isEmpty { continue }
        // What cannot be read ends the chain: nobody vouches for what stands before it.
        guard let address = TrustedProxies.address(element) else { break search }
        client = address
        if !addresses.contains(address) { break search }
      }
    }
    guard let client else { return nil }
    return Finding(client: client, isSecure: scheme(head))
  }

  private func scheme(_ head: MessageHead) -> Bool? {
    guard let field = head.first(.xForwardedProto) else { return nil }
    return TrustedProxies.isSecure(head.value(of: field))
  }

  private static func isSecure(_ scheme: UnsafeRawBufferPointer) -> Bool? {
    if scheme.equalsIgnoringCase("https") { return true }
    return scheme.equalsIgnoringCase("http") ? false : nil
  }

  // MARK: Forwarded

  private func findingInForwarded(_ head: MessageHead) -> Finding? {
    guard head.present.contains(.forwarded) else { return nil }
    var elements: [ForwardedElement] = []
    for field in head.fields where field.id == .forwarded {
      guard ForwardedElement.read(head.value(of: field), into: &elements) else {
        // The whole line is worth nothing, and so is what stands before it.
        elements.removeAll()
        continue
      }
    }
    var finding: Finding?
    for element in elements.reversed() {
      guard let address = element.client else { break }
      finding = Finding(client: address, isSecure: element.isSecure)
      if !addresses.contains(address) { break }
    }
    return finding
  }

  // MARK: Addresses

  /// An address as proxies write it: bare, with a port, in brackets.
  static func address(_ text: UnsafeRawBufferPointer) -> IPAddress? {
    guard let first = text.first else { return nil }
    if first == 91 {
      guard let close = text.firstIndex(of: 93) else { return nil }
      guard close == text.count - 1 || text[close + 1] == 58 else { return nil }
      return IPAddress(UnsafeRawBufferPointer(rebasing: text[1..<close]))
    }
    if let colon = text.firstIndex(of: 58), !text[(colon + 1)...].contains(58) {
      return IPAddress(UnsafeRawBufferPointer(rebasing: text[..<colon]))
    }
    return IPAddress(text)
  }
}
