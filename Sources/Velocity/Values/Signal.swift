/// What ends the evaluation of an expression or the rendering of a block before its end.
enum Signal: Error {
  /// `#stop`, and `#break` outside of all loops.
  case stop
  /// `#break($foreach)` of a loop further out.
  case leave(ObjectIdentifier)
  /// What Java throws; the message tells the exception.
  case exception(String)
  case tooDeep
  case outputTooLarge
  case tooManySteps
  /// A failure whose place is known.
  case failure(RenderError)

  /// Whether a directive ordered it.
  var isOnPurpose: Bool {
    switch self {
    case .stop, .leave: true
    case .exception, .tooDeep, .outputTooLarge, .tooManySteps, .failure: false
    }
  }
}
