import JSON
import PCRE

/// What a program is made of: plain bytes, so that running one counts no references.
struct Instruction {
  var operation: Operation
  /// What `a` and `b` are is said at each operation; `b` is the place to go on at where one is needed.
  var a: Int32
  var b: Int32
}

enum Operation: UInt8 {
  /// Writes literal text: `a` offset, `b` length.
  case text
  /// Pushes variable `a`; one that is not set is the empty string.
  case load
  /// Pushes variable `a`; where it is not set, pushes the empty string and goes to `b`, behind the reference.
  case loadFirst
  /// Takes a value, pushes its member `a`. Where there is none, pushes the empty string and goes to `b`.
  case member
  /// Takes an index and a value, pushes the element. Where there is none, pushes the empty string and goes to `b`.
  case element
  /// Takes the arguments of call `a` and a value, pushes the result. Where there is none: as `member`.
  case call
  /// As the four above, for the path to what `#set` sets: where there is no value, pushes nothing and goes to `b`.
  case loadTarget, memberTarget, elementTarget, callTarget
  /// Pushes constant `a`.
  case constant
  case null
  /// Takes `a` values, pushes a list.
  case list
  /// Takes `a` keys with their values, pushes a map.
  case map
  /// Takes two numbers, pushes the list of those from one to the other.
  case range
  /// Starts a text of its own, made by the output of what follows.
  case beginText
  /// Ends it and pushes it; `a` is 1 if the last character goes.
  case endText
  /// Takes two values, pushes what the `BinaryOperator` in `a` makes of them; `b` is the place of the operands' literal
  /// texts, for the sum of a string and nothing.
  case binary
  /// Takes a value.
  case drop
  /// Takes a value and writes it; `a` is the place of its reference's texts, `b` is 1 if there is one in front.
  case emit
  /// Writes member `b` of variable `a`.
  case emitMember
  /// Takes a value and writes it as `$util.escapeJavaScript` gives it; with `a` 1 apostrophes stay as they are.
  case emitEscaped
  /// Writes `$input.json(…)` of the path of call `a`.
  case emitJSON
  /// Pushes `$input.path(…)` of the path of call `a`; goes to `b` with null, as `call`.
  case path
  /// Pushes the member of the innermost loop that `a` tells, a `LoopMember`.
  case loopMember
  /// Goes to `b`.
  case jump
  /// Takes a value and goes to `b` if it counts as false, or true.
  case jumpIfFalse, jumpIfTrue
  /// Takes a value and sets variable `a`, unless it is null.
  case store
  /// Takes an object and a value, sets its member `a`.
  case storeMember
  /// Takes an index, an object and a value, sets the element.
  case storeElement
  /// If the value on the stack is null, takes it and goes to `b`.
  case dropNull
  /// Takes what to go through, with loop `a`; if it cannot be gone through, goes to `b`.
  case beginLoop
  /// Sets the loop variable to the next element; behind the last, ends the loop and goes to `b`.
  case nextRound
  /// Ends the innermost loop of this block and goes behind it.
  case leaveLoop
  /// Takes a loop and ends it and those within.
  case leaveGivenLoop
  /// Sets variable `a` to block `b`.
  case define
  /// Ends a block, or the template.
  case end
  /// Ends the template.
  case stop
  /// Fails with constant `a` as message.
  case fail
}

enum LoopMember: Int32 {
  case index, count, hasNext, first, last
}

/// A member's name, prepared for what it may be asked of.
struct MemberName {
  let name: String
  let key: MapKey
  /// Its bytes, which live as long as the program.
  let utf8: UnsafeRawBufferPointer
  let hash: UInt16
  /// Whether a map's member of this name is hidden by a getter of every object.
  let isHidden: Bool
  /// The getter that a class would have for it, `getName` before `isName`.
  let getter: MethodName?
  let flag: MethodName?
  /// What `set` and the name come to, for objects that have setters; none of ours does.
  init(_ name: String) {
    self.name = name
    key = MapKey(name)
    hash = JSONName(name).hash
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: name.utf8.count, alignment: 1)
    bytes.copyBytes(from: name.utf8)
    utf8 = UnsafeRawBufferPointer(bytes)
    let capital = name.prefix(1).uppercased() + name.dropFirst()
    let small = name.prefix(1).lowercased() + name.dropFirst()
    getter =
      MethodName(rawValue: "get" + name) ?? MethodName(rawValue: "get" + capital) ?? MethodName(rawValue: "get" + small)
    flag =
      MethodName(rawValue: "is" + name) ?? MethodName(rawValue: "is" + capital) ?? MethodName(rawValue: "is" + small)
    isHidden = getter == .getClass
  }

  func free() { utf8.deallocate() }

  /// The member of an object of a document.
  @inline(__always) func member(of node: JSONNode) -> JSONNode? { node.member(utf8, hash: hash) }
}

/// One place where a method is called.
final class CallSite: Sendable {
  /// nil: no class has such a method.
  let name: MethodName?
  let spelling: String
  let count: Int
  /// The first argument, if it is a literal that `$input` takes as a path.
  let path: BodyPath?
  /// The first argument, if it is a literal that a string method takes as a regular expression.
  let regex: Regex?

  init(name: MethodName?, spelling: String, count: Int, path: BodyPath? = nil, regex: Regex? = nil) {
    self.name = name
    self.spelling = spelling
    self.count = count
    self.path = path
    self.regex = regex
  }
}

/// The texts of a reference that are written besides its value.
struct ReferenceTexts {
  var escapes: Text
  var prefix: Text
  /// What is written where the value has no text.
  var literal: Text
}

/// One `#foreach`.
struct LoopForm {
  var slot: Int
  /// Instructions of a round, which each round is charged with.
  var cost: Int
}
