import Bytes
import CacheRules
import CacheStore
import Compression
import Edge
import Glibc
import HTTPSemantics
import HTTPWire
import Pipeline

/// Answers of distributions in content codings (spec § 14.9): a stored one is compressed once for each coding and kept so
/// beside itself; one that is passing is compressed on its way.
extension ExchangeDriver {
  /// Whether an answer whose fields are these may be given in a coding; they say so in `Vary` then.
  func mayBeEncoded(status: Int, _ fields: ByteBuffer) -> Bool {
    guard let edge = bench.edge, edge.behavior.compress else { return false }
    return EdgeCompression.mayEncode(status: status, fields: fields)
  }

  /// The coding that this client gets what may be encoded in.
  func codingAtEdge() -> ContentCoding? {
    guard let edge = bench.edge else { return nil }
    return EdgeCompression.coding(bench.request, edge.behavior)
  }

  /// The coding of an answer that is not stored.
  /// - Parameter size: bytes of the body; nil where they are not known.
  func codingAtEdge(status: Int, size: Int?) -> ContentCoding? {
    guard size.map(EdgeCompression.sizes.contains) ?? true, mayBeEncoded(status: status, bench.fields),
      bench.request.method != .head
    else { return nil }
    return codingAtEdge()
  }

  // MARK: Stored answers

  /// What this client gets of a stored response that may be encoded: a form of it, or the response itself. The form is made
  /// when it is first asked for; who comes while it is being made gets the response as it is.
  func form(of object: StoredObject) async -> StoredObject {
    guard let coding = codingAtEdge() else { return object }
    if let made = object.form(coding) { return made }
    guard EdgeCompression.sizes.contains(object.body.count), object.beginForm(coding) else { return object }
    guard let encoder = state.encoders.take(coding, .kept, size: object.body.count) else {
      object.abandonForm(coding)
      return object
    }
    defer { state.encoders.give(encoder) }
    let out = ByteBuffer(capacity: max(1024, object.body.count / 4))
    guard await encode(object, by: encoder, into: out) else {
      object.abandonForm(coding)
      return object
    }
    // What gets no smaller stays begun, and so is not tried again.
    if out.count >= object.body.count { return object }
    let fields = ByteBuffer(capacity: object.fields.count &+ 64)
    fields.write(object.fields)
    ResponseCompression.mark(fields, as: coding)
    return state.server.cache.keep(coding, of: object, fields: fields.readable, body: StoredBody(out.readable))
  }

  /// - Returns: false where the body cannot be read.
  private func encode(_ object: StoredObject, by encoder: BodyEncoder, into out: ByteBuffer) async -> Bool {
    let count = object.body.count
    var at = 0
    if let file = object.body.file {
      guard let descriptor = await open(file, of: object) else { return false }
      defer { close(descriptor) }
      guard await encode(descriptor, count: count, by: encoder, into: out) else { return false }
    } else {
      while let piece = object.body.piece(at: at, until: min(count, at &+ Self.encodedAtOnce)) {
        encoder.write(piece, into: out)
        at &+= piece.count
        // Others on this worker have waited for as long as that takes.
        if at < count { await Task.yield() }
      }
    }
    encoder.finish(into: out)
    return true
  }

  /// Reads a file and compresses it bit by bit.
  /// - Returns: false where it has fewer bytes.
  func encode(
    _ descriptor: Int32, count: Int, by encoder: BodyEncoder, into out: ByteBuffer
  ) async -> Bool {
    let piece = ByteBuffer(capacity: Self.encodedAtOnce)
    var at = 0
    while at < count {
      piece.clear()
      let got = pread(descriptor, piece.writable.baseAddress, min(Self.encodedAtOnce, count &- at), at)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return false }
      piece.didWrite(got)
      encoder.write(piece.readable, into: out)
      at &+= got
      if at < count { await Task.yield() }
    }
    return true
  }

  /// Takes about a millisecond: bytes.
  static let encodedAtOnce = 64 * 1024

  /// A freshened response is the old one's body: so are its forms.
  func keepForms(of old: StoredObject, for object: StoredObject) {
    guard object.record.flags.contains(.mayBeEncoded) else { return }
    for coding in [ContentCoding.gzip, .brotli] {
      guard let form = old.form(coding), object.beginForm(coding) else { continue }
      let fields = ByteBuffer(capacity: object.fields.count &+ 64)
      fields.write(object.fields)
      ResponseCompression.mark(fields, as: coding)
      state.server.cache.keep(coding, of: object, fields: fields.readable, body: form.body)
    }
  }

  // MARK: Bodies on disk

  /// Opens a body that lies on disk, after its sum has been checked if need be.
  /// - Returns: a descriptor, which the caller closes; nil where the body is not what was stored: then the object is gone.
  func open(_ file: BodyFile, of object: StoredObject) async -> Int32? {
    let store = state.server.cache
    var opening = file.open()
    if case .unchecked = opening {
      let isWhole = await withCheckedContinuation { continuation in
        store.check(file) { continuation.resume(returning: $0) }
      }
      opening = isWhole ? file.open() : .missing
    }
    if case .ready(let descriptor) = opening { return descriptor }
    store.remove(object)
    return nil
  }
}
