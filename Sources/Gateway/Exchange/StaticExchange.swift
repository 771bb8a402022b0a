import Bytes
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import SiteStore
import StaticFiles

/// Answers from a directory: which file (SiteStore), which of its forms and which part of it (StaticFiles), and the way to
/// the client.
extension ExchangeDriver {
  /// What a path leads to.
  private enum Found {
    case file(SiteFile)
    /// It is a folder's, and lacks the slash.
    case folder
    /// A page of a single-page app answers for it.
    case fallback(SiteFile)
    case nothing(SiteFile?)
    case refused(EdgeRefusal)
  }

  /// Answers for a file below the origin's directory.
  func serve(_ origin: DirectoryOrigin, _ edge: EdgeExchange) async -> Outcome {
    let request = bench.request
    let site = state.site(of: origin)
    if let page = edge.page {
      let found = page.path.withUnsafeBytes { look(for: $0, in: site) }
      if case .file(let file) = found { return await send(file, of: site, status: page.responseCode) }
      // Spec § 14.6: where the page itself fails, the visitor gets its status.
      return await refuse(.notFound)
    }
    guard request.method == .get || request.method == .head else { return await refuse(.readOnly) }
    let found = EdgePlan.withPath(request.pathBytes, in: edge.distribution) { look(for: $0, in: site) }
    switch found {
    case .file(let file): return await answer(with: file, of: site, isFallback: false)
    case .fallback(let file): return await answer(with: file, of: site, isFallback: true)
    case .folder:
      bench.fields.clear()
      FolderLocation.write(request.pathBytes, query: request.queryBytes, into: bench.fields)
      bench.fields.write("Cache-Control: public, max-age=300\r\n")
      bench.rendered.clear()
      return await send(301, bench.rendered.readable)
    case .nothing(let document):
      if hasStandIn(for: 404) { return .startsOver }
      if let document { return await send(document, of: site, status: 404) }
      return await refuse(.notFound)
    case .refused(let refusal): return await refuse(refusal)
    }
  }

  // MARK: Which file

  private func look(for received: UnsafeRawBufferPointer, in site: Site) -> Found {
    let path: SitePath
    do throws(SitePath.Flaw) {
      path = try SitePath(received, scratch: bench.upstream)
    } catch {
      return .refused(error.status == 400 ? .badPath : .notFound)
    }
    if path.isFolder {
      if let file = document(site.settings.indexDocument, of: path, in: site) { return .file(file) }
    } else {
      switch find(path.bytes, in: site) {
      case .file(let file): return .file(file)
      case .folder: if document("/" + site.settings.indexDocument, of: path, in: site) != nil { return .folder }
      case .nothing: break
      }
    }
    if let name = site.settings.fallbackDocument, Navigation.isNavigation(bench.request, path),
      let file = document(name, of: nil, in: site)
    {
      return .fallback(file)
    }
    return .nothing(site.settings.errorDocument.flatMap { document($0, of: nil, in: site) })
  }

  /// A file by a name of the configuration, in a folder or in the root.
  private func document(_ name: String, of folder: SitePath?, in site: Site) -> SiteFile? {
    let whole = bench.rendered
    whole.clear()
    if let folder { whole.write(folder.bytes) }
    whole.write(name)
    if case .file(let file) = find(whole.readable, in: site) { return file }
    return nil
  }

  private func find(_ path: UnsafeRawBufferPointer, in site: Site) -> Site.Found {
    site.find(
      path, now: state.reactor.now.nanoseconds, epoch: state.reactor.epochMilliseconds / 1000,
      generation: state.server.siteGeneration.load(ordering: .relaxed))
  }

  // MARK: Which form, which part

  /// - Parameter isFallback: whether this page answers was for `Accept` to say.
  private func answer(with file: SiteFile, of site: Site, isFallback: Bool) async -> Outcome {
    let isEncoded = mayBeEncoded(file)
    let form =
      file.hasSiblings ? file.form(for: bench.request) : isEncoded ? await encodedForm(of: file, in: site) : file.plain
    let varies = Self.vary(accept: isFallback, encoding: isEncoded)
    let representation = form.representation
    let conditions = Preconditions(bench.request, representation, now: state.reactor.epochMilliseconds / 1000)
    switch conditions.verdict {
    case .proceed: break
    case .failed: return await refuse(.conditionFailed)
    case .notModified:
      bench.fields.clear()
      bench.fields.write(representation.notModifiedFields)
      bench.fields.write(varies)
      bench.rendered.clear()
      return await send(304, bench.rendered.readable)
    }
    var part = 0..<representation.size
    var status = 200
    bench.fields.clear()
    if let range = conditions.range {
      switch ByteRanges(bench.request.value(of: range), size: representation.size) {
      case .whole: break
      case .one(let range):
        part = range
        status = 206
        ByteRanges.writeContentRange(range, of: representation.size, into: bench.fields)
      case .several(let ranges): return await send(form, ranges, varies: varies)
      case .unsatisfiable:
        EdgeRefusal.noSuchRange.write(fields: bench.fields, body: bench.rendered)
        ByteRanges.writeUnsatisfied(size: representation.size, into: bench.fields)
        return await send(416, bench.rendered.readable)
      }
    }
    bench.fields.write(representation.fields)
    bench.fields.write(varies)
    return await send(form, part, status: status)
  }

