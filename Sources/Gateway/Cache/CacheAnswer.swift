import Bytes
import CacheRules
import CacheStore
import Compression
import Edge
import Glibc
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import StaticFiles

/// The way of a stored response to the client: whole, in part, or as a 304.
extension ExchangeDriver {
  /// - Parameter hasOwnFields: this client gets the fields in `bench.answer` instead of the stored ones.
  func serve(_ whole: StoredObject, _ outcome: CacheOutcome, hasOwnFields: Bool = false) async -> Outcome {
    let object = whole.record.flags.contains(.mayBeEncoded) && !hasOwnFields ? await form(of: whole) : whole
    defer { withExtendedLifetime(object) {} }
    let record = object.record
    if record.status >= 400, hasStandIn(for: record.status) { return .startsOver }
    let request = bench.request
    if ClientConditions.arePresent(in: request),
      ClientConditions.isNotModified(request, record, fields: object.fields, now: now)
    {
      return await notModified(object.fields, record, outcome)
    }
    var status = record.status
    var part = 0..<object.body.count
    bench.fields.clear()
    if let stored = record.part {
      // Whoever asked for nothing less gets the whole, where that is what has been put together.
      let range =
        RangeCondition.holds(request, for: record, fields: object.fields, now: now) ? RangeRequest(request) : nil
      if case .serve(let wanted, let place) = PartialContent.use(of: stored, for: range, isStronglyValidated: false) {
        part = wanted
        writeContentRange(place)
      } else {
        writeContentRange(stored)
      }
    } else if status == 200, request.first(.range) != nil, let range = RangeRequest(request),
      RangeCondition.holds(request, for: record, fields: object.fields, now: now)
    {
      switch range.answer(length: object.body.count) {
      case .one(let one):
        part = one
        status = 206
        writeContentRange(
          ContentRange(first: one.lowerBound, last: one.upperBound - 1, complete: object.body.count))
      case .whole: break
      case .several(let ranges): return await serve(ranges, of: object, outcome)
      case .unsatisfiable:
        bench.fields.write("Content-Range: bytes */")
        bench.fields.write(decimal: object.body.count)
        bench.fields.write("\r\n")
        writeCacheLines(outcome, status: 416)
        bench.rendered.clear()
        return await send(416, bench.rendered.readable)
      }
    }
    let isBodiless = ClientResponse.isBodiless(status)
    if let file = object.body.file, !isBodiless, request.method != .head, !part.isEmpty {
      return await serve(file, part, status, of: object, outcome, hasOwnFields: hasOwnFields)
    }
    let response = begin(
      status, hasOwnFields ? bench.answer.readable : object.fields, record, outcome,
      isBodiless ? .absent : .length(UInt64(part.count)))
    let out = bench.output
    let outcome: Outcome = response.keepsAlive ? .keepsOpen : .closes
    if isBodiless || request.method == .head { part = 0..<0 }
    bench.notes.bodyCount = part.count
    do {
      if part.count <= 8192 {
        var at = part.lowerBound
        while let piece = object.body.piece(at: at, until: part.upperBound) {
          out.write(piece)
          at &+= piece.count
        }
        if try !client.finishWriting(out) { try await client.write(out, until: writeDeadline) }
        return outcome
      }
      var at = part.lowerBound
      while let piece = object.body.piece(at: at, until: part.upperBound) {
        try await client.write(out, then: piece, until: writeDeadline)
        at &+= piece.count
      }
      return outcome
    } catch {
      return .hasEnded
    }
  }

  func writeContentRange(_ range: ContentRange) {
    bench.fields.write("Content-Range: ")
    range.write(into: bench.fields)
    bench.fields.write("\r\n")
  }

