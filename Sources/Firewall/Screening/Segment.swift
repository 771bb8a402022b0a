/// One run of bytes of a field: a header's value, an argument, the whole path.
struct Segment {
  var value: UnsafeRawBufferPointer
  /// What it is the value of, where the field has several; empty otherwise.
  var name: UnsafeRawBufferPointer
}

/// A field under its transformations, once it has been asked for.
struct VariantState {
  enum Status: UInt8 {
    /// `segments` are to be looked at; none: the request has no such part.
    case segments
    /// Too large or ill-formed, and the rule says what that comes to.
    case matches, matchesNot
  }

  var epoch: UInt32 = 0
  var status = Status.segments
  var first: Int32 = 0
  var count: Int32 = 0
}

/// What a statement comes to.
enum Outcome: UInt8 {
  case no, yes
  /// Given up before it was known.
  case unknown

  init(_ isTrue: Bool) { self = isTrue ? .yes : .no }

  var negated: Outcome {
    switch self {
    case .no: .yes
    case .yes: .no
    case .unknown: .unknown
    }
  }
}
