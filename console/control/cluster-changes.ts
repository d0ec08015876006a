// Who shows telemetry looks again soon after the cluster was changed: an injected fault is seen before the next regular refresh.
import { getJson } from '../shell/api.ts'

const ASK_EVERY_MS = 1_000
/** Telemetry needs a scrape or two to tell of a change, and rates over a window some more. */
const LOOK_AFTER_MS = [1_500, 3_500]

async function getLastChange(signal: AbortSignal): Promise<string> {
  const { annotations } = await getJson<{ annotations: readonly { time: string }[] }>('/control/v1/annotations', {
    signal,
  })
  return annotations.at(-1)?.time ?? ''
}

/**
 * Calls `look` some moments after each change that the control plane tells of, until the function that it returns is called.
 * @param lastChange when the last one was, in whatever form; a failure is no change
 */
export function watchChanges(
  look: () => void,
  lastChange: (signal: AbortSignal) => Promise<string> = getLastChange,
): () => void {
  const over = new AbortController()
  let known: string | undefined
  let asking = false
  let looks: ReturnType<typeof setTimeout>[] = []
  const ask = async () => {
    if (asking || document.visibilityState !== 'visible') return
    asking = true
    const last = await lastChange(over.signal).catch(() => known)
    asking = false
    if (over.signal.aborted) return
    const isNew = known !== undefined && last !== known
    known = last
    if (!isNew) return
    for (const each of looks) clearTimeout(each)
    looks = LOOK_AFTER_MS.map((ms) => setTimeout(look, ms))
  }
  const timer = setInterval(() => void ask(), ASK_EVERY_MS)
  void ask()
  return () => {
    over.abort()
    clearInterval(timer)
    for (const each of looks) clearTimeout(each)
  }
}
