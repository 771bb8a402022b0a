/// One thing that may have to happen by some time: a place in a `TimerWheel`.
///
/// Deadlines move at every request, and hardly ever come. So a timer that is armed anew for a later time stays where it is
/// in the wheel and is looked at when its old slot comes round: arming costs one store.
open class TimerEntry {
  /// When `fire` is due; `.never` while not armed.
  public internal(set) var deadline = MonotonicTime.never
  /// The slot's tick, or nil while in no slot. Invariant: `slotTick <= tick(deadline)` while armed.
  var slotTick: Int64?
  // Neighbours in the slot's ring.
  // SAFETY: an entry takes itself out of its slot before it goes (`Reactor.remove`), so neither neighbour ever dangles.
  unowned(unsafe) var next: TimerEntry?
  unowned(unsafe) var previous: TimerEntry?

  public init() {}

  /// Whether the wheel knows it: then it must be removed before it goes.
  var isInWheel: Bool { slotTick != nil }

  /// Makes it due never; it leaves its slot when that comes round.
  public func disarm() { deadline = .never }

  /// Called on the reactor when the deadline has come; the entry is disarmed by then.
  open func fire() {}
}

/// Timers in slots by the tick at which they must be looked at; a slot is a doubly linked list, a tick 16 ms.
///
///     slot of tick t:  t mod 1024.   A deadline further away than 1023 ticks waits in the furthest slot and moves on.
///
/// Pure: time comes in as an argument.
struct TimerWheel {
  static let tick: Int64 = 16_000_000  // nanoseconds
  static let slotCount: Int64 = 1024

  private var heads: [Unmanaged<TimerEntry>?] = Array(repeating: nil, count: Int(slotCount))
  /// One bit for each slot that has entries.
  private var occupied: [UInt64] = Array(repeating: 0, count: Int(slotCount / 64))
  /// Everything due at or before this tick has been looked at.
  private(set) var currentTick: Int64

  init(now: MonotonicTime) { currentTick = now.nanoseconds / Self.tick }

  /// The first tick that begins at or after `time`.
  private static func tick(of time: MonotonicTime) -> Int64 {
    let (quotient, remainder) = time.nanoseconds.quotientAndRemainder(dividingBy: tick)
    return remainder > 0 ? quotient &+ 1 : quotient
  }

  /// Sets when `entry` is due.
  mutating func arm(_ entry: TimerEntry, deadline: MonotonicTime) {
    entry.deadline = deadline
    guard deadline != .never else { return }
    if let slot = entry.slotTick {
      if slot <= Self.tick(of: deadline) { return }
      unlink(entry)
    }
    link(entry)
  }

  /// Takes `entry` out of the wheel, as must happen before it goes.
  mutating func remove(_ entry: TimerEntry) {
    entry.deadline = .never
    if entry.slotTick != nil { unlink(entry) }
  }

  /// When the wheel must next be advanced; nil where it is empty.
  func nextWake() -> MonotonicTime? {
    let start = currentTick &+ 1
    var slot = start & (Self.slotCount &- 1)
    var passed: Int64 = 0
    while passed < Self.slotCount {
      let word = occupied[Int(slot >> 6)] >> UInt64(slot & 63)
      if word != 0 {
        let tick = start &+ passed &+ Int64(word.trailingZeroBitCount)
        return MonotonicTime(nanoseconds: tick &* Self.tick)
      }
      let step = 64 &- (slot & 63)
      passed &+= step
      slot = (slot &+ step) & (Self.slotCount &- 1)
    }
    return nil
  }

  /// Disarms everything that is due at `now` and appends it to `expired`.
  mutating func advance(to now: MonotonicTime, expired: inout [TimerEntry]) {
    let target = now.nanoseconds / Self.tick
    // After a long sleep each slot is visited once, not once a turn.
    if target &- currentTick > Self.slotCount { currentTick = target &- Self.slotCount }
    while currentTick < target {
      currentTick &+= 1
      let slot = Int(currentTick & (Self.slotCount &- 1))
      var visited = heads[slot]
      guard visited != nil else { continue }
      heads[slot] = nil
      occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
      while let entry = visited?.takeUnretainedValue() {
        visited = entry.next.map { Unmanaged.passUnretained($0) }
        entry.next = nil
        entry.previous = nil
        entry.slotTick = nil
        if entry.deadline == .never { continue }
        if entry.deadline > now {
          link(entry)
        } else {
          entry.deadline = .never
          expired.append(entry)
        }
      }
    }
  }

  private mutating func link(_ entry: TimerEntry) {
    let due = max(Self.tick(of: entry.deadline), currentTick &+ 1)
    let tick = min(due, currentTick &+ Self.slotCount &- 1)
    let slot = Int(tick & (Self.slotCount &- 1))
    entry.slotTick = tick
    entry.previous = nil
    entry.next = heads[slot]?.takeUnretainedValue()
    entry.next?.previous = entry
    heads[slot] = Unmanaged.passUnretained(entry)
    occupied[slot >> 6] |= 1 << UInt64(slot & 63)
  }

  private mutating func unlink(_ entry: TimerEntry) {
    guard let tick = entry.slotTick else { return }
    let slot = Int(tick & (Self.slotCount &- 1))
    entry.next?.previous = entry.previous
    if let previous = entry.previous {
      previous.next = entry.next
    } else {
      heads[slot] = entry.next.map { Unmanaged.passUnretained($0) }
      if heads[slot] == nil { occupied[slot >> 6] &= ~(1 << UInt64(slot & 63)) }
    }
    entry.next = nil
    entry.previous = nil
    entry.slotTick = nil
  }
}
