import Bytes
import HTTPSemantics
import HTTPWire

/// What a stored response was chosen by (RFC 9111 § 4.1): the request fields that its `Vary` names, with their values made
/// alike where the difference means nothing.
///
/// A selection is a run of lines, one for each name, sorted by it:
///
///     accept-encoding:br,gzip LF
///     x-tenant LF                    (the request had none)
///
/// It is written when a response is stored, and each later request is held against it.
public enum Vary {
  /// More names than anybody needs; with them a response is not worth its variants.
  public static let mostNames = 16

  /// Writes the selection for a response; nothing where it does not vary.
  /// - Returns: false where it can select nothing: `*`, or more than `mostNames` names.
  public static func write(_ fields: FieldBlock, request: RequestHead, into out: ByteBuffer) -> Bool {
    var names: [UnsafeRawBufferPointer] = []
    for line in fields where line.id == .vary {
      var list = ListElements(line.value)
      while let name = list.next() {
        guard !name.equals("*"), names.count < mostNames, name.isToken else { return false }
        if !names.contains(where: { $0.equalsIgnoringCase(name) }) { names.append(name) }
      }
    }
    names.sort { isBefore($0, $1) }
    for name in names {
      for byte in name { out.write(byte: lowercase(byte)) }
      writeValue(of: name, in: request, into: out)
      out.write(byte: 10)
    }
    return true
  }

  /// Writes the selection that a request has by the names of another one.
  public static func write(like selection: UnsafeRawBufferPointer, request: RequestHead, into out: ByteBuffer) {
    for line in selection.split(separator: 10) {
      let line = UnsafeRawBufferPointer(rebasing: line)
      let name = UnsafeRawBufferPointer(rebasing: line[..<(line.firstIndex(of: 58) ?? line.count)])
      out.write(name)
      writeValue(of: name, in: request, into: out)
      out.write(byte: 10)
    }
  }

  /// Whether a response stored with this selection is the one for the request.
  /// - Parameter scratch: cleared and used.
  public static func matches(_ selection: UnsafeRawBufferPointer, _ request: RequestHead, scratch: ByteBuffer) -> Bool {
    var at = 0
    while at < selection.count {
      var end = at
      while end < selection.count, selection[end] != 10 { end &+= 1 }
      var colon = at
      while colon < end, selection[colon] != 58 { colon &+= 1 }
      scratch.clear()
      writeValue(of: UnsafeRawBufferPointer(rebasing: selection[at..<colon]), in: request, into: scratch)
      let stored = UnsafeRawBufferPointer(rebasing: selection[colon..<end])
      guard stored.count == scratch.count, stored.elementsEqual(scratch.readable) else { return false }
      at = end &+ 1
    }
    return true
  }

  static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }

  private static func isBefore(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    left.lexicographicallyPrecedes(right) { lowercase($0) < lowercase($1) }
  }

  /// Writes `:` and the value; nothing where the request has no such field.
  private static func writeValue(of name: UnsafeRawBufferPointer, in request: RequestHead, into out: ByteBuffer) {
    let id = FieldID(name)
    let isLanguage = name.equalsIgnoringCase("accept-language")
    let isUnordered = isLanguage || id == .acceptEncoding
    guard id == .other || request.present.contains(id) else { return }
    var isFirst = true
    for field in request.fields where field.id == id {
      if id == .other, !request.name(of: field).equalsIgnoringCase(name) { continue }
      if isFirst { out.write(byte: 58) } else { out.write(byte: 44) }
      isFirst = false
      if isUnordered {
        write(preferences: request.value(of: field), into: out)
      } else {
        write(list: request.value(of: field), into: out)
      }
    }
  }

  /// Several lines and white space around commas mean the same as one line without (RFC 9110 § 5.3 and § 5.6.1).
  private static func write(list value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    if !value.contains(44) {
      out.write(value)
      return
    }
    var elements = ListElements(value)
    var isFirst = true
    while let element = elements.next() {
      if !isFirst { out.write(byte: 44) }
      isFirst = false
      out.write(element)
    }
  }

  /// In `Accept-Encoding` and `Accept-Language` the order and the case of what is equally welcome mean nothing
  /// (RFC 9110 § 12.5.3 and § 12.5.4): members are written in small letters, without spaces, sorted.
  private static func write(preferences value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    var elements = ListElements(value)
    guard let only = elements.next() else { return }
    guard let second = elements.next() else {
      write(member: only, into: out)
      return
    }
    var members = [only, second]
    while let next = elements.next() { members.append(next) }
    members.sort { isBefore($0, $1) }
    for (index, member) in members.enumerated() {
      if index > 0 { out.write(byte: 44) }
      write(member: member, into: out)
    }
  }

  private static func write(member: UnsafeRawBufferPointer, into out: ByteBuffer) {
    for byte in member where byte != 32 && byte != 9 { out.write(byte: lowercase(byte)) }
  }
}
