import Bytes
import Edge
import HTTPSemantics
import Pipeline
import SiteStore
import StaticFiles

/// Files of a site that have no compressed siblings, compressed here: once for each coding and worker, and kept as long as
/// the file is.
extension ExchangeDriver {
  /// Whether clients may get a file in a coding that it does not lie there in.
  func mayBeEncoded(_ file: SiteFile) -> Bool {
    guard let edge = bench.edge, edge.behavior.compress, !file.hasSiblings,
      EdgeCompression.sizes.contains(file.plain.representation.size)
    else { return false }
    return file.plain.representation.isCompressible
  }

  /// What this client gets of a file that may be encoded. Who comes while it is being compressed gets it as it is.
  func encodedForm(of file: SiteFile, in site: Site) async -> SiteForm {
    let plain = file.plain
    guard let coding = codingAtEdge() else { return plain }
    if let made = file.made(coding) { return made }
    let size = plain.representation.size
    guard file.beginForm(coding), let encoder = state.encoders.take(coding, .kept, size: size) else { return plain }
    defer { state.encoders.give(encoder) }
    let out = ByteBuffer(capacity: max(1024, size / 4))
    switch plain.content {
    case .memory(let bytes): encoder.write(bytes, into: out)
    case .file(let descriptor):
      guard await encode(descriptor.number, count: size, by: encoder, into: out), plain.isUnchanged else {
        return plain
      }
    }
    encoder.finish(into: out)
    guard out.count < size else { return plain }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: out.count, alignment: 16)
    bytes.copyMemory(from: out.readable)
    let representation = plain.representation.encoded(coding, size: out.count)
    let form = SiteForm(of: plain, representation, bytes: UnsafeRawBufferPointer(bytes))
    site.keep(form, coding, of: file)
    return form
  }
}

extension Representation {
  /// Its type is one that CloudFront compresses.
  fileprivate var isCompressible: Bool {
    contentType.utf8.withContiguousStorageIfAvailable { utf8 in
      let end = utf8.firstIndex(of: UInt8(ascii: ";")) ?? utf8.count
      return EdgeCompression.isCompressible(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(utf8)[..<end]))
    } ?? false
  }

  /// The same in a coding that it was compressed in here.
  fileprivate func encoded(_ coding: ContentCoding, size: Int) -> Representation {
    let lines = ByteBuffer(capacity: fields.count &+ 64)
    lines.write(fields)
    ResponseCompression.mark(lines, as: coding)
    let few = ByteBuffer(capacity: notModifiedFields.count &+ 64)
    few.write(notModifiedFields)
    ResponseCompression.weaken(few)
    return Representation(
      of: self, size: size, fields: Array(lines.readable), notModifiedFields: Array(few.readable))
  }
}
