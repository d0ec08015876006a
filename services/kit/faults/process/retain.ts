// Leaks: fills the heap with objects that are never let go, until the limit ends the process or the fault ends.

const EVERY_MS = 50
/** Of one array of numbers that are no small integers: eight bytes each. */
const ARRAY_LENGTH = 1_024

export function retain({ bytesPerS }: { bytesPerS: number }): () => void {
  let leaked: number[][] = []
  let owedBytes = 0
  let lastMs = performance.now()
  const timer = setInterval(() => {
    const nowMs = performance.now()
    owedBytes += ((nowMs - lastMs) / 1_000) * bytesPerS
    lastMs = nowMs
    for (; owedBytes > 0; owedBytes -= ARRAY_LENGTH * 8)
      leaked.push(Array.from({ length: ARRAY_LENGTH }, (_, i) => i + 0.5))
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    leaked = []
  }
}
