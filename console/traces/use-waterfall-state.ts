// What a waterfall shows of a trace, as it stands in the address: `folded`, `zoom` and `path`.
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { foldedSpans, noFolds, readFolds, toggleFold, unfoldTo, writeFolds } from './folds.ts'
import type { Trace } from './trace-model.ts'
import { useSettledParam, withParam } from './use-settled-param.ts'
import { readWindow, type ViewWindow, writeWindow } from './view-window.ts'

/** Spans deeper than this are folded when somebody folds all. */
const FOLD_DEPTH = 2

export type WaterfallState = {
  /** Indexes of spans. */
  collapsed: ReadonlySet<number>
  toggle(index: number): void
  /** Unfolds what a span lies below. */
  reveal(index: number): void
  /** Folds all that is deep, or unfolds all when anything is folded. */
  toggleAll(): void
  window: ViewWindow
  changeWindow(change: (before: ViewWindow) => ViewWindow): void
  showPath: boolean
  setShowPath(show: boolean): void
}

export function useWaterfallState(trace: Trace): WaterfallState {
  const [params, setParams] = useSearchParams()
  const [folded, changeFolded] = useSettledParam('folded')
  const [zoomed, changeZoomed] = useSettledParam('zoom')
  const collapsed = useMemo(() => foldedSpans(trace, readFolds(folded)), [trace, folded])
  const window = useMemo(() => readWindow(zoomed), [zoomed])
  const toggle = useCallback(
    (index: number) => {
      const id = trace.spans[index]?.id
      if (id) changeFolded((before) => writeFolds(toggleFold(readFolds(before), id)))
    },
    [trace, changeFolded],
  )
  const reveal = useCallback(
    (index: number) => changeFolded((before) => writeFolds(unfoldTo(trace, index, readFolds(before)))),
    [trace, changeFolded],
  )
  const toggleAll = () =>
    changeFolded(() => writeFolds(collapsed.size > 0 ? noFolds : { ...noFolds, depth: FOLD_DEPTH }))
  const changeWindow = useCallback(
    (change: (before: ViewWindow) => ViewWindow) => changeZoomed((before) => writeWindow(change(readWindow(before)))),
    [changeZoomed],
  )
  const setShowPath = (show: boolean) =>
    setParams((before) => withParam(before, 'path', show ? undefined : 'off'), { replace: true })
  return {
    collapsed,
    toggle,
    reveal,
    toggleAll,
    window,
    changeWindow,
    showPath: params.get('path') !== 'off',
    setShowPath,
  }
}
