// Parts of the page whose code comes when they are first shown. React's own `lazy` would do, but holds back for 300 ms whatever comes
// soon after its fallback was shown.
import { type ComponentType, type ReactNode, useEffect, useState } from 'react'

export type Deferred<Props extends object> = ComponentType<Props> & {
  /** Starts to load before anything is shown. Never rejects: showing it tells what went wrong. */
  preload(): Promise<void>
}

/**
 * A component that is loaded once. A load that fails is thrown where it is shown, and tried again when it is shown anew.
 * @param fallback shown meanwhile
 */
export function deferred<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  fallback: ReactNode = null,
): Deferred<Props> {
  let loaded: ComponentType<Props> | undefined
  const start = async (): Promise<void> => {
    loaded ??= await load()
  }
  function Part(props: Props) {
    const [state, setState] = useState<{ failure: Error | undefined }>()
    const isHere = loaded !== undefined
    useEffect(() => {
      // As it was drawn: what came since then has to be drawn yet.
      if (isHere) return
      let ended = false
      start().then(
        () => ended || setState({ failure: undefined }),
        (cause: unknown) => ended || setState({ failure: cause instanceof Error ? cause : new Error(String(cause)) }),
      )
      return () => {
        ended = true
      }
    }, [isHere])
    if (state?.failure) throw state.failure
    const Loaded = loaded
    return Loaded ? <Loaded {...props} /> : fallback
  }
  return Object.assign(Part, { preload: () => start().catch(() => undefined) })
}
