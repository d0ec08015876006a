// Blocks the event loop with a synchronous loop, again and again.

/** So that the control plane hears first that the node has its document. */
const GRACE_MS = 20

export function block({ forMs, everyMs }: { forMs: number; everyMs: number }): () => void {
  let timer = setTimeout(turn, GRACE_MS)
  function turn() {
    const startMs = performance.now()
    while (performance.now() - startMs < forMs);
    timer = setTimeout(turn, Math.max(1, everyMs - forMs))
  }
  return () => clearTimeout(timer)
}