  private static func vary(accept: Bool, encoding: Bool) -> StaticString {
    switch (accept, encoding) {
    case (false, false): ""
    case (true, false): "Vary: Accept\r\n"
    case (false, true): "Vary: Accept-Encoding\r\n"
    case (true, true): "Vary: Accept, Accept-Encoding\r\n"
    }
  }

  /// Sends a file as the body of an error, or in place of one: whole, and never from a client's cache.
  private func send(_ file: SiteFile, of site: Site, status: Int) async -> Outcome {
    if hasStandIn(for: status) { return .startsOver }
    let form: SiteForm
    var coding: StaticString?
    if file.hasSiblings {
      form = file.form(for: bench.request)
      coding = form === file.brotli ? "br" : form === file.gzip ? "gzip" : nil
    } else if mayBeEncoded(file) {
      form = await encodedForm(of: file, in: site)
      coding = form === file.plain ? nil : codingAtEdge()?.name
    } else {
      form = file.plain
    }
    bench.fields.clear()
    bench.fields.write("Content-Type: ")
    bench.fields.write(form.representation.contentType)
    bench.fields.write("\r\nCache-Control: no-store\r\n")
    if let coding {
      bench.fields.write("Content-Encoding: ")
      bench.fields.write(coding)
      bench.fields.write("\r\n")
    }
    return await send(form, 0..<form.representation.size, status: status)
  }

  // MARK: Sending

  /// Begins a response whose fields are on the bench.
  private func begin(_ status: Int, length: Int) -> Outcome {
    let request = bench.request
    let keepsAlive = request.keepsAlive && !state.isDraining && bodyCanBeDropped
    let response = ClientResponse(
      status: status, framing: .length(UInt64(clamping: length)), keepsAlive: keepsAlive)
    write(response)
    bench.notes.status = status
    if request.method != .head { bench.notes.bodyCount = length }
    return keepsAlive ? .keepsOpen : .closes
  }

  /// Sends a part of a form behind a head whose fields are on the bench.
  private func send(_ form: SiteForm, _ part: Range<Int>, status: Int) async -> Outcome {
    let outcome = begin(status, length: part.count)
    // Held until the response is over, whatever becomes of the file meanwhile.
    bench.form = form
    do {
      if bench.request.method == .head {
        if try !client.finishWriting(bench.output) { try await client.write(bench.output, until: writeDeadline) }
      } else {
        try await write(form, part)
      }
      return outcome
    } catch {
      return failed(error)
    }
  }

  /// Sends several parts in one body.
  private func send(_ form: SiteForm, _ ranges: [Range<Int>], varies: StaticString) async -> Outcome {
    let random = (state.random.next(), state.random.next())
    let parts = MultipartRanges(ranges, of: form.representation, random: random)
    bench.fields.clear()
    parts.writeContentType(into: bench.fields)
    bench.fields.write(form.representation.fieldsWithoutType)
    bench.fields.write(varies)
    let outcome = begin(206, length: parts.byteCount)
    bench.form = form
    do {
      if bench.request.method != .head {
        for range in ranges {
          parts.writeHead(of: range, into: bench.output)
          try await write(form, range)
        }
        parts.writeEnd(into: bench.output)
      }
      try await client.write(bench.output, until: writeDeadline)
      return outcome
    } catch {
      return failed(error)
    }
  }

  /// Writes what is in `bench.output`, and a part of a form behind it.
  private func write(_ form: SiteForm, _ part: Range<Int>) async throws(SocketError) {
    let out = bench.output
    switch form.content {
    case .memory(let all):
      let bytes = UnsafeRawBufferPointer(rebasing: all[part])
      if bytes.count <= 8192 {
        out.write(bytes)
        if try client.finishWriting(out) { return }
        try await client.write(out, until: writeDeadline)
      } else {
        try await client.write(out, then: bytes, until: writeDeadline)
      }
    case .file(let file):
      if part.isEmpty { return try await client.write(out, until: writeDeadline) }
      let sent = try client.sendNow(out, thenFile: file.number, part)
      if sent == part.count { return }
      try await client.send(
        out, thenFile: file.number, part.lowerBound &+ (sent ?? 0)..<part.upperBound, patience: state.deadlines.write)
    }
  }

  /// What becomes of an exchange whose client, or the file that is sent, does not last.
  func failed(_ error: SocketError) -> Outcome {
    // The file has become shorter while it was sent: the client must not take the part for the whole.
    guard case .failed(SocketError.shortFile) = error else {
      bench.notes.isLeft()
      return .hasEnded
    }
    logCutOff("the file has become shorter")
    return .aborts
  }
}

extension SiteFile {
  /// The form that the client likes best, the smallest among equals.
  func form(for request: RequestHead) -> SiteForm {
    guard request.present.contains(.acceptEncoding) else { return plain }
    var accepted = AcceptedCodings()
    for field in request.fields where field.id == .acceptEncoding { accepted.add(request.value(of: field)) }
    var best = plain
    var weight = accepted.identityWeight
    for (form, liked) in [(gzip, accepted.gzipWeight), (brotli, accepted.brotliWeight)] {
      guard let form, liked > 0, liked >= weight else { continue }
      best = form
      weight = liked
    }
    return best
  }
}
