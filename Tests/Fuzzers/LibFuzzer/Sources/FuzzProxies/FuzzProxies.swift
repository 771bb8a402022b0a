import Bytes
import FuzzerDriver
import Glibc
import HTTPWire

@testable import Firewall

@_cdecl("FuzzProxies_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// What proxies, and those who pretend to be some, say of where requests come from: the PROXY protocol, `X-Forwarded-For`,
/// `Forwarded`, and addresses themselves.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  checkProxyHeader(bytes)
  checkAddress(bytes)
  for header in TrustedProxies.Header.allCases { checkForwarding(bytes, header) }
  return 0
}

// MARK: The PROXY protocol

private enum Reading: Equatable {
  case header(ProxyHeader)
  case more
  case flaw(ProxyHeader.Flaw)
}

private func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
  do throws(ProxyHeader.Flaw) {
    return try ProxyHeader.read(bytes).map { .header($0) } ?? .more
  } catch {
    return .flaw(error)
  }
}

/// A beginning is never read as something else than the whole, and a client that is written again is the same.
private func checkProxyHeader(_ bytes: UnsafeRawBufferPointer) {
  let whole = read(bytes)
  for count in 0..<min(bytes.count, 120) {
    let part = read(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    if part != .more { require(part == whole, "\(count) bytes are \(part), all of them \(whole)") }
  }
  guard case .header(let header) = whole else { return }
  require((8...ProxyHeader.longest).contains(header.byteCount) && header.byteCount <= bytes.count, "\(header)")
  guard let client = header.client else { return }
  let family = client.address.isV4 ? "TCP4 \(client.address) 192.0.2.1" : "TCP6 \(client.address) 2001:db8::1"
  let text = Array("PROXY \(family) \(client.port) \(client.destinationPort)\r\n".utf8)
  let again = text.withUnsafeBytes { read($0) }
  require(again == .header(ProxyHeader(client: client, byteCount: text.count)), "\(client) became \(again)")
}

// MARK: Addresses

/// The C library is of the same mind.
private func checkAddress(_ bytes: UnsafeRawBufferPointer) {
  let ours = IPAddress(bytes)
  let text = bytes.text
  guard !bytes.contains(0), bytes.elementsEqual(text.utf8) else {
    require(ours == nil, "an address of \(text.debugDescription)")
    return
  }
  var narrow = in_addr()
  var wide = in6_addr()
  var theirs: IPAddress?
  if inet_pton(AF_INET, text, &narrow) == 1 {
    theirs = IPAddress(v4: UInt32(bigEndian: narrow.s_addr))
  } else if inet_pton(AF_INET6, text, &wide) == 1 {
    theirs = withUnsafeBytes(of: &wide) {
      IPAddress(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
  require(ours == theirs, "\(text.debugDescription): \(ours?.description ?? "none"), \(theirs?.description ?? "none")")
  guard let ours else { return }
  require(IPAddress(ours.description) == ours, "\(ours) is read as another address")
  let block = try? AddressBlock(ours.description)
  require(block.map { AddressSet([$0]).contains(ours) } ?? false, "\(ours) is not in a set of itself")
}

// MARK: Header fields

private let trusted = try? AddressBlock("10.0.0.0/8")

/// Whatever stands before what a trusted proxy has added: an address that is no proxy's is believed, and that of another trusted
/// proxy changes nothing.
private func checkForwarding(_ bytes: UnsafeRawBufferPointer, _ header: TrustedProxies.Header) {
  guard let trusted else { return }
  let proxies = TrustedProxies(AddressSet([trusted]), header: header)
  let peer = IPAddress("10.0.0.1")
  let form = header == .forwarded ? "for=" : ""
  let alone = head(header, bytes, added: "")
  let stranger = head(header, bytes, added: form + "203.0.113.9")
  guard let alone, let stranger else { return }
  require(proxies.finding(of: alone, from: IPAddress("192.0.2.1")) == nil, "the word of a stranger was taken")
  let found = proxies.finding(of: alone, from: peer)
  require(
    proxies.finding(of: stranger, from: peer)?.client == IPAddress("203.0.113.9"), "a forged list was believed")
  guard let more = head(header, bytes, added: form + "10.9.9.9") else { return }
  let further = proxies.finding(of: more, from: peer)?.client
  require(further == found?.client ?? IPAddress("10.9.9.9"), "\(found?.client.description ?? "none") became another")
}

private func head(_ header: TrustedProxies.Header, _ value: UnsafeRawBufferPointer, added: String) -> RequestHead? {
  let buffer = ByteBuffer()
  buffer.write("GET / HTTP/1.1\r\nHost: a\r\n")
  buffer.write(header.rawValue)
  buffer.write(": ")
  buffer.write(value)
  if !added.isEmpty { buffer.write("\r\n\(header.rawValue): \(added)" as String) }
  buffer.write("\r\n\r\n")
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  guard case .complete(buffer.count) = parser.parse(buffer: buffer, into: head) else { return nil }
  return head
}
