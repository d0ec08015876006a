// All injection points of a node that are not its links, in one object that follows the control document.
import type { ControlDocument } from '../control/document.ts'
import { ClockFaults } from './clock-faults.ts'
import { InboundFaults } from './inbound-faults.ts'
import { ProcessFaults, type Surroundings } from './process-faults.ts'
import { StatementFaults } from './statement-faults.ts'

export type NodeFaults = {
  readonly inbound: InboundFaults
  readonly statements: StatementFaults
  close(): void
}

/** @param control told of each document, without the faults that have ended, and when one ends */
export function createNodeFaults(
  control: { onChange(listener: (document: ControlDocument) => void): () => void },
  surroundings: Surroundings,
): NodeFaults {
  const inbound = new InboundFaults(surroundings.node)
  const statements = new StatementFaults(surroundings.node)
  const clock = new ClockFaults()
  const ofProcess = new ProcessFaults(surroundings)
  const unsubscribe = control.onChange(({ faults }) => {
    inbound.apply(faults)
    statements.apply(faults)
    clock.apply(faults)
    ofProcess.apply(faults)
  })
  return {
    inbound,
    statements,
    close() {
      unsubscribe()
      clock.close()
      ofProcess.close()
    },
  }
}
