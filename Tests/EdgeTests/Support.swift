import APIModel
import Bytes
import Edge
import HTTPWire
import Pipeline
import Routing
import StaticFiles

let here = SourceLocation(file: "gateway.yaml", line: 1, column: 1)

/// A request as the codec reads it.
func request(_ line: String, host: String? = "app.example.com", _ fields: String...) -> RequestHead {
  let buffer = ByteBuffer()
  let host = host.map { ["Host: \($0)"] } ?? []
  buffer.write(([line] + host + fields).map { $0 + "\r\n" }.joined() + "\r\n")
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  _ = parser.parse(buffer: buffer, into: head, limits: .standard)
  return head
}

func directory(_ id: String) -> Origin { .directory(DirectoryOrigin(id: id, settings: SiteSettings(directory: id))) }

func server(
  _ id: String, _ address: String = "origin.test:9000", path: String = "", headers: [(name: String, value: String)] = []
) throws -> HTTPOrigin {
  struct NoAddress: Error {}
  guard let endpoint = Endpoint(scheme: "http", authority: address) else { throw NoAddress() }
  return HTTPOrigin(
    id: id, endpoint: endpoint, originPath: path, customHeaders: headers, readTimeoutMilliseconds: 30_000)
}

/// A distribution whose only behaviour goes to a directory.
func distribution(_ aliases: String..., behaviors: [CacheBehavior]? = nil, root: String = "") -> Distribution {
  let site = directory("site")
  return Distribution(
    aliases: aliases, origins: [site], behaviors: behaviors ?? [CacheBehavior(pathPattern: nil, origin: site)],
    defaultRootObject: root, location: here)
}

func addresses(_ domains: String...) -> AddressTable {
  var diagnostics: [Diagnostic] = []
  return AddressTable(
    [AddressEntry(api: "a", stage: "dev", location: here)],
    domains: domains.map {
      DomainName(
        name: $0, mappings: [BasePathMapping(basePath: "", api: "a", stage: "dev", location: here)], location: here)
    }, diagnostics: &diagnostics)
}