  /// Several parts of a stored body in one.
  private func serve(_ ranges: [Range<Int>], of object: StoredObject, _ outcome: CacheOutcome) async -> Outcome {
    var descriptor: Int32?
    if let file = object.body.file {
      guard let opened = await open(file, of: object) else { return .startsOver }
      descriptor = opened
    }
    defer { if let descriptor { close(descriptor) } }
    let stored = FieldBlock(object.fields)
    let parts = MultipartRanges(
      ranges, contentType: stored.first(.contentType).map { Array($0) } ?? [], size: object.body.count,
      random: (state.random.next(), state.random.next()))
    bench.fields.clear()
    parts.writeContentType(into: bench.fields)
    bench.rendered.clear()
    for line in stored where line.id != .contentType {
      bench.rendered.write(UnsafeRawBufferPointer(rebasing: object.fields[line.range]))
    }
    let response = begin(206, bench.rendered.readable, object.record, outcome, .length(UInt64(parts.byteCount)))
    let out = bench.output
    bench.notes.bodyCount = parts.byteCount
    do {
      for range in ranges {
        parts.writeHead(of: range, into: out)
        if let descriptor {
          try await send(descriptor, range)
        } else {
          var at = range.lowerBound
          while let piece = object.body.piece(at: at, until: range.upperBound) {
            try await client.write(out, then: piece, until: writeDeadline)
            at &+= piece.count
          }
        }
      }
      parts.writeEnd(into: out)
      try await client.write(out, until: writeDeadline)
      return response.keepsAlive ? .keepsOpen : .closes
    } catch {
      return failed(error)
    }
  }

  /// Sends a part of a body that lies on disk. `bench.fields` may hold lines for the head already.
  private func serve(
    _ file: BodyFile, _ part: Range<Int>, _ status: Int, of object: StoredObject, _ outcome: CacheOutcome,
    hasOwnFields: Bool
  ) async -> Outcome {
    guard let descriptor = await open(file, of: object) else { return .startsOver }
    defer { close(descriptor) }
    let response = begin(
      status, hasOwnFields ? bench.answer.readable : object.fields, object.record, outcome,
      .length(UInt64(part.count)))
    bench.notes.bodyCount = part.count
    do {
      try await send(descriptor, part)
      return response.keepsAlive ? .keepsOpen : .closes
    } catch {
      return failed(error)
    }
  }

  /// Sends what is in `bench.output`, and a part of a file behind it.
  func send(_ descriptor: Int32, _ part: Range<Int>) async throws(SocketError) {
    let sent = try client.sendNow(bench.output, thenFile: descriptor, part)
    if sent == part.count { return }
    try await client.send(
      bench.output, thenFile: descriptor, part.lowerBound &+ (sent ?? 0)..<part.upperBound,
      patience: state.deadlines.write)
  }

  /// Writes the head of an answer from the cache into `bench.output`; `bench.fields` may hold lines for it already.
  func begin(
    _ status: Int, _ fields: UnsafeRawBufferPointer, _ record: ResponseRecord, _ outcome: CacheOutcome,
    _ framing: ClientResponse.Framing
  ) -> ClientResponse {
    let status = shown(status)
    bench.fields.write(fields)
    if outcome.tellsAge {
      bench.fields.write("Age: ")
      bench.fields.write(decimal: record.age(now: now))
      bench.fields.write("\r\n")
    }
    writeCacheLines(outcome, status: status)
    var keepsAlive = bench.request.keepsAlive && !state.isDraining && bodyCanBeDropped
    if framing == .close { keepsAlive = false }
    let response = ClientResponse(status: status, framing: framing, keepsAlive: keepsAlive, hasDate: true)
    write(response)
    bench.notes.status = status
    return response
  }

  func notModified(
    _ fields: UnsafeRawBufferPointer, _ record: ResponseRecord, _ outcome: CacheOutcome
  ) async -> Outcome {
    bench.rendered.clear()
    for line in FieldBlock(fields) where ClientConditions.isSentWithNotModified(line) {
      bench.rendered.write(UnsafeRawBufferPointer(rebasing: fields[line.range]))
    }
    bench.fields.clear()
    let response = begin(304, bench.rendered.readable, record, outcome, .absent)
    do {
      if try !client.finishWriting(bench.output) { try await client.write(bench.output, until: writeDeadline) }
      return response.keepsAlive ? .keepsOpen : .closes
    } catch {
      return .hasEnded
    }
  }
}
