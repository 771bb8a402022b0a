import Glibc

/// The two ends of a pipe: what blocks a thread until an event.
func makePipe() -> (Int32, Int32) {
  var ends: [Int32] = [0, 0]
  pipe(&ends)
  return (ends[0], ends[1])
}

func readByte(_ descriptor: Int32) {
  var byte: UInt8 = 0
  _ = read(descriptor, &byte, 1)
}
