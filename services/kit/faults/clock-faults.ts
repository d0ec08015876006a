// The injection point "clock": what Date tells in this process. The monotonic clock, by which deadlines and faults go, stays as it is.
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

const RealDate = globalThis.Date
const realNow = RealDate.now

export class ClockFaults {
  readonly #deciders = new Deciders('clock', '')

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
    setClock(this.#deciders.all.reduce((sum, { act, active }) => sum + act(active.parameters), 0))
  }

  close(): void {
    setClock(0)
  }
}

function setClock(offsetMs: number): void {
  if (offsetMs === 0) {
    RealDate.now = realNow
    globalThis.Date = RealDate
    return
  }
  RealDate.now = () => Math.round(realNow() + offsetMs)
  // The constructor does not ask Date.now. A proxy, so that whoever has a Date in hand still has an instance of Date.
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(
        target,
        args.length === 0 ? [RealDate.now()] : args,
        newTarget === globalThis.Date ? target : newTarget,
      ),
  })
}
