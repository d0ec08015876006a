// What a page's main thread did, frame by frame, out of a trace of Chromium. Frames a second say little on a machine without a graphics
// card, whose processor draws the picture too, or with other work to do; the processor's time of the main thread is the page's own.

type TraceEvent = { name: string; ph: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number }

/** What `Browser.startTracing` has to be asked for. */
export const frameCategories = ['-*', 'toplevel', 'cc']

export type FrameWork = {
  /** ms of the processor for all tasks of each frame: script, style, layout, and the list of what is to be painted. */
  work: number[]
  /** ms of the processor for each task. */
  tasks: number[]
}

/** @param trace as `Browser.stopTracing` gives it. Throws an `Error` when it has no frames of a page. */
export function frameWork(trace: Buffer): FrameWork {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const drawn = traceEvents.filter(({ name, ph }) => name === 'ProxyMain::BeginMainFrame' && ph === 'X')
  const [first] = drawn
  if (!first) throw new Error('the trace has no frames')
  const own = ({ pid, tid }: TraceEvent) => pid === first.pid && tid === first.tid
  const begins = drawn
    .filter(own)
    .map(({ ts }) => ts)
    .sort((a, b) => a - b)
  const tasks = traceEvents.filter((event) => own(event) && event.name === 'ThreadControllerImpl::RunTask' && event.dur)
  const work = new Array<number>(begins.length).fill(0)
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    // The task that draws a frame began just before the frame says that it does.
    const frame = begins.findLastIndex((begin) => begin <= ts + dur)
    if (frame >= 0) work[frame] = (work[frame] ?? 0) + tdur / 1000
  }
  return { work, tasks: tasks.map(({ tdur = 0 }) => tdur / 1000) }
}

/** The value below which this share of them lies. Throws on none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  if (value === undefined) throw new Error('a quantile of nothing')
  return value
}
