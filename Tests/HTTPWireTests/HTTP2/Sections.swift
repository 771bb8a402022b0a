import Bytes
import CNGHTTP2

/// Sections of fields as nghttp2 reads them.
enum Sections {
  /// A line for each field.
  static func decode(_ section: ByteBuffer) -> [String] {
    var inflater: OpaquePointer?
    nghttp2_hd_inflate_new(&inflater)
    defer { nghttp2_hd_inflate_del(inflater) }
    var bytes = Array(section.readable)[...]
    var fields: [String] = []
    while true {
      var field = nghttp2_nv()
      var flags: Int32 = 0
      let count = bytes.withUnsafeBufferPointer {
        nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress, $0.count, 1)
      }
      guard count >= 0 else { return ["undecodable"] }
      bytes = bytes.dropFirst(count)
      if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
        let name = String(decoding: UnsafeBufferPointer(start: field.name, count: field.namelen), as: UTF8.self)
        let value = String(decoding: UnsafeBufferPointer(start: field.value, count: field.valuelen), as: UTF8.self)
        fields.append("\(name): \(value)")
      }
      if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { return fields }
    }
  }
}
