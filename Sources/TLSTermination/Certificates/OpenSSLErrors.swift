import COpenSSL

/// OpenSSL's queue of errors, one for each thread.
enum OpenSSLErrors {
  /// The last error's words, and an empty queue.
  static func take() -> String {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    guard code != 0, let reason = ERR_reason_error_string(code) else { return "unknown reason" }
    return String(cString: reason)
  }
}
