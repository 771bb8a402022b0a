/// A Java object with an identity of its own.
class JavaObject {
  /// `getClass().getName()`.
  var className: String { "java.lang.Object" }

  /// What `#foreach` goes through; nil for what cannot be gone through.
  func iterator() -> IteratorObject? { nil }

  /// Lets go of the values in it: nobody will ask for them again.
  func abandon() {}
}

/// An instance of `java.lang.Class`, of which templates may know the name.
final class ClassObject: JavaObject {
  let name: String
  init(_ name: String) { self.name = name }
  override var className: String { "java.lang.Class" }
}

/// An object of AWS (`$input`, `$util`) or Java of which templates use the methods only.
final class OpaqueObject: JavaObject {
  enum Kind { case input, util, stream }
  let kind: Kind
  init(_ kind: Kind) { self.kind = kind }
  override var className: String {
    switch kind {
    case .input: "Input"
    case .util: "Util"
    case .stream: "java.util.stream.ReferencePipeline"
    }
  }
}

/// A `java.util.Iterator`: over what it was made from, which must not change meanwhile.
final class IteratorObject: JavaObject {
  private let step: () throws(Signal) -> Value?
  private let more: () -> Bool
  private let drop: () throws(Signal) -> Void
  /// Steps that `remove` costs.
  let dropCost: () -> Int
  private let name: String

  /// - Parameters:
  ///   - more: whether another element follows.
  ///   - step: the next element; nil behind the last.
  ///   - drop: removes the element that came last.
  init(
    name: String, more: @escaping () -> Bool, step: @escaping () throws(Signal) -> Value?,
    drop: @escaping () throws(Signal) -> Void = { () throws(Signal) in
      throw Signal.exception("java.lang.UnsupportedOperationException: remove")
    }, dropCost: @escaping () -> Int = { 0 }
  ) {
    self.name = name
    self.more = more
    self.step = step
    self.drop = drop
    self.dropCost = dropCost
  }

  override var className: String { name }
  override func iterator() -> IteratorObject? { self }
  var hasNext: Bool { more() }
  func next() throws(Signal) -> Value? { try step() }
  func remove() throws(Signal) { try drop() }
}
