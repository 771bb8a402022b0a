import Bytes
import Velocity

/// What `render --json` prints.
struct RenderReport: Encodable {
  struct Field: Encodable {
    let name: String
    let values: [String]
  }
  struct Request: Encodable { let header, querystring, path: [Field] }
  struct Response: Encodable {
    let status: Int?
    let header: [Field]
  }
  /// A run of the output, and where in the template it comes from.
  struct Piece: Encodable {
    /// From 1.
    let line, column: Int
    /// Bytes of the output, `end` not among them.
    let start, end: Int
    let output: String
  }

  let output: String
  let requestOverride: Request
  let responseOverride: Response
  /// With `--explain`.
  let pieces: [Piece]?

  init(_ output: ByteBuffer, _ scope: TemplateScope, _ pieces: [RenderedPiece]?) {
    self.output = output.readable.text
    func fields(_ list: [(name: String, values: [String])]) -> [Field] {
      list.map { Field(name: $0.name, values: $0.values) }
    }
    let request = scope.requestOverride
    requestOverride = Request(
      header: fields(request.header), querystring: fields(request.querystring), path: fields(request.path))
    let response = scope.responseOverride
    responseOverride = Response(status: response.status, header: fields(response.headers))
    self.pieces = pieces?.map {
      Piece(
        line: $0.line, column: $0.column, start: $0.bytes.lowerBound, end: $0.bytes.upperBound,
        output: UnsafeRawBufferPointer(rebasing: output.readable[$0.bytes]).text)
    }
  }
}
