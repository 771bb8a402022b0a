import Bytes
import CacheRules
import CacheStore
import Compression
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor

/// The way of a response to the client whose body is still coming in: from memory, or from the file that it is written to.
extension ExchangeDriver {
  /// Sends a response whose body is still coming.
  /// - Parameter part: what of the body is wanted, where the reader stands at its beginning, and the length of the whole.
  func stream(
    _ reader: FillingReader, _ head: FillingHead, _ outcome: CacheOutcome, hasOwnFields: Bool = false,
    part: (range: Range<Int>, length: Int)? = nil, on worker: Worker
  ) async -> Outcome {
    defer { reader.leave() }
    let record = head.record
    if record.status >= 400, hasStandIn(for: record.status) { return .startsOver }
    let request = bench.request
    if ClientConditions.arePresent(in: request),
      head.fields.withUnsafeBytes({ ClientConditions.isNotModified(request, record, fields: $0, now: now) })
    {
      bench.scratch.clear()
      bench.scratch.write(head.fields)
      return await notModified(bench.scratch.readable, record, outcome)
    }
    let encoder = hasOwnFields ? nil : streamEncoder(for: head)
    defer { if let encoder { state.encoders.give(encoder) } }
    let framing: ClientResponse.Framing =
      if ClientResponse.isBodiless(record.status) { .absent } else if let part {
        .length(UInt64(part.range.count))
      } else if let length = head.length, encoder == nil {
        .length(UInt64(length))
      } else { client.framingWithoutLength(for: request) }
    if let encoder { markStored(head, as: encoder.coding) }
    bench.fields.clear()
    if let part = record.part { writeContentRange(part) }
    if let part {
      writeContentRange(
        ContentRange(first: part.range.lowerBound, last: part.range.upperBound &- 1, complete: part.length))
    }
    let response = head.fields.withUnsafeBytes { stored in
      begin(
        part == nil ? record.status : 206,
        hasOwnFields ? bench.answer.readable : encoder == nil ? stored : bench.scratch.readable, record,
        outcome, framing)
    }
    let out = bench.output
    let waiter = CacheWait(on: worker)
    var left = part?.range.count ?? .max
    do {
      while true {
        switch left > 0 ? reader.next(orWake: waiter) : .end {
        case .bytes(let all):
          let bytes = UnsafeRawBufferPointer(rebasing: all[..<min(all.count, left)])
          left &-= bytes.count
          if let encoder {
            try await encode(bytes, by: encoder, isChunked: response.isChunked)
            continue
          }
          bench.notes.bodyCount &+= bytes.count
          if response.isChunked { ChunkEncoding.begin(count: bytes.count, into: out) }
          if bytes.count <= 8192, out.writable.count >= bytes.count &+ 16 {
            out.write(bytes)
          } else {
            try await client.write(out, then: bytes, until: writeDeadline)
          }
          if response.isChunked { ChunkEncoding.end(into: out) }
        case .file(let descriptor, let all):
          let range = all.lowerBound..<min(all.upperBound, all.lowerBound &+ min(left, all.count))
          left &-= range.count
          if let encoder {
            try await encode(descriptor, range, by: encoder, isChunked: response.isChunked)
            continue
          }
          bench.notes.bodyCount &+= range.count
          if response.isChunked { ChunkEncoding.begin(count: range.count, into: out) }
          try await send(descriptor, range)
          if response.isChunked { ChunkEncoding.end(into: out) }
        case .pending:
          if let encoder {
            encoder.flush(into: bench.packed)
            putPacked(isChunked: response.isChunked)
          }
          if !out.isEmpty { try await client.write(out, until: writeDeadline) }
          if !(await waiter.sleep(milliseconds: 1000)) { reader.forget(waiter) }
          if client.isHungUp { return .hasEnded }
        case .end:
          if let encoder {
            encoder.finish(into: bench.packed)
            putPacked(isChunked: response.isChunked)
          }
          endBody(isChunked: response.isChunked, trailers: nil)
          if !out.isEmpty { try await client.write(out, until: writeDeadline) }
          return response.keepsAlive ? .keepsOpen : .closes
        case .failed:
          if !out.isEmpty { try await client.write(out, until: writeDeadline) }
          logCutOff("the origin's answer broke off")
          return .aborts
        }
      }
    } catch {
      if case .failed(SocketError.shortFile) = error { return failed(error) }
      // What had come has been answered.
      return .hasEnded
    }
  }

  /// Compresses what has come, and sends it on where that is worth it.
  private func encode(
    _ bytes: UnsafeRawBufferPointer, by encoder: BodyEncoder, isChunked: Bool
  ) async throws(SocketError) {
    encoder.write(bytes, into: bench.packed)
    if bench.packed.count < 16 * 1024 { return }
    putPacked(isChunked: isChunked)
    try await client.write(bench.output, until: writeDeadline)
  }

  /// The same for what lies in a file.
  private func encode(
    _ descriptor: Int32, _ range: Range<Int>, by encoder: BodyEncoder, isChunked: Bool
  ) async throws(SocketError) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.encodedAtOnce, alignment: 16)
    defer { room.deallocate() }
    var at = range.lowerBound
    while at < range.upperBound {
      let piece = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, range.upperBound &- at)])
      try FileBytes.read(descriptor, at: at, into: piece)
      try await encode(UnsafeRawBufferPointer(piece), by: encoder, isChunked: isChunked)
      at &+= piece.count
      // Others on this worker have waited for as long as that takes.
      if at < range.upperBound { await Task.yield() }
    }
  }

  /// What compresses a response on its way to this client while it is still coming in.
  private func streamEncoder(for head: FillingHead) -> BodyEncoder? {
    guard head.record.flags.contains(.mayBeEncoded), head.length.map(EdgeCompression.sizes.contains) ?? true,
      let coding = codingAtEdge()
    else { return nil }
    bench.packed.clear()
    return state.encoders.take(coding, size: head.length)
  }

  /// Leaves the fields of a response in a coding in `bench.scratch`.
  private func markStored(_ head: FillingHead, as coding: ContentCoding) {
    bench.scratch.clear()
    bench.scratch.write(head.fields)
    ResponseCompression.mark(bench.scratch, as: coding)
  }
}
